"""Safety advice that did not get through goes by the other channel: one row, however often its end is reported."""

from datetime import timedelta

import pytest

from clinic.message_purposes import VISIT_BOOKED
from clinic.messaging import archive, outcomes
from clinic.models import Message
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
EMAIL, PHONE = "rasa@mail.example", "+37061234567"
PLANNED = {"purpose": VISIT_BOOKED.code, "cause": 5, "occasion": "", "sequence": 0}


def advice(key, *, channel="email", sending=1, **about):
    """Safety advice that ended without arriving, to a patient who has both addresses."""
    patient = factories.patient(email=EMAIL, phone=PHONE)
    address = EMAIL if channel == "email" else PHONE
    fields = {"patient": patient, "address": address, "channel": channel, "sending": sending, "other_words": "Call us."}
    return factories.message(key=key, category="safety", status="dead", **fields, **about)


BY_THE_OTHER_CHANNEL = [
    ({"key": "appointment:5:visit-booked:0:email", **PLANNED}, "appointment:5:visit-booked:0:sms"),
    (
        {"key": "appointment:5:visit-booked:0:email:again:1", "sending": 2, **PLANNED},
        "appointment:5:visit-booked:0:sms:again:1",
    ),
    (  # planned by e-mail, then it followed its patient
        {"key": "appointment:5:visit-booked:0:email", "channel": "sms", **PLANNED},
        "appointment:5:visit-booked:0:email:instead",
    ),
    ({"key": "advice:without-a-cause", "cause": None}, "advice:without-a-cause:instead"),
]


@pytest.mark.parametrize(("planned", "key"), BY_THE_OTHER_CHANNEL)
def test_reported_a_second_time_makes_no_second_row(planned, key):
    message = advice(**planned)

    for _time in range(2):
        outcomes.report_undelivered(message, "dead", "no such address")

    twins = Message.objects.exclude(pk=message.pk)
    assert [(twin.key, twin.channel) for twin in twins] == [(key, {"email": "sms", "sms": "email"}[message.channel])]


def test_reported_once_more_after_the_other_one_went_to_the_archive_makes_no_row_either():
    message = advice("advice:without-a-cause", cause=None)
    outcomes.report_undelivered(message, "dead", "no such address")
    Message.objects.exclude(pk=message.pk).update(status="accepted", ended_at=NOW)
    assert archive.archive(at=NOW + timedelta(days=200), days=90) == 1

    outcomes.report_undelivered(message, "dead", "no such address")

    assert list(Message.objects.all()) == [message]
