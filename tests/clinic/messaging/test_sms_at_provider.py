"""What the provider knows and we do not: that it blocks a phone, and SMS that came while nobody could tell us."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from clinic.messaging import delivery, incoming, preferences, sms_numbers
from clinic.messaging.incoming import Sms
from clinic.models import IncomingMessage, Message, WorkItem
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+37061234567"


@pytest.fixture
def ona(sms_goes_out):
    call_command("loaddata", "symptom_words", verbosity=0)
    return factories.patient(given_name="Ona", phone=PHONE, email="")


def planned(patient, category):
    message = factories.message(
        patient=patient, channel="sms", address=PHONE, subject="", category=category, due_at=timezone.now()
    )
    while delivery.deliver_due(at=timezone.now() + timedelta(seconds=1)):
        pass
    message.refresh_from_db()
    return message


def items():
    return list(WorkItem.objects.requested().order_by("pk").values_list("kind", "patient"))


def test_block_is_learnt_from_a_refusal_and_only_start_by_sms_ends_it(ona, sms_goes_out):
    sms_goes_out.control(blocked=[PHONE])

    advice = planned(ona, "safety")

    assert (advice.status, advice.refusal_code, sms_numbers.is_blocked(PHONE)) == ("dead", "21610", True)
    assert items() == [("safety_call", ona.pk)]
    assert f"must text START to {sms_goes_out.env['TWILIO_FROM']}" in WorkItem.objects.get().what_to_say

    preferences.choose(ona, by=None, source="page", at=timezone.now(), wants_reminders=True)
    reminder = planned(ona, "reminder")

    assert (reminder.status, reminder.tries) == ("dead", 0)
    assert items() == [("safety_call", ona.pk), ("message", ona.pk)]

    sms_goes_out.control(blocked=[])
    incoming.receive(Sms(PHONE, "Start", "SM99"), at=timezone.now())

    assert planned(ona, "reminder").status == "accepted"
    assert [sms["to"] for sms in sms_goes_out.accepted()] == [PHONE]
    assert Message.objects.filter(purpose="we-have-it").count() == 0


# What came in while nobody could tell us


def later():
    return timezone.now() + timedelta(minutes=5)


def test_sms_that_nobody_told_us_are_asked_for_once(ona, sms_goes_out):
    for words in ("STOP", "It hurts to breathe"):
        sms_goes_out.tell(PHONE, words)
    incoming.receive(Sms(PHONE, "START", "SM-of-now"), at=timezone.now() + timedelta(minutes=1))

    for _time in range(2):
        incoming.fetch(at=later())

    kept = IncomingMessage.objects.order_by("pk").values_list("body", "taken_for")
    assert list(kept) == [("START", "start"), ("STOP", "stop"), ("It hurts to breathe", "red")]
    assert not sms_numbers.is_blocked(PHONE)  # the STOP came before the START
    assert items() == [("sms_red", ona.pk)]


def test_provider_that_does_not_answer_is_asked_again_later(ona, sms_goes_out):
    sms_goes_out.tell(PHONE, "Hello")
    sms_goes_out.control(outage=True)
    incoming.fetch(at=later())
    assert IncomingMessage.objects.count() == 0

    sms_goes_out.control(outage=False)
    incoming.fetch(at=later())

    assert IncomingMessage.objects.get().body == "Hello"
