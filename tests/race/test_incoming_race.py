"""The provider tells one SMS twice at one moment, and one phone writes several: real threads."""

import pytest
from django.core.management import call_command

from clinic.messaging import conversations, incoming
from clinic.messaging.conversations import Answer
from clinic.messaging.incoming import Sms
from clinic.models import IncomingMessage, Message, WorkItem
from tests import factories
from tests.factories import NOW
from tests.race.test_booking_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+37061234567"


@pytest.fixture
def ona():
    call_command("loaddata", "symptom_words", verbosity=0)
    return factories.patient(phone=PHONE)


def told(words, reference):
    return lambda: incoming.receive(Sms(PHONE, words, reference), at=NOW)


def test_one_sms_told_many_times_at_once_is_kept_once(ona):
    answers = at_once([told("My chest hurts", "SM1")] * 8, threads=4)

    assert {answer.pk for answer in answers} == {IncomingMessage.objects.get().pk}
    assert (WorkItem.objects.count(), Message.objects.count()) == (1, 1)


def test_many_sms_from_one_phone_at_once_get_one_answer(ona):
    at_once([told("My chest hurts", f"SM{n}") for n in range(8)], threads=4)

    assert IncomingMessage.objects.exclude(taken_up_at=None).count() == 8
    assert (WorkItem.objects.count(), Message.objects.count()) == (8, 1)


def test_answer_pressed_many_times_at_once_goes_out_once(ona):
    desk, written = factories.user("desk"), Answer("Come at ten.", "sms", "0123456789abcdef0123")

    at_once([lambda: conversations.answer(ona, written, by=desk, at=NOW)] * 8, threads=4)

    assert Message.objects.count() == 1
