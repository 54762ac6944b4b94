"""The next open time, and those nearest to a requested time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import Closure
from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from tests import factories
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db


# The next one, and the nearest


def test_next_open_time_looks_as_far_as_the_horizon(room, early_doctor):
    Closure.objects.create(starts_at=at("2026-03-01 00:00"), ends_at=at("2026-04-20 10:00"))

    assert availability.next_open_time(Search(factories.visit_type(), NOW)).starts_at == at("2026-04-20 10:00")
    assert availability.next_open_time(Search(factories.visit_type(horizon_days=20), NOW)) is None


def nearest(visit_type, starts_at, **more):
    return [
        factories.civil(time.starts_at) for time in availability.nearest(Search(visit_type, NOW, **more), starts_at)
    ]


def test_nearest_are_three_open_times_around_the_one_asked_for(room, early_doctor, visit_type):
    assert nearest(visit_type, at("2026-03-03 09:30")) == ["2026-03-03 09:30", "2026-03-03 09:00", "2026-03-03 10:00"]


def test_nearest_stay_with_the_same_practitioner(room, early_doctor, visit_type):
    factories.practitioner(hours=("14:00", "16:00"))

    times = availability.nearest(Search(visit_type, NOW, practitioner=early_doctor.pk), at("2026-03-02 14:30"))

    assert [time.practitioner_id for time in times] == [early_doctor.pk] * 3


def test_nearest_are_anybodys_when_the_practitioner_has_none(room, early_doctor, visit_type):
    away = factories.practitioner(hours=None)

    assert len(nearest(visit_type, at("2026-03-02 14:30"), practitioner=away.pk)) == 3


def test_nearest_look_further_when_the_next_weeks_are_full(room, early_doctor, visit_type):
    Closure.objects.create(starts_at=at("2026-03-01 00:00"), ends_at=at("2026-03-30 00:00"))

    assert nearest(visit_type, at("2026-03-03 09:30")) == ["2026-03-30 09:00", "2026-03-30 09:30", "2026-03-30 10:00"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2025-01-01 09:00", ["2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 10:00"]),
        ("0001-01-01 09:00", ["2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 10:00"]),
        ("2027-01-01 09:00", ["2026-05-25 09:00", "2026-05-25 09:30", "2026-05-25 10:00"]),
        ("9999-12-31 09:00", ["2026-05-25 09:00", "2026-05-25 09:30", "2026-05-25 10:00"]),
    ],
)
def test_nearest_to_an_impossible_time_are_the_first_or_the_last(room, early_doctor, visit_type, asked, expected):
    assert nearest(visit_type, at(asked)) == expected


@pytest.mark.parametrize("days_taken", [0, 3, 10, 13, 14, 20, 43, 44, 60])
def test_first_open_days_are_the_days_from_the_next_open_time(room, early_doctor, visit_type, days_taken):
    """Wherever the days are: in the first two weeks that are searched, across their end, or long after them."""
    if days_taken:
        Closure.objects.create(starts_at=NOW, ends_at=NOW + timedelta(days=days_taken), reason="Holidays")
    soonest = availability.next_open_time(Search(visit_type, NOW))

    found = availability.first_open_days(Search(visit_type, NOW), days=7)

    first_day = timezone.localdate(soonest.starts_at)
    assert found == availability.open_times(Search(visit_type, NOW), first_day=first_day, days=7)
    assert found[0] == soonest
    assert len({timezone.localdate(each.starts_at) for each in found}) > 4


def test_first_open_days_are_none_when_there_are_none(room, visit_type):
    assert availability.first_open_days(Search(visit_type, NOW), days=7) == []
