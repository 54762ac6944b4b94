"""The moves of a visit, and what the database itself refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftercare.models import ServiceRequest
from clinic.errors import MoveNotAllowed, TooLateToCancel
from clinic.models import Appointment, AppointmentStatus, Message
from clinic.scheduling import booking, cancellations
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db

ALLOWED = {
    ("pending", "booked"),
    ("pending", "expired"),
    ("booked", "arrived"),
    ("booked", "cancelled"),
    ("booked", "noshow"),
    ("arrived", "fulfilled"),
    ("arrived", "booked"),
    ("arrived", "cancelled"),
    ("noshow", "arrived"),
}
VERBS = {
    "booked": lambda visit, by: visit.move_to_booked(by=by),
    "arrived": lambda visit, by: visit.check_in(by=by),
    "fulfilled": lambda visit, by: visit.fulfil(by=by),
    "cancelled": lambda visit, by: cancellations.cancel(visit, at=NOW, by=by, note="she called"),
    "noshow": lambda visit, by: visit.mark_missed(by=by),
    "expired": lambda visit, by: visit.expire(),
}


def a_visit(status="booked", **fields):
    if status == "pending":
        fields = {"held_until": NOW + timedelta(minutes=10), "patient": factories.patient()} | fields
    return factories.appointment(status=status, **fields)


def moves_of(visit):
    return list(visit.status_changes.values_list("from_status", "to_status", "by", "note"))


@pytest.mark.parametrize(("status", "to"), sorted(ALLOWED))
def test_appointment_moves_and_says_who_moved_it(status, to):
    appointment, colleague = a_visit(status), factories.user("desk")

    VERBS[to](appointment, colleague)

    appointment.refresh_from_db()
    by = None if to == "expired" else colleague.pk
    note = "she called" if to == "cancelled" else ""
    assert (appointment.status, moves_of(appointment)) == (to, [(status, to, by, note)])


@pytest.mark.parametrize(
    ("status", "to"),
    [(s, t) for s in AppointmentStatus.values for t in VERBS if s != t and (s, t) not in ALLOWED],
)
def test_appointment_refuses_every_other_move(status, to):
    appointment = a_visit(status)

    with pytest.raises(MoveNotAllowed):
        VERBS[to](appointment, factories.user("desk"))

    appointment.refresh_from_db()
    assert (appointment.status, moves_of(appointment), Message.objects.count()) == (status, [], 0)


@pytest.mark.parametrize("status", sorted(VERBS))
def test_appointment_does_nothing_when_a_move_is_repeated(status):
    appointment = a_visit(status)

    VERBS[status](appointment, factories.user("desk"))

    assert (moves_of(appointment), Message.objects.count()) == ([], 0)


def test_appointment_refuses_a_move_that_lost_to_a_rivals():
    appointment = a_visit()
    rivals = Appointment.objects.get()
    rivals.check_in(by=None)

    with pytest.raises(MoveNotAllowed):
        appointment.mark_missed(by=None)

    assert [to for _from, to, _by, _note in moves_of(appointment)] == ["arrived"]


def test_check_in_is_refused_before_the_day_of_the_visit():
    appointment = a_visit()

    with pytest.raises(MoveNotAllowed, match="on a later day"):
        appointment.check_in(by=None, at=at("2026-03-01 23:59"))
    appointment.check_in(by=None, at=at("2026-03-02 00:00"))

    assert appointment.status == "arrived"


def test_mark_missed_is_refused_before_the_hour_of_the_visit():
    appointment = a_visit()

    with pytest.raises(MoveNotAllowed, match="has not begun yet"):
        appointment.mark_missed(by=None, at=at("2026-03-02 09:59"))
    appointment.mark_missed(by=None, at=at("2026-03-02 10:00"))

    assert appointment.status == "noshow"


def test_check_in_after_a_miss_is_refused_when_the_time_was_given_to_somebody_else():
    same = {"practitioner": factories.practitioner()}
    missed = a_visit("noshow", **same)
    a_visit(**same)

    with pytest.raises(MoveNotAllowed), transaction.atomic():
        missed.check_in(by=None)


# Cancelling


@pytest.fixture
def booked():
    factories.room()
    return factories.book(at("2026-03-02 10:00"), visit_type=factories.visit_type(notice_hours=2))


def test_cancel_frees_the_time_for_somebody_else(booked):
    wish = Wish(booked.visit_type, booked.practitioner, booked.starts_at)

    cancellations.cancel(booked, at=NOW)

    assert booking.book(wish, patient=factories.patient(), at=NOW).room == booked.room


def test_cancel_withdraws_what_was_to_be_sent_and_tells_the_patient(booked):
    cancellations.cancel(booked, at=NOW)

    told = booked.messages.filter(cause=booked.pk).order_by("pk")
    assert list(told.values_list("purpose", "sequence", "channel", "status", "outcome")) == [
        ("visit-booked", 0, "email", "withdrawn", "the visit was cancelled"),
        ("visit-cancelled", 1, "email", "waiting", ""),
    ]


def test_cancel_makes_calendars_take_the_newer_one(booked):
    cancellations.cancel(booked, at=NOW)

    booked.refresh_from_db()
    assert booked.calendar_sequence == 1


@pytest.mark.parametrize("loaded_before", [True, False])
def test_cancel_repeated_does_nothing(booked, loaded_before):
    """Also for the second of two people at the desk, whose page still shows it as booked."""
    again = Appointment.objects.get() if loaded_before else booked

    cancellations.cancel(booked, at=NOW, note="first")
    cancellations.cancel(again, at=NOW, note="second")

    assert Message.objects.filter(purpose="visit-cancelled").count() == 1
    assert [note for *_, to, _by, note in moves_of(booked) if to == "cancelled"] == ["first"]


def test_cancel_by_patient_is_refused_once_the_notice_has_begun(booked):
    with pytest.raises(TooLateToCancel):
        cancellations.cancel_by_patient(booked, at=at("2026-03-02 08:01"), by=None)
    cancellations.cancel_by_patient(booked, at=at("2026-03-02 08:00"), by=None)
    cancellations.cancel_by_patient(booked, at=at("2026-03-02 08:01"), by=None)

    assert booked.status == "cancelled"


def test_cancel_of_somebody_elses_visit_leaves_mine_and_its_messages(booked):
    same = {"visit_type": booked.visit_type, "practitioner": booked.practitioner, "patient": booked.patient}
    mine = factories.book(at("2026-03-02 11:00"), **same)

    cancellations.cancel(booked, at=NOW)

    mine.refresh_from_db()
    assert (mine.status, [m.status for m in mine.messages.all()]) == ("booked", ["waiting"])
    assert ServiceRequest.objects.count() == 0


# What the database refuses, whoever asks


def refused(name, **fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        a_visit(**fields)


@pytest.mark.parametrize("status", ["booked", "arrived", "fulfilled", "cancelled", "noshow"])
def test_database_refuses_a_visit_without_a_patient(status):
    refused("appointment_has_a_patient_once_booked", status=status, patient=None)


@pytest.mark.parametrize("status", ["pending", "expired"])
def test_database_takes_a_hold_without_a_patient(status):
    a_visit(status, patient=None, held_until=NOW)

    assert Appointment.objects.get().patient is None


@pytest.mark.parametrize("minutes", [0, -1, 12 * 60 + 1])
def test_database_refuses_a_visit_that_ends_before_it_starts_or_never(minutes):
    refused("appointment_ends_within_12_hours", minutes=minutes)


def test_database_takes_a_visit_of_twelve_hours():
    assert a_visit(minutes=12 * 60).minutes == 720


def test_database_refuses_a_status_that_is_not_known():
    refused("appointment_status_is_known", status="waitlist")


def test_database_refuses_a_hold_without_an_end():
    refused("appointment_hold_has_an_end", status="pending", held_until=None)


def test_database_refuses_a_request_token_twice():
    a_visit(request_token="token-0001")

    refused("request_token", request_token="token-0001", starts_at=at("2026-03-03 10:00"))


RESOURCES = {
    "practitioner": factories.practitioner,
    "room": factories.room,
    "ultrasound_machine": factories.machine,
    "patient": factories.patient,
}


@pytest.mark.postgresql
@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("status", ["pending", "booked", "arrived", "fulfilled"])
def test_database_refuses_two_visits_at_a_time_for_one(resource, status):
    same = {resource: RESOURCES[resource]()}
    a_visit(**same)

    refused(f"appointment_{resource}_never_twice", status=status, starts_at=at("2026-03-02 10:29"), **same)


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("status", ["cancelled", "noshow", "expired"])
def test_database_takes_two_visits_at_a_time_when_one_holds_no_time(resource, status):
    same = {resource: RESOURCES[resource]()}

    a_visit(**same)
    a_visit(status, **same)

    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("resource", RESOURCES)
def test_database_takes_visits_that_touch(resource):
    same = {resource: RESOURCES[resource]()}

    a_visit(**same)
    a_visit(starts_at=at("2026-03-02 10:30"), **same)

    assert Appointment.objects.count() == 2


@pytest.mark.postgresql
def test_database_refuses_a_move_back_into_time_that_was_given_away():
    same = {"practitioner": factories.practitioner()}
    missed = a_visit("noshow", **same)
    a_visit(**same)

    with pytest.raises(IntegrityError, match="never_twice"), transaction.atomic():
        Appointment.objects.filter(pk=missed.pk).update(status="arrived")
