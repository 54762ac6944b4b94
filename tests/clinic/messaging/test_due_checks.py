"""Checked at sending: preferences, addresses, too many messages together, and safety advice by another channel."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aftercare.message_purposes import LIFTING_ALLOWED
from clinic.messaging import contacts, delivery, handover, outbox, preferences, stop_links
from clinic.messaging.channels import sms
from clinic.models import Message, PatientAccess, WorkItem
from tests import factories
from tests.clinic.messaging.deliveries import claim, hand_over, states
from tests.factories import NOW, at, civil

pytestmark = pytest.mark.django_db
EMAIL, PHONE = "rasa@mail.example", "+37061234567"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR, settings.EMAIL_URL, settings.TWILIO_ACCOUNT_SID = tmp_path, "", ""
    return tmp_path / "messages"


def sent_to(folder):
    texts = [path.read_text() for path in folder.rglob("*.txt")]
    return sorted(text.splitlines()[0].removeprefix("To: ") for text in texts)


def deliver(moment=NOW):
    while delivery.deliver_due(at=moment):
        pass


def choose(patient, **choices):
    return preferences.choose(patient, by=None, source="page", at=NOW, **choices)


# Preferences


@pytest.mark.parametrize(
    ("category", "status"),
    [("reminder", "withdrawn"), ("safety", "accepted"), ("code", "accepted"), ("notice", "accepted")],
)
def test_opting_out_ends_reminders_only(category, status):
    patient = factories.patient(email=EMAIL)
    factories.message(patient=patient, category=category)
    choose(patient, wants_reminders=False)

    deliver()

    assert (states(), WorkItem.objects.count()) == ([status], 0)


def test_opting_in_again_before_it_is_due_lets_it_go():
    patient = factories.patient(email=EMAIL)
    factories.message(patient=patient)
    choose(patient, wants_reminders=False)
    choose(patient, wants_reminders=True)

    deliver()

    assert states() == ["accepted"]


def test_quiet_hours_of_the_patient_come_before_the_clinics():
    patient = factories.patient(email=EMAIL)
    choose(patient, quiet_from=12, quiet_until=15)
    noon, night = at("2026-03-02 12:30"), at("2026-03-02 21:00")
    first = factories.message(patient=patient, may_wake=False, due_at=noon)

    deliver(noon)
    first.refresh_from_db()
    assert (first.status, civil(first.next_try_at)) == ("put-off", "2026-03-02 15:00")

    factories.message(patient=patient, may_wake=False, due_at=night)
    deliver(night)
    assert states() == ["accepted", "accepted"]


def test_planned_messages_follow_the_chosen_channel(folder):
    patient = factories.patient(email=EMAIL, phone=PHONE)
    message = outbox.schedule_for(
        patient, factories.letter(LIFTING_ALLOWED, not_after=NOW + timedelta(minutes=1), may_wake=True)
    )
    choose(patient, channel="sms")

    deliver()

    message.refresh_from_db()
    assert (message.channel, message.subject, sent_to(folder)) == ("sms", "", [PHONE])
    assert "Hello" not in message.body


def test_new_messages_are_planned_for_the_chosen_channel():
    patient = factories.patient(email=EMAIL, phone=PHONE)
    choose(patient, channel="sms")

    message = outbox.schedule_for(patient, factories.letter(LIFTING_ALLOWED))

    assert (message.channel, message.address) == ("sms", PHONE)
    assert stop_links.link_of(patient) in message.body


# Addresses


def test_fixed_address_gets_what_has_not_gone_out(folder):
    patient = factories.patient(email="wrong@mail.example")
    stranger = factories.account_of(patient, email="wrong@mail.example")
    factories.message(patient=patient, address="wrong@mail.example", due_at=NOW + timedelta(hours=1))

    contacts.fix_contact(patient.contacts.get(), value=EMAIL, by=factories.user("desk"), at=NOW)
    deliver(NOW + timedelta(hours=1))

    assert sent_to(folder) == [EMAIL, "wrong@mail.example"]
    told = Message.objects.get(purpose="address-changed")
    assert (told.address, told.status) == ("wrong@mail.example", "accepted")
    assert not PatientAccess.objects.current().filter(user=stranger).exists()
    assert list(patient.contacts.values_list("value", "until")) == [("wrong@mail.example", NOW), (EMAIL, None)]


def test_address_that_ended_while_a_worker_had_the_message_is_not_used(folder):
    patient = factories.patient(email="old@mail.example")
    factories.message(patient=patient, address="old@mail.example")
    patient.contacts.update(until=NOW)
    patient.contacts.create(system="email", value=EMAIL)

    deliver()

    assert (sent_to(folder), states()) == ([EMAIL], ["accepted"])


def test_address_that_ended_without_another_is_told_to_the_desk(folder):
    patient = factories.patient(email="old@mail.example")
    factories.message(patient=patient, address="old@mail.example")
    patient.contacts.update(until=NOW)

    deliver()

    assert (sent_to(folder), states(), WorkItem.objects.count()) == ([], ["dead"], 1)


# After an outage


def test_after_an_outage_a_person_gets_the_three_newest_of_what_is_late_and_the_others_later():
    patient, other = factories.patient(email=EMAIL), factories.patient(email="b@mail.example")
    late = [factories.message(patient=patient, due_at=NOW + timedelta(minutes=n)) for n in range(5)]
    exempt = [factories.message(patient=patient, category=kind) for kind in ("safety", "code")]
    elsewhere = factories.message(patient=other, address="b@mail.example")
    now = NOW + timedelta(hours=3)

    deliver(now)

    by_key = dict(Message.objects.values_list("pk", "status"))
    assert [by_key[message.pk] for message in late] == ["put-off"] * 2 + ["accepted"] * 3
    assert {by_key[message.pk] for message in (*exempt, elsewhere)} == {"accepted"}
    deliver(now + timedelta(minutes=61))
    assert set(states()) == {"accepted"}


def test_what_is_not_late_is_never_too_much():
    patient = factories.patient(email=EMAIL)
    for _number in range(6):
        factories.message(patient=patient, category="notice")

    deliver(NOW + timedelta(minutes=1))

    assert states() == ["accepted"] * 6


# Safety advice by another channel


def safety_advice(patient):
    factories.protocol()
    procedure = factories.signed(patient=patient, signed_at=NOW)
    return Message.objects.get(purpose="no-heavy-lifting", cause=procedure.pk, occasion="at-once")


def test_safety_advice_that_mail_refuses_goes_by_sms(mail_goes_out, folder):
    mail_goes_out.refuse_with = "550 no such mailbox"
    message = safety_advice(factories.patient(email=EMAIL, phone=PHONE))

    delivery.deliver_due(at=NOW)
    assert WorkItem.objects.requested().filter(message=message).exists()
    deliver()

    message.refresh_from_db()
    twin = Message.objects.get(**message.about, channel="sms")
    assert (message.status, twin.status, twin.address, twin.body) == ("dead", "accepted", PHONE, message.other_words)
    assert not WorkItem.objects.requested().filter(message=message).exists()
    assert [word for word in ("Injection", "muscle", message.patient.family_name) if word in twin.body] == []


def test_reminder_that_mail_refuses_goes_nowhere_else(mail_goes_out):
    mail_goes_out.refuse_with = "550 no such mailbox"
    patient = factories.patient(email=EMAIL, phone=PHONE)
    factories.message(patient=patient, other_words="Please come.")

    deliver()

    assert (states(), WorkItem.objects.count()) == (["dead"], 1)


# Asking the provider


def test_doubt_is_settled_by_asking_and_twins_are_kept_apart(sms_goes_out):
    """Two people at one number get the same words; the provider took one of the two calls and answered neither."""
    now = timezone.now()
    for _time in range(2):
        factories.message(channel="sms", address=PHONE, body="Same", due_at=now)
    sms_goes_out.control(lost_answers=1)
    first, second = claim(at=now)
    hand_over(first, at=now)
    sms_goes_out.control(lost_answers=0, outage=True)
    hand_over(second, at=now)
    assert states() == ["put-off", "put-off"]
    sms_goes_out.control(outage=False)

    deliver(now + timedelta(minutes=2))

    assert states() == ["accepted", "accepted"]
    assert len(sms_goes_out.accepted()) == 2


def test_provider_is_asked_a_while_after_the_end_of_the_call(sms_goes_out, monkeypatch):
    """A call that is not answered in time may still be accepted: who asks at once hears "no", and sends it again."""
    now = timezone.now()
    for _time in range(3):
        factories.message(channel="sms", address=PHONE, due_at=now, may_wake=True)
    monkeypatch.setattr(sms, "SECONDS", 0.5)
    monkeypatch.setattr(sms.per_thread, "wanted", None, raising=False)
    sms_goes_out.control(hang_seconds=2)

    deliver(now)

    waits = [message.next_try_at - now for message in Message.objects.order_by("next_try_at")]
    assert [wait >= handover.ASK_AFTER + timedelta(seconds=0.5) for wait in waits] == [True] * 3


def test_doubt_lasts_while_the_provider_cannot_be_asked(sms_goes_out):
    now = timezone.now()
    factories.message(channel="sms", address=PHONE, due_at=now, not_after=now + timedelta(minutes=10))
    sms_goes_out.control(lost_answers=1)
    deliver(now)
    sms_goes_out.control(lost_answers=0, outage=True)

    for minute in (2, 4, 6):
        deliver(now + timedelta(minutes=minute))
        assert states() == ["put-off"]
    deliver(now + timedelta(minutes=9, seconds=30))

    assert (states(), len(sms_goes_out.accepted()), WorkItem.objects.count()) == (["unknown"], 1, 1)
