"""Booking a time immediately: the desk, and patients who are signed in."""

from datetime import timedelta

import pytest

from clinic.errors import TimeNotOpen, TimeTaken, TokenReused
from clinic.models import Message
from clinic.scheduling import booking
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.clinic.scheduling.visits import HALF_PAST_NINE, NINE, statuses
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_book_takes_the_time_and_tells_the_patient(book, visit_type):
    desk = factories.user("desk")

    booked = book(by=desk, reason="neck pain")

    assert (booked.status, booked.reason, booked.held_until) == ("booked", "neck pain", None)
    assert list(booked.status_changes.values_list("from_status", "to_status", "by")) == [("", "booked", desk.pk)]
    told = booked.messages.values_list("purpose", "cause", "sequence", "channel")
    assert list(told) == [("visit-booked", booked.pk, 0, "email")]
    assert (booked.starts_at, booked.ends_at, booked.visit_type) == (NINE, HALF_PAST_NINE, visit_type)


def test_book_asked_for_twice_is_one_and_the_same(book):
    patient = factories.patient()

    first, again = (book(patient=patient, request_token="token-0001") for _ in range(2))

    assert (first, Message.objects.count(), statuses()) == (again, 1, ["booked"])


@pytest.mark.parametrize("other", ["starts_at", "practitioner", "visit_type", "patient"])
def test_book_refuses_a_token_that_came_with_another_wish(book, other):
    patient = factories.patient()
    book(patient=patient, request_token="token-0001")
    wish = {
        "starts_at": HALF_PAST_NINE,
        "practitioner": factories.practitioner(),
        "visit_type": factories.visit_type(),
        "patient": factories.patient(),
    }

    with pytest.raises(TokenReused):
        book(**{"patient": patient, "request_token": "token-0001", other: wish[other]})

    assert statuses() == ["booked"]


def test_book_refuses_a_patient_who_has_a_visit_then(book):
    patient = factories.patient()
    book(patient=patient)
    factories.room()

    with pytest.raises(TimeTaken):
        book(patient=patient, practitioner=factories.practitioner())

    assert statuses() == ["booked"]


def test_book_lets_visits_of_one_patient_touch(book):
    patient = factories.patient()

    book(patient=patient)
    book(HALF_PAST_NINE, patient=patient)

    assert statuses() == ["booked", "booked"]


def test_book_by_the_desk_needs_no_notice_and_no_consultation(book):
    strict = factories.visit_type(needs_consultation_first=True, notice_hours=48)

    with pytest.raises(TimeNotOpen):
        book(visit_type=strict)

    assert book(visit_type=strict, by_desk=True).status == "booked"


def test_book_takes_the_time_of_a_hold_that_ran_out_but_not_of_a_live_one(book, doctor, visit_type):
    wish = Wish(visit_type, doctor, NINE, request_token="token-0001")
    held = booking.hold(wish, held_by="browser", at=NOW)

    with pytest.raises(TimeTaken):
        book(at=NOW + timedelta(minutes=9))
    book(at=NOW + timedelta(minutes=10))

    held.refresh_from_db()
    assert held.status == "expired"
