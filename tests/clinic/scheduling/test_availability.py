"""Which starts are open. A visit of these tests lasts 30 minutes and starts on the half hours from 09:00 to 10:30."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Closure
from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from tests import factories
from tests.clinic.scheduling.open_starts import ALL, SHORT, TUESDAY, shown
from tests.factories import MONDAY, NOW, at

pytestmark = pytest.mark.django_db


def test_open_times_are_the_starts_from_which_a_visit_fits_into_the_hours(room, early_doctor, visit_type):
    assert shown(visit_type) == ALL


def test_open_times_say_who_and_how_long(room, early_doctor, visit_type):
    first = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=1)[0]

    assert (first.practitioner_id, first.practitioner_name, first.minutes) == (early_doctor.pk, early_doctor.name, 30)
    assert first.ends_at == at("2026-03-02 09:30")


def test_open_times_keep_a_visit_inside_its_stretch_of_hours(room):
    early_doctor = factories.practitioner(hours=("09:00", "10:10"), days=[0])
    factories.work(early_doctor, 0, "10:40", "11:20")

    assert shown(factories.visit_type()) == ["09:00", "09:30", "10:40"]


def test_open_times_come_once_where_two_stretches_of_hours_overlap(room):
    early_doctor = factories.practitioner(hours=("09:00", "10:30"), days=[0])
    factories.work(early_doctor, 0, "10:00", "11:00")

    assert shown(factories.visit_type()) == ALL


@pytest.mark.parametrize(
    ("valid", "expected"),
    [
        ({"valid_from": TUESDAY}, ["2026-03-09 09:00"]),
        ({"valid_until": MONDAY}, ["2026-03-02 09:00"]),
        ({"valid_from": MONDAY, "valid_until": MONDAY}, ["2026-03-02 09:00"]),
        ({}, ["2026-03-02 09:00", "2026-03-09 09:00"]),
    ],
)
def test_open_times_follow_the_days_for_which_hours_are_valid(room, visit_type, valid, expected):
    factories.work(factories.practitioner(hours=None), 0, "09:00", "09:30", **valid)

    assert shown(visit_type, days=8) == expected


def test_open_times_leave_out_time_off(room, early_doctor, visit_type):
    early_doctor.time_off.create(starts_at=at("2026-03-02 09:29"), ends_at=at("2026-03-02 10:00"))

    assert shown(visit_type) == ["10:00", "10:30"]


def test_open_times_of_others_are_untouched_by_time_off(room, early_doctor, visit_type):
    other = factories.practitioner(hours=SHORT)
    early_doctor.time_off.create(starts_at=at("2026-03-01 00:00"), ends_at=at("2026-03-05 00:00"))

    times = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=1)

    assert [time.practitioner_id for time in times] == [other.pk] * 4


def test_open_times_leave_out_what_the_whole_clinic_is_closed(room, early_doctor, visit_type):
    Closure.objects.create(starts_at=at("2026-03-02 00:00"), ends_at=at("2026-03-02 10:00"))

    assert shown(visit_type) == ["10:00", "10:30"]


def test_open_times_leave_out_those_who_left(room, early_doctor, visit_type):
    early_doctor.is_active = False
    early_doctor.save()

    assert shown(visit_type) == []


def test_open_times_are_those_of_the_role_that_does_the_visit(room, early_doctor):
    assert shown(factories.physiotherapy()) == []


def test_open_times_of_one_practitioner_leave_out_the_others(room, early_doctor, visit_type):
    factories.practitioner(hours=("14:00", "15:00"))

    assert shown(visit_type, practitioner=early_doctor.pk) == ALL


# What takes up time


@pytest.mark.parametrize("status", ["booked", "arrived", "fulfilled"])
def test_open_times_leave_out_appointments_and_touch_them(room, early_doctor, visit_type, status):
    factories.appointment(
        starts_at=at("2026-03-02 09:30"), practitioner=early_doctor, visit_type=visit_type, room=room, status=status
    )

    assert shown(visit_type) == ["09:00", "10:00", "10:30"]


@pytest.mark.parametrize("status", ["cancelled", "noshow", "expired"])
def test_open_times_come_back_when_an_appointment_no_longer_holds_time(room, early_doctor, visit_type, status):
    factories.appointment(
        starts_at=at("2026-03-02 09:30"), practitioner=early_doctor, visit_type=visit_type, room=room, status=status
    )

    assert shown(visit_type) == ALL


@pytest.mark.parametrize(("seconds", "expected"), [(1, ["09:00", "10:00", "10:30"]), (0, ALL), (-1, ALL)])
def test_open_times_leave_out_a_hold_until_it_runs_out(room, early_doctor, visit_type, seconds, expected):
    factories.appointment(
        starts_at=at("2026-03-02 09:30"),
        practitioner=early_doctor,
        visit_type=visit_type,
        status="pending",
        held_until=NOW + timedelta(seconds=seconds),
    )

    assert shown(visit_type) == expected


def test_open_times_leave_out_a_visit_that_began_the_evening_before(room, visit_type):
    early_doctor = factories.practitioner(hours=("00:00", "02:00"))
    factories.appointment(
        starts_at=at("2026-03-02 23:00"), practitioner=early_doctor, visit_type=visit_type, minutes=90, room=room
    )

    assert shown(visit_type, day=TUESDAY) == ["00:30", "01:00", "01:30"]


def test_open_times_leave_out_when_all_rooms_are_taken(early_doctor, visit_type):
    for room in (factories.room(), factories.room()):
        colleague = factories.physiotherapist(hours=SHORT)
        factories.appointment(
            starts_at=at("2026-03-02 09:30"), practitioner=colleague, visit_type=visit_type, room=room
        )

    assert shown(visit_type) == ["09:00", "10:00", "10:30"]


def test_open_times_need_one_room_for_the_whole_visit(early_doctor):
    """The first room is free until 10:00, the second from 10:00: nobody moves in between."""
    first, second = factories.room(), factories.room()
    hour = factories.visit_type(base_minutes=60)
    colleague = factories.physiotherapist()
    factories.appointment(starts_at=at("2026-03-02 10:00"), practitioner=colleague, visit_type=hour, room=first)
    factories.appointment(starts_at=at("2026-03-02 09:30"), practitioner=colleague, visit_type=hour, room=second)

    assert shown(hour) == ["09:00", "10:00"]


def test_open_times_of_a_visit_without_a_room_ask_for_none(early_doctor):
    assert shown(factories.visit_type(needs_room=False)) == ALL


def test_open_times_of_a_visit_in_a_room_are_none_without_a_room_in_use(room, early_doctor, visit_type):
    room.is_active = False
    room.save()

    assert shown(visit_type) == []


# From when, until when


def test_open_times_begin_after_the_notice(room, early_doctor):
    with_notice = factories.visit_type(notice_hours=1)

    assert shown(with_notice, now=at("2026-03-02 09:00")) == ["10:00", "10:30"]
    assert shown(with_notice, now=at("2026-03-02 09:01")) == ["10:30"]


def test_open_times_at_the_desk_need_no_notice_but_lie_ahead(room, early_doctor):
    with_notice = factories.visit_type(notice_hours=48)

    assert shown(with_notice, now=at("2026-03-02 09:10"), by_desk=True) == ["09:30", "10:00", "10:30"]


def test_open_times_end_with_the_horizon(room):
    factories.practitioner(hours=("09:00", "09:30"), days=range(7))
    soon = factories.visit_type(horizon_days=2)

    assert shown(soon, days=10) == ["2026-03-02 09:00", "2026-03-03 09:00", "2026-03-04 09:00"]


def test_open_times_are_at_most_62_days(room):
    factories.practitioner(hours=("09:00", "09:30"), days=range(7))

    assert len(shown(factories.visit_type(horizon_days=366), days=400)) == 62


def test_open_times_show_no_day_beyond_those_asked_for(room, early_doctor):
    """A week that began before today is not extended at its other end."""
    times = shown(factories.visit_type(), day=MONDAY, days=7, now=at("2026-03-06 10:05"))

    assert times == ["2026-03-06 10:30"]


def test_open_times_end_with_the_limit(room, early_doctor, visit_type):
    factories.practitioner(hours=SHORT)

    times = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=62, limit=3)

    assert times == availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=62)[:3]


def test_open_times_with_a_limit_go_on_where_the_first_weeks_are_full(room, early_doctor, visit_type):
    Closure.objects.create(starts_at=at("2026-03-01 00:00"), ends_at=at("2026-04-13 09:30"))

    times = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=62, limit=1)

    assert [factories.civil(time.starts_at) for time in times] == ["2026-04-13 09:30"]


@pytest.mark.parametrize("day", [date.min, date(2026, 3, 1), date(2200, 1, 1), date.max])
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_open_times_of_days_that_cannot_be_booked_are_none(room, early_doctor, visit_type, day, days):
    assert shown(visit_type, day=day, days=days) == []


def test_open_times_of_a_leap_day_are_those_of_any_other(room):
    factories.practitioner(hours=("09:00", "09:30"), days=range(7))

    times = shown(factories.visit_type(), day=date(2028, 2, 28), days=3, now=at("2028-02-20 09:00"))

    assert times == ["2028-02-28 09:00", "2028-02-29 09:00", "2028-03-01 09:00"]


# How many queries it takes


@pytest.mark.parametrize("people", [1, 6])
@pytest.mark.parametrize("kind", [{}, {"needs_ultrasound": True}, {"needs_room": False}])
def test_open_times_ask_the_database_at_most_six_times(people, kind):
    visit_type = factories.visit_type(**kind)
    for _ in range(people):
        early_doctor = factories.practitioner(ultrasound=True)
        factories.room(), factories.machine()
        early_doctor.time_off.create(starts_at=at("2026-03-03 09:00"), ends_at=at("2026-03-03 12:00"))
        for hour in range(9, 9 + people):
            starts_at = at(f"2026-03-02 {hour:02}:00")
            factories.appointment(starts_at=starts_at, practitioner=early_doctor, visit_type=visit_type)

    with CaptureQueriesContext(connection) as queries:
        availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=42)

    assert len(queries) <= 6, queries.captured_queries
