"""Safety advice that did not get through goes by the other channel: one row, however often its end is reported."""

from datetime import timedelta

import pytest

from clinic.messaging import archive, letters, outcomes
from clinic.models import Message
from clinic.scheduling.message_purposes import VISIT_BOOKED
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
EMAIL, PHONE = "rasa@mail.example", "+37061234567"
PLANNED = {"purpose": VISIT_BOOKED.code, "cause": 5, "occasion": "", "sequence": 0}
OTHER = {"email": "sms", "sms": "email"}


def advice(*, planned_by="email", channel="email", sending=1, **about):
    """Safety advice that ended without arriving, to a patient who has both addresses."""
    about = PLANNED | about
    patient = factories.patient(email=EMAIL, phone=PHONE)
    address = EMAIL if channel == "email" else PHONE
    fields = {"patient": patient, "address": address, "channel": channel, "sending": sending, "other_words": "Call us."}
    key = letters.key_of(about, planned_by, sending)
    return factories.message(key=key, category="safety", status="dead", **fields, **about)


@pytest.mark.parametrize(
    "planned",
    [{}, {"sending": 2}, {"planned_by": "email", "channel": "sms"}, {"cause": None}],
    ids=["as planned", "sent again", "followed its patient", "without a cause"],
)
def test_reported_a_second_time_makes_no_second_row(planned):
    message = advice(**planned)

    for _time in range(2):
        outcomes.report_undelivered(message, "dead", "no such address")

    instead = Message.objects.exclude(pk=message.pk)
    assert [(sent.channel, sent.sending, sent.about) for sent in instead] == [
        (OTHER[message.channel], message.sending, message.about)
    ]


def test_reported_once_more_after_the_other_one_went_to_the_archive_makes_no_row_either():
    message = advice(cause=None)
    outcomes.report_undelivered(message, "dead", "no such address")
    Message.objects.exclude(pk=message.pk).update(status="accepted", ended_at=NOW)
    assert archive.archive(at=NOW + timedelta(days=200), days=90) == 1

    outcomes.report_undelivered(message, "dead", "no such address")

    assert list(Message.objects.all()) == [message]


def test_advice_that_is_sent_again_goes_by_the_other_channel_again():
    patient = factories.patient(email=EMAIL, phone=PHONE)

    for sending in (1, 2):
        fields = {"patient": patient, "address": EMAIL, "sending": sending, "other_words": "Call us.", **PLANNED}
        key = letters.key_of(PLANNED, "email", sending)
        message = factories.message(key=key, category="safety", status="dead", **fields)
        outcomes.report_undelivered(message, "dead", "no such address")

    assert list(Message.objects.filter(channel="sms").order_by("pk").values_list("sending", flat=True)) == [1, 2]


def test_advice_that_went_by_the_other_channel_under_another_key_does_not_go_twice():
    message = advice()
    fields = {"patient": message.patient, "address": PHONE, "channel": "sms", **PLANNED}
    factories.message(key="as code of before wrote it", category="safety", **fields)

    outcomes.report_undelivered(message, "dead", "no such address")

    assert Message.objects.filter(channel="sms").count() == 1
