"""What is shown can be booked, and what is not shown is refused, with times that can be booked: in made-up clinics."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.errors import TimeTaken
from clinic.models import Appointment, Closure, CredentialKind, Practitioner
from clinic.scheduling import availability, booking
from clinic.scheduling.wishes import Search, Wish
from tests import factories
from tests.factories import MONDAY, NOW, at

pytestmark = pytest.mark.django_db

QUARTERS = 12  # the clinic's day: from 09:00 to 12:00
DAYS = 2
NINE = at("2026-03-02 09:00")

stretches = st.tuples(st.integers(0, QUARTERS - 1), st.integers(1, 6)).map(lambda s: (s[0], min(s[0] + s[1], QUARTERS)))
kinds = st.fixed_dictionaries(
    {
        "base_minutes": st.sampled_from([15, 20, 30, 45]),
        "start_every_minutes": st.sampled_from([10, 15, 30]),
        "notice_hours": st.sampled_from([0, 3]),
        "needs_room": st.booleans(),
        "needs_ultrasound": st.booleans(),
    }
)
people = st.fixed_dictionaries(
    {
        "hours": st.lists(st.tuples(st.integers(0, DAYS - 1), stretches), min_size=1, max_size=3),
        "time_off": st.lists(stretches, max_size=1),
        "credential": st.sampled_from(["no", "both days", "first day"]),
    }
)
taken = st.tuples(
    *(
        st.integers(0, 2),
        stretches,
        st.integers(0, 1),
        st.sampled_from(["booked", "arrived", "live", "old", "cancelled"]),
    )
)
clinics = st.fixed_dictionaries(
    {
        "kind": kinds,
        "people": st.lists(people, min_size=1, max_size=3),
        "rooms": st.integers(0, 2),
        "machines": st.integers(0, 2),
        "taken": st.lists(taken, max_size=5),
        "closed": st.lists(stretches, max_size=1),
    }
)


def quarter(number, *, day=0):
    return NINE + timedelta(days=day, minutes=15 * number)


def clock(number):
    return f"{9 + number // 4:02}:{number % 4 * 15:02}"


def build(plan):
    """The visit type of a made-up clinic, with its people, places and the visits already booked."""
    visit_type = factories.visit_type(**plan["kind"], horizon_days=10)
    rooms = [factories.room() for _ in range(plan["rooms"])]
    machines = [factories.machine() for _ in range(plan["machines"])]
    doctors = [engage(person) for person in plan["people"]]
    for first, last in plan["closed"]:
        Closure.objects.create(starts_at=quarter(first), ends_at=quarter(last))
    for index, stretch, place, status in plan["taken"]:
        take(visit_type, doctors[index % len(doctors)], rooms[place:], machines[place:], stretch, status)
    return visit_type


def engage(person):
    doctor = factories.practitioner(hours=None)
    for day, (first, last) in person["hours"]:
        factories.work(doctor, day, clock(first), clock(last))
    for first, last in person["time_off"]:
        doctor.time_off.create(starts_at=quarter(first), ends_at=quarter(last))
    if person["credential"] != "no":
        last_day = MONDAY if person["credential"] == "first day" else None
        doctor.credentials.create(kind=CredentialKind.ULTRASOUND, valid_from=MONDAY, valid_to=last_day)
    return doctor


def take(visit_type, doctor, rooms, machines, stretch, status):
    """Put a visit there, unless it would overlap one that is there (PostgreSQL would refuse it, SQLite would not)."""
    wish = {"starts_at": quarter(stretch[0]), "ends_at": quarter(stretch[1])}
    there = Appointment.objects.overlapping(**wish)
    if there.exists():
        return
    held_until = {"live": NOW + timedelta(minutes=5), "old": NOW}.get(status)
    factories.appointment(
        starts_at=wish["starts_at"],
        minutes=15 * (stretch[1] - stretch[0]),
        practitioner=doctor,
        visit_type=visit_type,
        room=rooms[0] if rooms else None,
        ultrasound_machine=machines[0] if machines else None,
        status="pending" if held_until else status,
        held_until=held_until,
    )


def try_to_hold(visit_type, practitioner, starts_at):
    """The hold, or the refusal; either is rolled back."""
    with transaction.atomic():
        try:
            answer = booking.hold(
                Wish(visit_type, practitioner, starts_at, request_token="token-0001"), held_by="browser", at=NOW
            )
        except TimeTaken as refusal:
            answer = refusal
        transaction.set_rollback(True)
    return answer


def check(visit_type):
    shown = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=DAYS)
    open_starts = {(time.practitioner_id, time.starts_at) for time in shown}
    assert len(open_starts) == len(shown)
    for doctor in Practitioner.objects.all():
        for minutes in range(-15, QUARTERS * 15 + 15, 5):
            for day in range(DAYS):
                starts_at = NINE + timedelta(days=day, minutes=minutes)
                if (doctor.pk, starts_at) in open_starts or minutes % 35 == 0:  # all that are shown, some that are not
                    answer = try_to_hold(visit_type, doctor, starts_at)
                    check_answer(visit_type, answer, is_shown=(doctor.pk, starts_at) in open_starts)


def check_answer(visit_type, answer, *, is_shown):
    assert isinstance(answer, TimeTaken) != is_shown, answer
    if is_shown:
        assert (answer.room is not None, answer.ultrasound_machine is not None) == (
            visit_type.needs_room,
            visit_type.needs_ultrasound,
        )
        return
    anywhere = availability.open_times(Search(visit_type, NOW), first_day=MONDAY, days=11)
    assert len(answer.alternatives) == min(3, len(anywhere))
    assert [time for time in answer.alternatives if time not in anywhere] == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plan=clinics)
def test_each_time_shown_can_be_held_and_no_other(plan):
    with transaction.atomic():
        check(build(plan))
        transaction.set_rollback(True)
