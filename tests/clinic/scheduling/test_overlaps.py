"""Visits that the desk lets overlap, for a reason."""

from datetime import timedelta

import pytest

from clinic.errors import TimeNotOpen, TimeTaken
from clinic.models import Appointment, Closure
from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from tests import factories
from tests.clinic.scheduling.visits import ELEVEN, HALF_PAST_NINE, NINE, SATURDAY, TEN
from tests.factories import NOW

pytestmark = pytest.mark.django_db

REASON = "in great pain, the doctor agreed"


def test_overlap_needs_a_reason_and_the_desk(visit, book, doctor):
    with pytest.raises(TimeTaken):
        book(by_desk=True)
    with pytest.raises(TimeTaken):
        book(overlap_reason=REASON)

    beside = book(by_desk=True, overlap_reason=REASON)

    assert (beside.starts_at, beside.practitioner, beside.room) == (NINE, doctor, visit.room)
    assert (beside.has_override, beside.overlap_reason) == (True, REASON)


def test_overlap_takes_a_free_room_where_there_is_one(visit, book):
    free = factories.room()

    assert book(by_desk=True, overlap_reason=REASON).room == free


def test_overlap_still_uses_up_time_for_others(book, visit_type):
    book()
    beside = book(NINE + timedelta(minutes=15), by_desk=True, overlap_reason=REASON)

    times = availability.open_times(Search(visit_type, NOW), first_day=factories.MONDAY, days=1)

    assert beside.has_override
    assert times[0].starts_at == TEN
    with pytest.raises(TimeTaken):
        book(HALF_PAST_NINE)


def test_overlap_reason_is_not_saved_where_nothing_overlaps(book):
    assert not book(by_desk=True, overlap_reason=REASON).has_override


@pytest.mark.parametrize("starts_at", [SATURDAY, NINE + timedelta(hours=3), NOW - timedelta(hours=1)], ids=str)
def test_overlap_does_not_reach_beyond_working_hours(book, starts_at):
    with pytest.raises(TimeNotOpen):
        book(starts_at, by_desk=True, overlap_reason=REASON)


def test_overlap_does_not_reach_into_closures_and_absences(visit, book, doctor):
    Closure.objects.create(starts_at=TEN, ends_at=ELEVEN)
    doctor.time_off.create(starts_at=ELEVEN, ends_at=ELEVEN + timedelta(hours=1))

    for starts_at in (TEN, ELEVEN):
        with pytest.raises(TimeNotOpen):
            book(starts_at, by_desk=True, overlap_reason=REASON)


def test_overlap_needs_the_skill_and_a_machine(visit, book, doctor):
    ultrasound = factories.visit_type(needs_ultrasound=True)

    with pytest.raises(TimeNotOpen):
        book(visit_type=ultrasound, by_desk=True, overlap_reason=REASON)
    doctor.credentials.create(kind="ultrasound-guided-injection", valid_from=factories.MONDAY)
    with pytest.raises(TimeNotOpen):
        book(visit_type=ultrasound, by_desk=True, overlap_reason=REASON)
    machine = factories.machine()

    assert book(visit_type=ultrasound, by_desk=True, overlap_reason=REASON).ultrasound_machine == machine


def test_reschedule_over_others_needs_a_reason_and_away_again_forgets_it(visit, book):
    book(TEN)

    factories.move(visit, TEN, by_desk=True, overlap_reason=REASON)
    overlapped = Appointment.objects.get(pk=visit.pk).has_override
    factories.move(visit, ELEVEN, by_desk=True)

    assert (overlapped, Appointment.objects.get(pk=visit.pk).has_override) == (True, False)
