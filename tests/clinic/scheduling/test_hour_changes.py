"""Which booked visits a change of hours, absences, rooms or machines affects, and what happens to them."""

from datetime import time, timedelta

import pytest

from clinic.models import (
    Appointment,
    AppointmentStatus,
    Closure,
    Practitioner,
    Room,
    UltrasoundMachine,
    WorkingHours,
    WorkItem,
    WorkItemStatus,
)
from clinic.scheduling import booking, hour_changes
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import NOW, at, civil

pytestmark = pytest.mark.django_db

WEDNESDAY = {"starts_at": at("2026-03-04 00:00"), "ends_at": at("2026-03-05 00:00")}


@pytest.fixture
def visit(full_day_doctor):
    """Wednesday from 10:00 to 10:30."""
    return factories.appointment(
        starts_at=at("2026-03-04 10:00"),
        practitioner=full_day_doctor,
        room=factories.room(),
        ultrasound_machine=factories.machine(),
    )


def affected(change):
    return hour_changes.affected_visits(change, at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Closure.objects.create(**WEDNESDAY),
        lambda: Closure.objects.create(starts_at=at("2026-03-04 10:29"), ends_at=at("2026-03-04 11:00")),
        lambda: Practitioner.objects.get().time_off.create(**WEDNESDAY),
        lambda: WorkingHours.objects.filter(weekday=2).delete(),
        lambda: WorkingHours.objects.filter(weekday=2).update(ends=time(10, 29)),
        lambda: WorkingHours.objects.update(valid_until="2026-03-03"),
        lambda: Practitioner.objects.update(is_active=False),
        lambda: Room.objects.update(is_active=False),
        lambda: UltrasoundMachine.objects.update(is_active=False),
    ],
)
def test_a_change_affects_the_visits_that_no_longer_fit_and_is_not_made_yet(visit, change):
    assert affected(change) == [visit]

    assert (Closure.objects.count(), WorkingHours.objects.filter(ends=time(17), valid_until=None).count()) == (0, 5)
    assert [model.objects.get().is_active for model in (Practitioner, Room, UltrasoundMachine)] == [True] * 3


@pytest.mark.parametrize(
    "change",
    [
        lambda: Closure.objects.create(starts_at=at("2026-03-04 10:30"), ends_at=at("2026-03-04 11:00")),
        lambda: Closure.objects.create(starts_at=at("2026-03-04 09:00"), ends_at=at("2026-03-04 10:00")),
        lambda: factories.practitioner().time_off.create(**WEDNESDAY),
        lambda: WorkingHours.objects.filter(weekday=2).update(starts=time(10), ends=time(10, 30)),
        lambda: WorkingHours.objects.filter(weekday=3).delete(),
        lambda: factories.room(),
    ],
)
def test_a_change_leaves_the_visits_that_still_fit(visit, change):
    assert affected(change) == []


def test_hours_in_two_parts_that_touch_hold_a_visit_over_their_middle(visit, full_day_doctor):
    def part():
        full_day_doctor.working_hours.filter(weekday=2).update(ends=time(10, 15))
        factories.work(full_day_doctor, 2, "10:15", "17:00")

    assert affected(part) == []


@pytest.mark.parametrize("status", ["cancelled", "noshow", "fulfilled", "expired"])
def test_visits_that_take_no_time_any_more_are_not_affected(visit, status):
    Appointment.objects.update(status=status)

    assert affected(lambda: Closure.objects.create(**WEDNESDAY)) == []


def test_visits_that_did_not_fit_before_are_not_affected_again(visit, full_day_doctor):
    full_day_doctor.time_off.create(**WEDNESDAY)

    assert affected(lambda: Closure.objects.create(**WEDNESDAY)) == []


def test_visits_in_the_past_are_not_affected(visit):
    assert hour_changes.affected_visits(lambda: Room.objects.update(is_active=False), at=NOW + timedelta(days=7)) == []


def test_apply_makes_the_change_and_one_work_item_for_each_visit(visit):
    count = hour_changes.apply(lambda: Closure.objects.create(**WEDNESDAY), seen=[visit.pk], at=NOW)

    item = WorkItem.objects.get()
    assert (count, Closure.objects.count()) == (1, 1)
    assert (item.appointment, item.patient, item.due_at) == (visit, visit.patient, NOW)


def test_apply_opens_the_work_item_again_when_the_visit_is_affected_again(visit):
    hour_changes.apply(lambda: Closure.objects.create(**WEDNESDAY), seen=[visit.pk], at=NOW)
    WorkItem.objects.get().complete(by=factories.user())
    Closure.objects.all().delete()

    hour_changes.apply(lambda: Room.objects.update(is_active=False), seen=[visit.pk], at=NOW)

    assert WorkItem.objects.get().status == WorkItemStatus.REQUESTED


@pytest.mark.parametrize("seen", [[], [0]])
def test_apply_refuses_when_other_visits_are_affected_than_were_seen(visit, seen):
    with pytest.raises(hour_changes.AffectedVisitsChanged):
        hour_changes.apply(lambda: Closure.objects.create(**WEDNESDAY), seen=seen, at=NOW)

    assert (Closure.objects.count(), WorkItem.objects.count()) == (0, 0)


def test_apply_lets_go_of_a_hold_whose_time_goes_away(full_day_doctor):
    factories.room()
    kind = factories.visit_type()
    wish = Wish(kind, full_day_doctor, at("2026-03-04 10:00"), request_token="token-0001")
    held = booking.hold(wish, held_by="browser", at=NOW)

    assert affected(lambda: Closure.objects.create(**WEDNESDAY)) == []
    hour_changes.apply(lambda: Closure.objects.create(**WEDNESDAY), seen=[], at=NOW)

    held.refresh_from_db()
    assert (held.status, WorkItem.objects.count()) == (AppointmentStatus.EXPIRED, 0)


def test_affected_visits_come_by_time(full_day_doctor):
    kind = factories.visit_type()
    for hour in (12, 9, 10):
        factories.appointment(starts_at=at(f"2026-03-04 {hour:02}:00"), practitioner=full_day_doctor, visit_type=kind)

    found = affected(lambda: Closure.objects.create(**WEDNESDAY))

    assert [civil(visit.starts_at)[11:] for visit in found] == ["09:00", "10:00", "12:00"]
