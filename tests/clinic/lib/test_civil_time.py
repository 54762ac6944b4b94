"""The clock on the clinic's wall: 2026-03-29 has no 03:00 to 04:00, 2026-10-25 has it twice (Europe/Vilnius)."""

from datetime import UTC, date, datetime, time

import pytest

from clinic.lib import civil_time
from clinic.lib.instants import seconds

pytestmark = pytest.mark.once


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2026-01-15", time(8), "2026-01-15 06:00"),
        ("2026-07-15", time(8), "2026-07-15 05:00"),
        ("2026-03-29", time(3, 30), "2026-03-29 01:30"),  # never shown: the clock says 04:30
        ("2026-10-25", time(3, 30), "2026-10-25 00:30"),  # shown twice: the first
    ],
)
def test_at_is_the_instant_that_the_wall_shows(day, clock, expected):
    moment = civil_time.at(date.fromisoformat(day), clock)

    assert moment.astimezone(UTC) == utc(expected)


def test_shown_at_and_instant_are_each_others_opposite():
    shown = civil_time.shown_at(utc("2026-07-15 05:00"))

    assert shown == datetime(2026, 7, 15, 8)
    assert civil_time.instant(shown).astimezone(UTC) == utc("2026-07-15 05:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-02-28", 24)])
def test_a_whole_day_is_as_long_as_the_day_is(day, hours):
    first, last = civil_time.whole_day(date.fromisoformat(day))

    assert last.timestamp() - first.timestamp() == hours * 3600


@pytest.mark.parametrize(
    ("day", "starts", "ends", "expected"),
    [
        ("2026-01-15", time(8), time(9), ("2026-01-15 06:00", "2026-01-15 07:00")),
        ("2026-03-29", time(3, 30), time(5), ("2026-03-29 01:00", "2026-03-29 02:00")),
        ("2026-03-29", time(2), time(3, 30), ("2026-03-29 00:00", "2026-03-29 01:00")),
        ("2026-10-25", time(2), time(3, 30), ("2026-10-24 23:00", "2026-10-25 01:30")),
    ],
)
def test_a_stretch_ends_at_the_gap_and_keeps_the_hour_that_comes_twice(day, starts, ends, expected):
    bounds = civil_time.stretch(date.fromisoformat(day), starts, ends)

    assert bounds == tuple(seconds(utc(text)) for text in expected)
    assert civil_time.from_seconds(bounds[0]).time() == (starts if starts != time(3, 30) else time(4))


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (civil_time.written, "Thursday 15 January 2026, 08:00"),
        (civil_time.written_near, "Thursday 15 January, 08:00"),
        (civil_time.written_short, "Thu 15 Jan 2026, 08:00"),
    ],
)
def test_a_moment_is_written_as_the_wall_shows_it(write, expected):
    assert write(utc("2026-01-15 06:00")) == expected
