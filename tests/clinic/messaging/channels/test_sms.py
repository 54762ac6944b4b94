"""SMS by the real SDK to a provider that speaks the same HTTP: what it offers, and what we make of it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from clinic.messaging.channels import (
    ChannelDown,
    Lease,
    LeaseExpired,
    Outgoing,
    PermanentRefusal,
    Unanswered,
    registry,
    sms,
)
from tests.services import free_port

LONG_AGO = timedelta(days=1)


def note(message_id=1, address="+37061234567", body="Please come.", **more):
    return Outgoing(key="k", address=address, subject="", body=body, message_id=message_id, **more)


def twilio():
    [channel] = registry.ways_out("sms")
    return channel


def test_sms_goes_out_with_our_id_for_its_receipts(sms_goes_out, settings):
    settings.SITE_URL = "https://clinic.example"

    reference = twilio().send(note(message_id=42))

    [accepted] = sms_goes_out.accepted()
    assert (accepted["sid"], accepted["to"], accepted["body"]) == (reference, "+37061234567", "Please come.")
    assert accepted["callback"] == "https://clinic.example/messages/receipts/twilio/?message=42"


def test_sms_of_the_same_key_is_sent_twice_so_the_channel_must_be_asked(sms_goes_out):
    channel = twilio()
    first, second = channel.send(note()), channel.send(note())

    assert (channel.remembers_keys, channel.can_be_asked, first == second) == (False, True, False)
    sms_goes_out.control(remembers_keys=True)
    assert channel.send(note()) in (first, second)


def test_find_tells_what_went_to_this_number_with_these_words(sms_goes_out):
    channel, now = twilio(), timezone.now()
    first, twin = channel.send(note()), channel.send(note(message_id=2))
    channel.send(note(body="Other words"))
    channel.send(note(address="+37069999999"))

    assert sorted(channel.find(note(), since=now)) == sorted([first, twin])
    assert channel.find(note(), since=now + timedelta(minutes=10)) == []
    assert channel.find(note(address="+37068888888"), since=now) == []


def test_find_reads_all_pages(sms_goes_out):
    channel = twilio()
    first = channel.send(note(body="The first"))
    for number in range(60):
        channel.send(note(body=f"{number}"))

    assert channel.find(note(body="The first"), since=timezone.now() - LONG_AGO) == [first]


@pytest.mark.parametrize(
    ("behaviour", "address", "error"),
    [
        ({"outage": True}, "+37061234567", Unanswered),
        ({"lost_answers": 1}, "+37061234567", Unanswered),
        ({"blocked": ["+37061234567"]}, "+37061234567", PermanentRefusal),
        ({}, "12", PermanentRefusal),
    ],
)
def test_sms_tells_later_from_never_and_from_doubt(sms_goes_out, behaviour, address, error):
    sms_goes_out.control(**behaviour)

    with pytest.raises(error):
        twilio().send(note(address=address))


def test_sms_hangs_and_is_given_up_in_doubt(sms_goes_out, monkeypatch):
    monkeypatch.setattr(sms, "SECONDS", 0.5)
    monkeypatch.setattr(sms.per_thread, "clients", {}, raising=False)
    sms_goes_out.control(hang_seconds=2)

    with pytest.raises(Unanswered):
        twilio().send(note())


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "TWILIO_BASE_URL"])
def test_sms_waits_when_our_own_settings_are_wrong_or_nobody_is_there(sms_goes_out, settings, name):
    setattr(settings, name, f"http://127.0.0.1:{free_port()}" if name == "TWILIO_BASE_URL" else "wrong")

    with pytest.raises(ChannelDown):
        twilio().send(note())
    with pytest.raises(ChannelDown):
        twilio().find(note(), since=timezone.now())
    assert sms_goes_out.accepted() == []


def test_sms_is_not_sent_when_the_claim_ran_out_before_the_call(sms_goes_out):
    with pytest.raises(LeaseExpired):
        twilio().send(note(lease=Lease(time.monotonic() - 1)))

    assert sms_goes_out.accepted() == []


def test_nothing_of_what_is_sent_is_logged(sms_goes_out, caplog):
    twilio().send(note(body="Canary"))

    assert [word for word in ("Canary", "37061234567") if word in caplog.text] == []


def test_the_second_account_is_a_way_out_of_its_own(sms_goes_out, settings):
    for name in registry.TWILIO:
        setattr(settings, f"{name}_2", getattr(settings, name))
    settings.TWILIO_FROM_2 = "+37060000009"

    assert [way.name for way in registry.ways_out("sms")] == ["twilio", "twilio-2"]
    registry.way_named("twilio-2").send(note())
    [accepted] = sms_goes_out.accepted()
    assert accepted["from"] == "+37060000009"


@pytest.mark.parametrize(("secret", "is_theirs"), [("first", True), ("second", True), ("third", False), ("", False)])
def test_either_account_signs_what_it_tells(settings, rf, secret, is_theirs):
    settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_2 = "first", "second"
    signature = RequestValidator(secret).compute_signature(f"{settings.SITE_URL}/messages/receipts/twilio/", {"a": "b"})
    request = rf.post("/messages/receipts/twilio/", {"a": "b"}, headers={"X-Twilio-Signature": signature})

    assert sms.is_from_provider(request) is is_theirs


@pytest.mark.parametrize(
    ("status", "number", "error"),
    [
        (401, 20003, ChannelDown),
        (403, 20003, ChannelDown),
        (429, 20429, ChannelDown),
        (400, 21606, ChannelDown),  # our own number
        (400, 21611, ChannelDown),  # too much of ours is waiting
        (403, 21408, PermanentRefusal),  # a country we do not send to
        (400, 21610, PermanentRefusal),
        (503, 20503, Unanswered),
    ],
)
def test_what_twilio_refuses_is_about_us_or_about_the_number(status, number, error):
    refusal = sms._refusal(TwilioRestException(status, "/Messages.json", "No.", code=number))

    assert type(refusal) is error
    if error is PermanentRefusal:
        assert refusal.code == str(number)
