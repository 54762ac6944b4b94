"""Days of 23, 23 1/2, 24 1/2 and 25 hours: open times and bookings in the time zones that have them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clinic.models import Appointment, Practitioner
from clinic.scheduling import availability, booking, diary
from clinic.scheduling.wishes import Search, Wish
from tests import factories

pytestmark = pytest.mark.django_db

ZONES = [
    *("America/New_York", "Europe/London", "Europe/Vilnius", "Australia/Sydney", "Australia/Lord_Howe"),
    *("Africa/Casablanca", "America/Havana", "UTC"),
]
HOURS = [("00:00", "23:55"), ("00:30", "02:10"), ("01:10", "02:20"), ("02:15", "03:15"), ("02:20", "02:50")]
MINUTES = [5, 30, 45, 120]
MIDNIGHT = time()


def transitions(zone, first, last):
    """The civil days on which the clock changes."""
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    offsets = [datetime.combine(day, MIDNIGHT, tzinfo=zone).utcoffset() for day in days]
    pairs = pairwise(zip(days, offsets, strict=True))
    return [day for (day, offset), (_tomorrow, later) in pairs if offset != later]


def hull(zone, day, starts, ends):
    """From the first to the last minute of the day at which the clock shows a time within the hours."""
    first = datetime.combine(day, MIDNIGHT, tzinfo=zone).astimezone(UTC) - timedelta(hours=2)
    minutes = [first + timedelta(minutes=n) for n in range(29 * 60)]
    starts, ends = time.fromisoformat(starts), time.fromisoformat(ends)
    inside = [
        minute
        for minute in minutes
        if (clock := minute.astimezone(zone)).date() == day and starts <= clock.time() < ends
    ]
    return (inside[0], inside[-1] + timedelta(minutes=1)) if inside else None


def expected_starts(block, minutes, step):
    starts = []
    while block and block[0] + timedelta(minutes=len(starts) * step + minutes) <= block[1]:
        starts.append(block[0] + timedelta(minutes=len(starts) * step))
    return starts


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("hours", HOURS, ids=lambda hours: "-".join(hours))
def test_open_times_fill_the_hours_on_each_day_the_clock_changes(settings, zone_name, hours):
    settings.TIME_ZONE = zone_name
    zone = ZoneInfo(zone_name)
    factories.practitioner(hours=hours, days=range(7))
    visit_types = {n: factories.visit_type(base_minutes=n, start_every_minutes=5, needs_room=False) for n in MINUTES}

    for day in transitions(zone, date(2024, 1, 1), date(2032, 12, 31)) or [date(2026, 3, 29)]:
        block = hull(zone, day, *hours)
        now = datetime.combine(day - timedelta(days=2), MIDNIGHT, tzinfo=zone)
        for minutes, visit_type in visit_types.items():
            times = availability.open_times(Search(visit_type, now), first_day=day, days=1)

            shown = [t.starts_at.astimezone(UTC) for t in times]
            assert shown == expected_starts(block, minutes, 5), (day, minutes)
            assert {timezone.localdate(t.starts_at) for t in times} <= {day}


def spring_and_autumn(day):
    """A night practice in Vilnius, where the clock changes on the last Sundays of March and October."""
    factories.practitioner(hours=("02:00", "05:00"), days=[6])
    visit_type = factories.visit_type(base_minutes=60, start_every_minutes=60, needs_room=False)
    now = datetime(2026, 3, 20, tzinfo=UTC) if day.month == 3 else datetime(2026, 10, 20, tzinfo=UTC)
    return visit_type, now, availability.open_times(Search(visit_type, now), first_day=day, days=1)


def test_open_times_leave_out_the_hour_that_does_not_exist():
    _, _, times = spring_and_autumn(date(2026, 3, 29))

    assert [factories.civil(time.starts_at)[11:] for time in times] == ["02:00", "04:00"]
    assert [time.starts_at.utcoffset() for time in times] == [timedelta(hours=2), timedelta(hours=3)]


def test_open_times_show_the_hour_that_comes_twice_twice():
    _, _, times = spring_and_autumn(date(2026, 10, 25))

    assert [factories.civil(time.starts_at)[11:] for time in times] == ["02:00", "03:00", "03:00", "04:00"]
    assert [time.starts_at.utcoffset().total_seconds() / 3600 for time in times] == [3, 3, 2, 2]


def test_hold_of_the_hour_that_comes_twice_takes_one_of_the_two():
    visit_type, now, times = spring_and_autumn(date(2026, 10, 25))
    doctor = Practitioner.objects.get()
    second_three_o_clock = times[2].starts_at

    wish = Wish(visit_type, doctor, second_three_o_clock, request_token="token-0001")

    for _again in range(2):
        booking.hold(wish, held_by="browser", at=now)

    left = availability.open_times(Search(visit_type, now), first_day=date(2026, 10, 25), days=1)
    assert [time.starts_at.timestamp() for time in left] == [times[n].starts_at.timestamp() for n in (0, 1, 3)]
    held = Appointment.objects.get()
    assert held.starts_at.timestamp() == second_three_o_clock.timestamp()
    assert held.ends_at - held.starts_at == timedelta(hours=1)


@pytest.mark.parametrize(("day", "start"), [("2026-03-29", "02:30"), ("2026-10-25", "02:30"), ("2026-10-25", "03:30")])
def test_book_over_a_clock_change_lasts_as_long_as_the_visit(day, start):
    factories.practitioner(hours=("02:00", "06:00"), days=[6])
    visit_type = factories.visit_type(base_minutes=90, start_every_minutes=30, needs_room=False)
    starts_at = factories.at(f"{day} {start}")

    appointment = booking.book(
        Wish(visit_type, Practitioner.objects.get(), starts_at),
        patient=factories.patient(),
        at=starts_at - timedelta(days=3),
    )

    appointment.refresh_from_db()
    assert appointment.ends_at.timestamp() - starts_at.timestamp() == 90 * 60


def test_open_time_over_a_clock_change_ends_when_the_visit_does():
    open_time = diary.OpenTime(factories.at("2026-10-25 03:45"), 30, 1, "Dr Example")

    assert open_time.ends_at.timestamp() - open_time.starts_at.timestamp() == 30 * 60
