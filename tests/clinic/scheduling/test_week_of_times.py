"""Open times as they are shown: by day, a week at a time."""

from datetime import date, timedelta

import pytest

from clinic.scheduling import week_of_times
from clinic.scheduling.diary import OpenTime
from tests.factories import at

pytestmark = pytest.mark.once
MONDAY = date(2026, 3, 2)


def free(starts, practitioner=1):
    return OpenTime(at(starts), 30, practitioner, "Dr Ada Lind")


def test_times_stand_by_civil_day_in_their_order():
    late, early, next_day = free("2026-03-02 23:30"), free("2026-03-03 00:00"), free("2026-03-03 09:00")

    assert week_of_times.by_day([late, early, next_day]) == {
        MONDAY: [late],
        MONDAY + timedelta(days=1): [early, next_day],
    }


def test_with_anybody_each_start_stands_once_with_the_first_who_is_free():
    first, other, later = free("2026-03-02 09:00", 1), free("2026-03-02 09:00", 2), free("2026-03-02 09:30", 2)

    assert week_of_times.one_for_each_start([first, other, later]) == [first, later]


@pytest.mark.parametrize(
    ("first", "days_left", "earlier", "later", "next_month"),
    [
        (0, 84, None, 7, 28),
        (3, 84, 0, 10, 31),
        (10, 84, 3, 17, 38),
        (70, 84, 63, 77, None),
        (80, 84, 73, None, None),
    ],
)
def test_weeks_around_lie_between_the_first_and_the_last_day(first, days_left, earlier, later, next_month):
    around = week_of_times.weeks_around(
        MONDAY + timedelta(days=first), not_before=MONDAY, last_day=MONDAY + timedelta(days=days_left)
    )

    assert {name: day and (day - MONDAY).days for name, day in around.items()} == {
        "earlier": earlier,
        "later": later,
        "next_month": next_month,
    }


def test_where_nothing_is_shown_there_are_no_weeks_around():
    around = week_of_times.weeks_around(None, not_before=MONDAY, last_day=MONDAY)

    assert around == {"earlier": None, "later": None, "next_month": None}
