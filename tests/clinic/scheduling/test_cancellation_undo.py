"""Undoing a cancellation."""

from datetime import timedelta

import pytest

from clinic.errors import TimeTaken, TooLateToUndo
from clinic.models import Appointment, Message
from clinic.scheduling import cancellations
from tests import factories
from tests.clinic.scheduling.visits import ELEVEN, NINE, where
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_undo_books_the_visit_again_with_a_higher_sequence(visit, doctor):
    cancellations.cancel(visit, at=NOW)

    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=2))

    assert where(visit) == (NINE, doctor, "booked", 2)
    assert [change.to_status for change in visit.status_changes.all()] == ["booked", "cancelled", "booked"]
    told = Message.objects.filter(appointment=visit, cause=visit.pk).order_by("pk")
    assert list(told.values_list("purpose", "sequence", "channel", "status")) == [
        ("visit-booked", 0, "email", "withdrawn"),
        ("visit-cancelled", 1, "email", "withdrawn"),
        ("visit-booked", 2, "email", "waiting"),
    ]


def test_undo_brings_back_the_messages_that_lie_ahead(visit):
    ahead = {"appointment": visit, "patient": visit.patient, "category": "notice", "due_at": NOW + timedelta(hours=1)}
    reminder = factories.message(**ahead)
    other = factories.message(**ahead)
    Message.objects.filter(pk=other.pk).update(status="withdrawn", ended_at=NOW - timedelta(hours=1))
    cancellations.cancel(visit, at=NOW)

    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=1))

    statuses = Message.objects.in_bulk([reminder.pk, other.pk])
    assert (statuses[reminder.pk].status, statuses[other.pk].status) == ("waiting", "withdrawn")


def test_undo_ties_the_referral_again(visit_type):
    plan = factories.care_plan(signed_at=NOW)
    factories.room()
    who = {"practitioner": factories.physiotherapist(), "patient": plan.patient}
    visit = factories.book(ELEVEN, visit_type=factories.physiotherapy(), **who)
    cancellations.cancel(visit, at=NOW)

    cancellations.undo_cancel(visit, at=NOW)

    plan.referral.refresh_from_db()
    assert plan.referral.appointment == visit


@pytest.mark.parametrize(("seconds", "may"), [(179, True), (180, False), (3600, False)])
def test_undo_is_possible_for_three_minutes(visit, seconds, may):
    cancellations.cancel(visit, at=NOW)
    now = NOW + timedelta(seconds=seconds)

    if may:
        assert cancellations.undo_cancel(visit, at=now).status == "booked"
    else:
        with pytest.raises(TooLateToUndo):
            cancellations.undo_cancel(visit, at=now)


@pytest.mark.parametrize(
    ("cancelled_by", "undone_by", "may"),
    [("desk", "desk", True), (None, None, True), ("desk", None, False), (None, "desk", False)],
)
def test_undo_is_for_the_kind_of_person_who_cancelled(visit, cancelled_by, undone_by, may):
    cancellations.cancel(visit, at=NOW, by=factories.user(cancelled_by))
    undoer = factories.user(undone_by)

    assert (cancellations.undo_until(visit, by=undoer) == NOW + timedelta(minutes=3)) == may
    if may:
        cancellations.undo_cancel(visit, at=NOW, by=undoer)
    else:
        with pytest.raises(TooLateToUndo):
            cancellations.undo_cancel(visit, at=NOW, by=undoer)


def test_undo_is_refused_when_somebody_else_has_the_time(visit, book):
    cancellations.cancel(visit, at=NOW)
    book()

    with pytest.raises(TimeTaken) as refusal:
        cancellations.undo_cancel(visit, at=NOW)

    assert where(visit)[2:] == ("cancelled", 1)
    assert len(refusal.value.alternatives) == 3


def test_undo_sent_twice_is_one_undo(visit):
    cancellations.cancel(visit, at=NOW)

    for _ in range(2):
        cancellations.undo_cancel(Appointment.objects.get(pk=visit.pk), at=NOW)

    assert (where(visit)[3], visit.status_changes.count()) == (2, 3)


def test_undo_within_the_notice_needs_none(book):
    visit = book(ELEVEN)
    cancellations.cancel(visit, at=ELEVEN - timedelta(minutes=60))

    assert cancellations.undo_cancel(visit, at=ELEVEN - timedelta(minutes=58)).status == "booked"


def test_cancel_undo_cancel_tells_each_of_them(visit):
    cancellations.cancel(visit, at=NOW)
    cancellations.undo_cancel(visit, at=NOW)
    cancellations.cancel(visit, at=NOW)

    assert where(visit)[2:] == ("cancelled", 3)
    assert Message.objects.filter(purpose="visit-cancelled", status="waiting").count() == 1
