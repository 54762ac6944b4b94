"""The days on which somebody works: the next morning, and who is here when."""

from datetime import date, timedelta

import pytest

from clinic.models import Closure, WorkingHours
from clinic.scheduling import working_days
from tests import factories
from tests.factories import NOW, at, civil

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-02 12:00", "2026-03-03 08:00"),
        ("2026-03-02 00:30", "2026-03-03 08:00"),
        ("2026-03-06 12:00", "2026-03-09 08:00"),  # over the weekend
        ("2026-03-07 12:00", "2026-03-09 08:00"),
        ("2026-03-27 12:00", "2026-03-30 08:00"),  # across the clock change
        ("2026-10-23 12:00", "2026-10-26 08:00"),
    ],
)
def test_the_next_working_morning(now, morning):
    factories.practitioner()

    assert civil(working_days.next_morning(at=at(now))) == morning


def test_a_closed_morning_is_no_working_morning():
    factories.practitioner()
    Closure.objects.create(starts_at=at("2026-03-03 00:00"), ends_at=at("2026-03-04 00:00"))
    Closure.objects.create(starts_at=at("2026-03-04 14:00"), ends_at=at("2026-03-04 18:00"))

    assert civil(working_days.next_morning(at=NOW)) == "2026-03-04 08:00"


def test_hours_count_while_they_are_valid_and_their_owner_works_here():
    gone = factories.practitioner()
    gone.is_active = False
    gone.save()
    person = factories.practitioner(hours=None)
    factories.work(person, 1, "09:00", "12:00", valid_until=at("2026-03-02 12:00").date())
    factories.work(person, 2, "09:00", "12:00", valid_from=at("2026-03-05 12:00").date())

    assert civil(working_days.next_morning(at=NOW)) == "2026-03-11 08:00"


def test_where_nobody_works_it_is_tomorrow():
    assert civil(working_days.next_morning(at=NOW)) == "2026-03-03 08:00"


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, ["2026-03-02", "2026-03-09", "2026-03-16"]),
        (date(2026, 3, 3), None, ["2026-03-09", "2026-03-16"]),
        (None, date(2026, 3, 9), ["2026-03-02", "2026-03-09"]),
        (date(2026, 3, 9), date(2026, 3, 9), ["2026-03-09"]),
    ],
)
def test_hours_say_the_same_of_a_day_as_the_database(first, last, days):
    hours = factories.work(factories.practitioner(hours=None), 0, "09:00", "12:00", valid_from=first, valid_until=last)
    asked = [date(2026, 3, 1) + timedelta(days=number) for number in range(17)]

    assert [str(day) for day in asked if hours.are_valid_on(day)] == days
    assert [str(day) for day in asked if WorkingHours.objects.on(day).exists()] == days


def test_rows_of_a_week_are_told_apart_by_day_and_person(django_assert_num_queries):
    one, other = factories.practitioner(days=[0, 1]), factories.practitioner(days=[1])
    away = one.time_off.create(starts_at=at("2026-03-02 22:00"), ends_at=at("2026-03-03 09:00"), reason="Conference")
    closed = Closure.objects.create(starts_at=at("2026-03-04 00:00"), ends_at=at("2026-03-05 00:00"))

    with django_assert_num_queries(3):
        week = working_days.read([date(2026, 3, 2) + timedelta(days=number) for number in range(7)])

    monday, tuesday, wednesday, *_others = week.values()
    assert [len(day.hours_of(None)) for day in week.values()] == [1, 2, 0, 0, 0, 0, 0]
    assert [row.practitioner for row in tuesday.hours_of(other.pk)] == [other]
    assert [day.time_off_of(one.pk) for day in (monday, tuesday, wednesday)] == [[away], [away], []]
    assert (tuesday.time_off_of(other.pk), tuesday.closures, wednesday.closures) == ([], [], [closed])
