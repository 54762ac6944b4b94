"""What a process caches of the timetable is dropped with the next change, whoever makes it."""

from datetime import date, time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.errors import TimeNotOpen
from clinic.lib.instants import seconds
from clinic.models import (
    Closure,
    Practitioner,
    Room,
    TimeOff,
    TimetableVersion,
    UltrasoundMachine,
    VisitType,
    WorkingHours,
)
from clinic.scheduling import availability, timetable
from clinic.scheduling.wishes import Search, Wish
from tests import factories
from tests.factories import MONDAY, NOW, at

pytestmark = pytest.mark.django_db

DAY = {"starts_at": at("2026-03-02 00:00"), "ends_at": at("2026-03-03 00:00")}


@pytest.fixture
def doctor():
    factories.room(), factories.machine()
    return factories.practitioner(hours=("09:00", "10:00"), ultrasound=True)


def shown(visit_type):
    times = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=1)
    return [factories.civil(time.starts_at)[11:] for time in times]


@pytest.mark.parametrize(
    "change",
    [
        lambda doctor: Practitioner.objects.update(is_active=False),
        lambda doctor: Room.objects.update(is_active=False),
        lambda doctor: UltrasoundMachine.objects.all().delete(),
        lambda doctor: WorkingHours.objects.filter(weekday=0).delete(),
        lambda doctor: WorkingHours.objects.update(weekday=5),
        lambda doctor: doctor.credentials.update(valid_to=MONDAY.replace(day=1)),
        lambda doctor: TimeOff.objects.bulk_create([TimeOff(practitioner=doctor, **DAY)]),
        lambda doctor: Closure.objects.create(**DAY),
    ],
)
def test_a_change_counts_at_once_however_it_is_made(doctor, guided, change):
    assert shown(guided) == ["09:00", "09:30"]

    change(doctor)

    assert shown(guided) == []


def test_a_change_that_is_taken_back_leaves_nothing_behind(doctor, guided):
    with transaction.atomic():
        WorkingHours.objects.update(ends=time(9, 30))
        assert shown(guided) == ["09:00"]
        transaction.set_rollback(True)

    assert shown(guided) == ["09:00", "09:30"]


def test_two_changes_that_are_alike_have_versions_of_their_own(doctor):
    versions = set()
    for _ in range(3):
        Room.objects.update(is_active=True)
        versions.add(TimetableVersion.objects.get().token)

    assert len(versions) == 3


def test_kinds_of_visit_follow_their_changes(guided):
    assert timetable.current().visit_type_for_patients(guided.slug).base_minutes == 30

    VisitType.objects.update(base_minutes=45)

    assert timetable.current().visit_type_for_patients(guided.slug).base_minutes == 45
    assert timetable.current().visit_type_for_patients("no-such-kind") is None


def queries(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_what_has_not_changed_is_not_read_again(doctor, guided):
    assert [queries(timetable.current) for _ in range(3)] == [3, 1, 1]
    assert queries(lambda: shown(guided)) == 2


def test_booking_trusts_nothing_that_is_cached(doctor, guided, monkeypatch):
    """Even where a change went unnoticed, for instance because a backup was restored."""
    table = timetable.current()
    Closure.objects.create(**DAY)
    monkeypatch.setattr(timetable, "current", lambda: table)

    assert shown(guided) == ["09:00", "09:30"]
    with pytest.raises(TimeNotOpen):
        availability.place_for(Wish(guided, doctor, at("2026-03-02 09:00")), at=NOW)


def test_without_a_version_nothing_is_cached(doctor, guided):
    TimetableVersion.objects.all().delete()

    assert [queries(timetable.current) for _ in range(2)] == [3, 3]


# At work


def is_at_work(person, starts, ends):
    return timetable.read().is_at_work(person.pk, seconds(at(starts)), seconds(at(ends)))


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("2026-03-02 09:00", "2026-03-02 12:00", True),
        ("2026-03-02 08:45", "2026-03-02 09:15", False),
        ("2026-03-02 11:45", "2026-03-02 12:15", False),
        ("2026-03-03 09:00", "2026-03-03 10:00", False),  # a Tuesday
        ("2026-03-09 09:00", "2026-03-09 10:00", False),  # no longer valid
        ("2026-03-02 13:30", "2026-03-02 14:30", True),  # over two periods without a gap
    ],
)
def test_a_person_is_at_work_within_hours_that_are_valid(starts, ends, expected):
    person = factories.practitioner(hours=None)
    factories.work(person, 0, "09:00", "12:00", valid_until=date(2026, 3, 8))
    factories.work(person, 0, "13:00", "14:00")
    factories.work(person, 0, "14:00", "15:00")

    assert is_at_work(person, starts, ends) is expected


@pytest.mark.parametrize("absence", ["time off", "closure"])
def test_a_person_who_is_away_is_not_at_work(absence):
    person = factories.practitioner(hours=("09:00", "12:00"))
    during = {"starts_at": at("2026-03-02 10:00"), "ends_at": at("2026-03-02 11:00")}
    TimeOff.objects.create(practitioner=person, **during) if absence == "time off" else Closure.objects.create(**during)

    assert is_at_work(person, "2026-03-02 09:00", "2026-03-02 10:00")
    assert not is_at_work(person, "2026-03-02 10:30", "2026-03-02 11:30")


def test_a_person_who_has_left_is_not_at_work():
    person = factories.practitioner(hours=("09:00", "12:00"))
    Practitioner.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_at_work(person, "2026-03-02 09:00", "2026-03-02 10:00")
