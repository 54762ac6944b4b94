"""Undoing a cancellation."""

from datetime import timedelta

import pytest

from clinic.errors import NotWaiting, TimeTaken, TooLateToUndo
from clinic.messaging import delivery
from clinic.models import Appointment, Message, WorkItem
from clinic.scheduling import cancellations, waitlist
from tests import factories
from tests.clinic.scheduling.visits import ELEVEN, NINE, where
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_undo_books_the_visit_again_with_a_higher_sequence(visit, doctor):
    cancellations.cancel(visit, at=NOW)

    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=2))

    assert where(visit) == (NINE, doctor, "booked", 2)
    assert [change.to_status for change in visit.status_changes.all()] == ["booked", "cancelled", "booked"]
    assert told(visit) == [
        ("visit-booked", 0, "withdrawn"),
        ("visit-cancelled", 1, "withdrawn"),
        ("visit-booked", 2, "waiting"),
    ]


def told(visit):
    rows = Message.objects.filter(appointment=visit, cause=visit.pk).order_by("pk")
    return list(rows.values_list("purpose", "sequence", "status"))


def deliver(moment):
    while delivery.deliver_due(at=moment):
        pass


def test_a_cancellation_is_told_when_it_can_be_undone_no_longer(visit, folder):
    deliver(NOW)
    cancellations.cancel(visit, at=NOW)

    deliver(NOW + timedelta(seconds=179))
    assert told(visit)[1:] == [("visit-cancelled", 1, "waiting")]
    deliver(NOW + timedelta(seconds=180))
    assert told(visit)[1:] == [("visit-cancelled", 1, "accepted")]


def test_who_knows_of_the_visit_hears_nothing_of_a_cancellation_that_was_undone(visit, folder):
    deliver(NOW)
    cancellations.cancel(visit, at=NOW)
    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=2))
    deliver(NOW + timedelta(minutes=10))

    assert told(visit) == [("visit-booked", 2, "accepted"), ("visit-cancelled", 1, "withdrawn")]  # of it as it is


def test_who_heard_of_the_cancellation_all_the_same_hears_that_it_was_undone(visit, folder):
    """The clock of a worker may be ahead of the one that counts the three minutes."""
    deliver(NOW)
    cancellations.cancel(visit, at=NOW)
    deliver(NOW + timedelta(minutes=4))
    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=2))

    assert told(visit)[1:] == [("visit-cancelled", 1, "accepted"), ("visit-booked", 2, "waiting")]


def test_a_patient_without_an_address_need_not_be_called_about_what_was_undone(visit, folder):
    deliver(NOW)
    visit.patient.contacts.update(until=NOW)
    cancellations.cancel(visit, at=NOW)
    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=2))

    items = WorkItem.objects.filter(purpose__in=["visit-cancelled", "visit-booked"])
    assert list(items.values_list("purpose", "status")) == [("visit-cancelled", "cancelled")]


# Those who wait


def test_who_waits_for_the_time_hears_of_it_after_the_undo(visit, visit_type, join, folder):
    entry = join()
    deliver(NOW)
    cancellations.cancel(visit, at=NOW)

    with pytest.raises(NotWaiting):
        waitlist.hold_for(entry, at=NOW + timedelta(seconds=179))
    offer = Message.objects.get(purpose="waitlist-offer")
    assert (offer.due_at, offer.status) == (NOW + timedelta(minutes=3), "waiting")
    assert waitlist.hold_for(entry, at=NOW + timedelta(minutes=3)).starts_at == NINE


def test_a_time_that_comes_back_was_offered_to_nobody_and_is_offered_when_it_is_free_again(visit, join):
    entry = join()
    cancellations.cancel(visit, at=NOW)

    cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=2))
    entry.refresh_from_db()
    offers = Message.objects.filter(purpose="waitlist-offer")
    assert (entry.status, entry.offers.count(), [offer.status for offer in offers]) == ("waiting", 0, ["withdrawn"])

    cancellations.cancel(visit, at=NOW + timedelta(minutes=5))
    assert entry.offers.get().appointment.starts_at == NINE


# What comes back with it


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
