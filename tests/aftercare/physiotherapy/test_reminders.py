"""Reminders last as long as their reason."""

from datetime import timedelta

import pytest

from aftercare.models import ServiceRequest
from aftercare.physiotherapy import assessments
from clinic.errors import TimeTaken
from clinic.messaging import delivery
from clinic.models import Message, WorkItem
from clinic.scheduling import booking, cancellations
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.aftercare.physiotherapy.reminded_referrals import (
    ALL_WAITING,
    NO_REMINDERS,
    SIGNED,
    book_soon,
    late_item,
    statuses,
)
from tests.factories import at, civil

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    factories.protocol()
    factories.room()


@pytest.fixture
def patient():
    return factories.patient()


@pytest.fixture
def procedure(patient):
    return factories.signed(signed_at=at(SIGNED), patient=patient)


def test_booking_physiotherapy_ties_the_referral_and_takes_back_its_reminders_only(procedure, patient):
    visit = book_soon(patient)

    referral = ServiceRequest.objects.get()
    assert (referral.appointment, referral.status) == (visit, "active")
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS
    reasons = Message.objects.filter(status="withdrawn").values_list("outcome", flat=True)
    assert set(reasons) == {"physiotherapy is booked"}
    item = late_item(procedure)
    assert (item.status, item.note) == ("cancelled", "physiotherapy is booked")


