"""No lane waits for another, and a call that hangs holds up its own message only."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clinic.messaging import claims, delivery, lanes
from clinic.models import Message
from tests import factories
from tests.clinic.messaging.deliveries import claim, sent, states
from tests.factories import NOW

REMINDERS = next(lane for lane in lanes.LANES if (lane.channel, lane.category) == ("email", "reminder"))
CODES = next(lane for lane in lanes.LANES if (lane.channel, lane.category) == ("email", "code"))


def mail(number, domain="mail.example", **fields):
    return Message(pk=number, channel="email", category="reminder", address=f"r{number}@{domain}", **fields)


@pytest.fixture
def clock(monkeypatch):
    """`clock.now` is the time in seconds that the lanes go by."""

    class Clock:
        now = 1_000.0

    monkeypatch.setattr(lanes.time, "monotonic", lambda: Clock.now)
    return Clock


# Room


def test_lane_has_its_own_places(clock):
    traffic = lanes.Traffic()
    for number in range(REMINDERS.places):
        traffic.enter(mail(number))

    assert (traffic.room(REMINDERS), traffic.room(CODES)) == (0, CODES.places)


def test_slow_call_gives_its_place_back(clock):
    traffic = lanes.Traffic()
    for number in range(REMINDERS.places):
        traffic.enter(mail(number))

    clock.now += lanes.SLOW_AFTER_SECONDS + 0.1

    assert traffic.room(REMINDERS) == REMINDERS.places


def test_channel_of_which_every_call_hangs_takes_no_more(clock):
    traffic = lanes.Traffic()
    for number in range(lanes.MOST_SLOW_OF_CHANNEL):
        traffic.enter(mail(number))

    clock.now += lanes.SLOW_AFTER_SECONDS + 0.1

    assert (traffic.room(REMINDERS), traffic.room(CODES)) == (0, 0)


def test_of_a_slow_domain_two_are_in_hand_until_one_is_quick(clock):
    traffic, bad = lanes.Traffic(), [mail(number, "Bad.example") for number in range(lanes.SLOW_IN_A_ROW)]
    for message in bad:
        traffic.enter(message)
    clock.now += lanes.SLOW_AFTER_SECONDS + 0.1
    assert traffic.full_domains() == ["bad.example"]
    for message in bad:
        traffic.leave(message)

    suits = traffic.suitable()
    assert [suits(mail(number, "bad.example")) for number in (91, 92, 93)] == [True, True, False]
    assert suits(mail(94)) is True
    traffic.enter(quick := mail(91, "bad.example"))
    clock.now += 0.1
    traffic.leave(quick)

    suits = traffic.suitable()
    assert [suits(mail(number, "bad.example")) for number in (92, 93, 94)] == [True] * 3


def test_domain_where_few_are_slow_is_not_slow(clock):
    traffic, slow = lanes.Traffic(), [mail(number) for number in range(lanes.SLOW_IN_A_ROW - 1)]
    for message in slow:
        traffic.enter(message)
    clock.now += lanes.SLOW_AFTER_SECONDS + 0.1

    assert traffic.full_domains() == []


# Calls side by side


@pytest.mark.django_db
def test_mail_server_that_hangs_holds_up_no_sms(moody_mail, sms_goes_out):
    moody_mail(RCPT=4)
    for _ in range(8):
        factories.message(category="notice")
    for number in range(12):
        factories.message(category="notice", channel="sms", address=f"+370612345{number:02}", subject="")

    delivery.deliver_due(at=NOW)

    ends = {
        channel: list(Message.objects.filter(channel=channel).values_list("accepted_at", flat=True).order_by("pk"))
        for channel in ("email", "sms")
    }
    assert max(ends["sms"]) < min(ends["email"])
    assert set(states()) == {"accepted"}


@pytest.mark.django_db
def test_one_that_hangs_does_not_hold_up_the_next_ones(moody_mail):
    moody_mail(RCPT=lambda address: 3 if address == "slow@mail.example" else True)
    slow = factories.message(address="slow@mail.example")
    for _ in range(40):
        factories.message()

    delivery.deliver_due(at=NOW)

    others = Message.objects.exclude(pk=slow.pk).values_list("accepted_at", flat=True)
    slow.refresh_from_db()
    assert (slow.status, max(others) < slow.accepted_at) == ("accepted", True)


@pytest.mark.django_db(transaction=True)
def test_lease_is_extended_while_a_call_lives(moody_mail, monkeypatch):
    """The server says "250" after two leases; who looks for abandoned messages meanwhile finds none."""
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(claims, "LEASE_MARGIN_SECONDS", 0.2)
    monkeypatch.setattr(delivery, "RENEW_EVERY_SECONDS", 0.2)
    monkeypatch.setattr(delivery, "LOOK_AGAIN_SECONDS", 0.1)
    server = moody_mail(ANSWER=2)
    factories.message()
    found, ended = [], threading.Event()

    def look():
        while not ended.is_set():
            found.extend(Message.objects.abandoned())
            time.sleep(0.05)
        connection.close()

    looker = threading.Thread(target=look)
    looker.start()
    delivery.deliver_due(at=NOW)
    ended.set()
    looker.join()

    assert (states(), server.mails, found) == (["accepted"], 1, [])


# Clocks and ends


@pytest.mark.django_db
def test_worker_whose_clock_is_ahead_takes_nothing_that_is_anothers(folder, monkeypatch):
    factories.message()
    claim()
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(seconds=90))

    assert (delivery.deliver_due(at=NOW), sent(folder), states()) == (0, [], ["sending"])


@pytest.mark.django_db
def test_worker_that_is_told_to_end_takes_nothing_new(folder, monkeypatch):
    monkeypatch.setattr(delivery, "_stopping", threading.Event())
    factories.message()

    delivery.stop()

    assert (delivery.deliver_due(at=NOW), states()) == (0, ["waiting"])
