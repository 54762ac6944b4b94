"""A booked visit has an obstacle exactly when its own time, the visit itself aside, would not be offered: in made-up
clinics whose hours, absences, people and places change after it was booked.
"""

from datetime import date, time

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.errors import TimeTaken
from clinic.models import (
    Appointment,
    Closure,
    Credential,
    Practitioner,
    Room,
    TimeOff,
    UltrasoundMachine,
    VisitType,
    WorkingHours,
)
from clinic.scheduling import availability, obstacles
from clinic.scheduling.wishes import Search, Wish
from tests import factories
from tests.factories import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
quarters = st.integers(0, 12)
clocks = quarters.map(lambda number: time(9 + number // 4, number % 4 * 15))
stretches = st.tuples(clocks, clocks).filter(lambda stretch: stretch[0] < stretch[1])


def instant(clock):
    return at(f"2026-03-02 {clock:%H:%M}")


def at_times(stretch):
    return {"starts_at": instant(stretch[0]), "ends_at": instant(stretch[1])}


CHANGES = {
    "closure": lambda stretch: Closure.objects.create(**at_times(stretch)),
    "time off": lambda stretch: Practitioner.objects.first().time_off.create(**at_times(stretch)),
    "hours": lambda stretch: WorkingHours.objects.update(starts=stretch[0], ends=stretch[1]),
    "more hours": lambda stretch: factories.work(Practitioner.objects.first(), 0, *(f"{c:%H:%M}" for c in stretch)),
    "hours over": lambda _: WorkingHours.objects.update(valid_until=date(2026, 3, 1)),
    "no closure": lambda _: Closure.objects.all().delete(),
    "no time off": lambda _: TimeOff.objects.all().delete(),
    "room": lambda _: Room.objects.filter(pk=Room.objects.first().pk).update(is_active=False),
    "machine": lambda _: UltrasoundMachine.objects.update(is_active=False),
    "left": lambda _: Practitioner.objects.update(is_active=False),
    "role": lambda _: Practitioner.objects.update(role="physiotherapist"),
    "skill": lambda _: Credential.objects.update(valid_to=date(2026, 3, 1)),
    "ultrasound": lambda _: VisitType.objects.update(needs_ultrasound=True),
    "not offered": lambda _: VisitType.objects.update(is_active=False),
    "back": lambda _: [model.objects.update(is_active=True) for model in (Practitioner, Room, VisitType)],
}
changes = st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), stretches), min_size=1, max_size=4)


def booked(clock, *, guided, in_room):
    """A visit of half an hour in a clinic whose hours begin at quarters, so that every quarter is on the grid."""
    factories.room(), factories.room(), factories.machine()
    doctor = factories.practitioner(hours=("09:00", "12:30"), days=[0], ultrasound=guided)
    kind = factories.visit_type(needs_ultrasound=guided, needs_room=in_room, start_every_minutes=15)
    return factories.book(instant(clock), visit_type=kind, practitioner=doctor)


def is_offered(visit):
    """In its own room and with its own machine, and to a new patient, if it were not booked."""
    Appointment.objects.update(status="cancelled")
    Room.objects.exclude(pk=visit.room_id).update(is_active=False)
    UltrasoundMachine.objects.exclude(pk=visit.ultrasound_machine_id).update(is_active=False)
    kind = VisitType.objects.get()
    kind.needs_room, kind.needs_ultrasound = visit.room_id is not None, kind.needs_ultrasound
    doctor = Practitioner.objects.get()
    shown = availability.open_times(Search(kind, NOW, doctor.pk, by_desk=True), first_day=MONDAY, days=1)
    is_shown = visit.starts_at in [open_time.starts_at for open_time in shown]
    try:
        availability.place_for(Wish(kind, doctor, visit.starts_at, by_desk=True), at=NOW)
    except TimeTaken:
        assert not is_shown
    else:
        assert is_shown
    return is_shown and kind.is_active


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clock=clocks, guided=st.booleans(), in_room=st.booleans(), changes=changes)
def test_a_visit_has_an_obstacle_exactly_when_its_time_would_not_be_offered(clock, guided, in_room, changes):
    with transaction.atomic():
        visit = booked(clock, guided=guided, in_room=in_room)
        for name, stretch in changes:
            CHANGES[name](stretch)
        if not guided and VisitType.objects.get().needs_ultrasound:
            UltrasoundMachine.objects.update(is_active=True)  # it has none booked: its own place is not in question
        has_obstacle = bool(obstacles.of([visit], at=NOW))

        assert has_obstacle == (not is_offered(visit))
        transaction.set_rollback(True)