def test_booking_physiotherapy_leaves_what_was_sent(procedure, patient, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    delivery.deliver_due(at=at("2026-03-03 10:00"))

    book_soon(patient)

    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS | {
        ("no-heavy-lifting", "at-once"): "accepted",
        ("no-heavy-lifting", "next-morning"): "accepted",
        ("book-physiotherapy", "+1d"): "accepted",
    }


@pytest.mark.parametrize("role", ["physician"])
def test_booking_another_visit_changes_nothing(procedure, patient, role):
    book_soon(patient, role=role)

    assert (statuses(procedure), late_item(procedure).status) == (ALL_WAITING, "requested")
    assert ServiceRequest.objects.get().appointment is None


def test_booking_for_somebody_else_changes_nothing(procedure):
    book_soon(factories.patient())

    assert (statuses(procedure), late_item(procedure).status) == (ALL_WAITING, "requested")


def test_holding_a_time_changes_nothing_until_it_is_confirmed(procedure, patient):
    visit_type, physiotherapist = factories.physiotherapy(), factories.physiotherapist()
    wish = Wish(visit_type, physiotherapist, at("2026-03-06 14:00"), request_token="token-0001")
    now = at("2026-03-04 12:00")
    held = booking.hold(wish, held_by="browser", at=now)
    assert statuses(procedure) == ALL_WAITING

    booking.confirm(held, at=now, patient=patient)

    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS


def test_cancelling_brings_back_what_still_lies_ahead(procedure, patient):
    visit = book_soon(patient)

    cancellations.cancel(visit, at=at("2026-03-05 10:00"))

    assert ServiceRequest.objects.get().appointment is None
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS | {("book-physiotherapy", "+5d"): "waiting"}
    item = late_item(procedure)
    assert (item.status, civil(item.due_at), item.note) == ("requested", "2026-03-09 08:00", "")


def test_cancelling_after_the_last_day_gives_the_desk_its_work_at_once(procedure, patient):
    visit = book_soon(patient, "2026-03-12 14:00")

    cancellations.cancel(visit, at=at("2026-03-11 10:00"))

    assert [status for status in statuses(procedure).values() if status == "waiting"] == ["waiting"] * 3
    assert civil(late_item(procedure).due_at) == "2026-03-11 10:00"


@pytest.mark.parametrize(
    ("looked_at", "status"), [("2026-03-07 10:00:10", "put-off"), ("2026-03-07 10:06", "accepted")]
)
def test_while_a_cancellation_may_be_taken_back_nobody_is_asked_to_book(
    procedure, patient, settings, tmp_path, looked_at, status
):
    """Cancelled in the minute before the reminder of the fifth day is due."""
    settings.DATA_DIR = tmp_path
    visit = book_soon(patient, "2026-03-09 14:00")
    cancellations.cancel(visit, at=at("2026-03-07 09:59"))

    delivery.deliver_due(at=at(looked_at))

    assert statuses(procedure)["book-physiotherapy", "+5d"] == status


def test_booking_again_after_cancelling_takes_them_back_again(procedure, patient):
    cancellations.cancel(book_soon(patient), at=at("2026-03-04 13:00"))

    again = book_soon(patient, "2026-03-06 15:00", now="2026-03-04 14:00")

    assert ServiceRequest.objects.get().appointment == again
    assert (statuses(procedure), late_item(procedure).status) == (ALL_WAITING | NO_REMINDERS, "cancelled")


def test_cancelling_twice_does_it_once(procedure, patient):
    visit = book_soon(patient)

    for now in ("2026-03-04 13:00", "2026-03-04 14:00"):
        cancellations.cancel(visit, at=at(now))

    assert ServiceRequest.objects.get().appointment is None
    assert late_item(procedure).status == "requested"


def test_cancelling_a_physicians_visit_changes_nothing(procedure, patient):
    physio, doctor = book_soon(patient), book_soon(patient, "2026-03-06 10:00", role="physician")

    cancellations.cancel(doctor, at=at("2026-03-04 13:00"))

    assert (ServiceRequest.objects.get().appointment, late_item(procedure).status) == (physio, "cancelled")


def test_booking_serves_the_referral_with_the_earliest_deadline_first(patient, procedure):
    """The later one was signed first: its deadline depends on its day, not on its key."""
    earlier = factories.signed(signed_at=at("2026-02-27 10:30"), patient=patient, starts_at=at("2026-02-27 10:00"))

    first = book_soon(patient)
    assert ServiceRequest.objects.get(appointment=first).care_plan.procedure == earlier
    assert (late_item(earlier).status, late_item(procedure).status) == ("cancelled", "requested")
    assert statuses(procedure) == ALL_WAITING

    second = book_soon(patient, "2026-03-06 16:00")
    assert ServiceRequest.objects.get(appointment=second).care_plan.procedure == procedure
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS


def test_booking_ends_the_desks_work_on_reminders_that_could_not_be_sent():
    patient = factories.patient(email="")
    procedure = factories.signed(signed_at=at(SIGNED), patient=patient)

    visit = book_soon(patient)
    open_items = WorkItem.objects.filter(status="requested", cause=procedure.pk)
    assert sorted(open_items.values_list("kind", "purpose", "occasion")) == [
        ("message_nowhere", "lifting-allowed", "window-over"),
        ("message_nowhere", "no-heavy-lifting", "at-once"),
        ("message_nowhere", "no-heavy-lifting", "next-morning"),
    ]

    cancellations.cancel(visit, at=at("2026-03-05 10:30"))
    brought_back = set(open_items.values_list("kind", "purpose", "occasion"))
    assert brought_back >= {("message_nowhere", "book-physiotherapy", "+5d"), ("physiotherapy", "", "")}
    assert ("message_nowhere", "book-physiotherapy", "+3d") not in brought_back


def test_reminder_that_was_put_off_for_the_night_is_taken_back_too(procedure, patient, settings):
    settings.QUIET_HOURS = (9, 8)
    delivery.deliver_due(at=at("2026-03-03 10:00"))
    assert statuses(procedure)["book-physiotherapy", "+1d"] == "put-off"

    book_soon(patient, now="2026-03-03 20:00")

    assert statuses(procedure)["book-physiotherapy", "+1d"] == "withdrawn"


def test_refused_booking_leaves_the_reminders(procedure, patient):
    taken = book_soon(factories.patient())
    wish = Wish(taken.visit_type, taken.practitioner, taken.starts_at)

    with pytest.raises(TimeTaken):
        booking.book(wish, patient=patient, at=taken.starts_at - timedelta(days=1))

    assert (statuses(procedure), ServiceRequest.objects.get().appointment) == (ALL_WAITING, None)


# Moved past the last day


def move_by_desk(visit, starts_at, *, now="2026-03-05 10:00"):
    factories.move(visit, at(starts_at), at=at(now), by_desk=True)


def moved_items(procedure):
    items = WorkItem.objects.filter(kind="physiotherapy_moved", cause=procedure.pk)
    return [(item.status, civil(item.due_at)) for item in items]


def test_visit_moved_past_the_last_day_is_work_for_the_desk_once_and_ends_when_it_is_moved_back(procedure, patient):
    visit = book_soon(patient)
    move_by_desk(visit, "2026-03-09 14:00")
    assert moved_items(procedure) == []

    move_by_desk(visit, "2026-03-10 14:00")
    assert moved_items(procedure) == [("requested", "2026-03-05 10:00")]
    WorkItem.objects.get(kind="physiotherapy_moved").complete(by=factories.user(), note="Away until then")
    move_by_desk(visit, "2026-03-11 14:00", now="2026-03-05 11:00")
    assert moved_items(procedure) == [("completed", "2026-03-05 10:00")]

    move_by_desk(visit, "2026-03-09 14:00", now="2026-03-05 12:00")
    move_by_desk(visit, "2026-03-12 14:00", now="2026-03-05 13:00")
    assert moved_items(procedure) == [("requested", "2026-03-05 13:00")]
    move_by_desk(visit, "2026-03-06 14:00", now="2026-03-05 14:00")
    assert moved_items(procedure)[0][0] == "cancelled"
    assert (statuses(procedure), late_item(procedure).status) == (ALL_WAITING | NO_REMINDERS, "cancelled")


def test_late_visit_that_is_cancelled_leaves_the_desk_one_thing_to_do(procedure, patient):
    visit = book_soon(patient)
    move_by_desk(visit, "2026-03-11 14:00")

    cancellations.cancel(visit, at=at("2026-03-10 10:00"))

    assert moved_items(procedure)[0][0] == "cancelled"
    assert (late_item(procedure).status, civil(late_item(procedure).due_at)) == ("requested", "2026-03-10 10:00")


def test_late_visit_that_was_assessed_leaves_nothing_to_do(procedure, patient):
    visit = book_soon(patient)
    move_by_desk(visit, "2026-03-11 14:00")

    assessments.assess(
        procedure.care_plan.referral,
        assessments.Findings(pain_now=2),
        page=assessments.FormPage("assess-token-1", seen=None),
        by=factories.user(),
        at=at("2026-03-11 14:30"),
    )

    assert moved_items(procedure)[0][0] == "cancelled"
