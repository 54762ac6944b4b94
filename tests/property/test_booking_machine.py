"""Whatever people do to a tiny clinic, in whatever order: what must always be true of it is true after each step."""

import os
from datetime import timedelta
from itertools import combinations, count

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from clinic.errors import ChangedMeanwhile, DomainError, NotWaiting, TimeTaken, TooLateToMove, TooLateToUndo
from clinic.models import Appointment, AppointmentStatusChange, Patient, WaitlistEntry, WaitlistOffer
from clinic.models.appointment_states import HOLDS_TIME, MOVES
from clinic.people import merging
from clinic.scheduling import availability, booking, cancellations, moved_visits, obstacles, timetable, waitlist
from clinic.scheduling.wishes import Search, Suitable, Wish
from tests import factories
from tests.factories import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

# PostgreSQL takes three times as long: fewer runs there, for its constraints.
SHORT = {"sqlite": 120, "postgresql": 60}
RUNS = 300 if os.environ.get("CHAOS") == "full" else SHORT[connection.vendor]
PARTS, STEPS = 4, 40
NINE = at("2026-03-02 09:00")
# A visit may also be booked immediately, moved to another time, and a cancellation undone.
LEGAL = {(old, new) for old, all_new in MOVES.items() for new in all_new} | {
    *(("", "pending"), ("", "booked"), ("booked", "booked"), ("cancelled", "booked"))
}
RESOURCES = ("practitioner_id", "room_id", "ultrasound_machine_id", "patient_id")

slots = st.tuples(st.integers(0, 1), st.integers(0, 5)).map(lambda s: NINE + timedelta(days=s[0], minutes=30 * s[1]))
some = st.integers(0, 11)  # which of those that there are


class BookingMachine(RuleBasedStateMachine):
    """Two doctors with two hours a morning, two rooms and one machine, three patients, two kinds of visit."""

    def __init__(self):
        super().__init__()
        self.database = transaction.atomic()
        self.database.__enter__()
        self.now, self.numbers, self.history, self.requests = NOW, count(), [], []
        self.is_timetable_changed = False
        factories.room(), factories.room(), factories.machine()
        hours = {"hours": ("09:00", "11:00"), "days": range(2)}
        self.doctors = [factories.practitioner(ultrasound=True, **hours), factories.practitioner(**hours)]
        self.kinds = [
            factories.visit_type(horizon_days=3, notice_hours=1),
            factories.visit_type(horizon_days=3, base_minutes=60, needs_ultrasound=True),
        ]
        self.patients = [factories.patient() for _ in range(3)]

    def teardown(self):
        transaction.set_rollback(True)
        self.database.__exit__(None, None, None)

    # What there is

    def shown(self, wish):
        """Is this start shown as open?"""
        search = Search(wish.visit_type, self.now, wish.practitioner.pk, wish.by_desk)
        times = availability.open_times(search, first_day=wish.starts_at.date(), days=1)
        return wish.starts_at in {time.starts_at for time in times}

    def is_free(self, patient, kind, starts_at, *, besides=None):
        ends_at = starts_at + timedelta(minutes=kind.minutes)
        visits = patient.appointments.filter(status__in=HOLDS_TIME).overlapping(starts_at=starts_at, ends_at=ends_at)
        return not visits.exclude(pk=besides).exists()

    def is_taken_again(self, visit):
        """By one that the desk let overlap it, or by somebody on the waitlist."""
        during = Appointment.objects.sharing_with(visit).holding_time(at=self.now)
        during = during.overlapping(starts_at=visit.starts_at, ends_at=visit.ends_at)
        return during.exclude(overlap_reason="", waitlist_offer=None).exists()

    def one(self, rows, which):
        rows = list(rows.order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def patient(self, which):
        return self.one(Patient.objects.filter(merged_into=None), which)

    def wish(self, kind, doctor, starts_at, **more):
        return Wish(self.kinds[kind], self.doctors[doctor], starts_at, **more)

    # What people do

    @rule(kind=st.integers(0, 1), doctor=st.integers(0, 1), starts_at=slots)
    def hold(self, kind, doctor, starts_at):
        wish = self.wish(kind, doctor, starts_at, request_token=f"token-{next(self.numbers):04}")
        shown = self.shown(wish)
        try:
            held = booking.hold(wish, held_by=wish.request_token, at=self.now)
        except TimeTaken as refusal:
            self.check_refusal(wish, refusal, was_shown=shown)
            return
        assert shown
        assert (held.starts_at, held.held_until) == (starts_at, self.now + timedelta(minutes=10))
        self.requests.append((wish, held.pk))

    def check_refusal(self, wish, refusal, *, was_shown):
        """Only what is not shown is refused, and what is offered instead is shown."""
        doctors = {doctor.pk: doctor for doctor in self.doctors}
        instead = [Wish(wish.visit_type, doctors[t.practitioner_id], t.starts_at) for t in refusal.alternatives]
        assert not was_shown
        assert [choice for choice in instead if not self.shown(choice)] == []

    @rule(kind=st.integers(0, 1), doctor=st.integers(0, 1), starts_at=slots, patient=some)
    def book(self, kind, doctor, starts_at, patient):
        wish, patient = self.wish(kind, doctor, starts_at), self.patient(patient)
        possible = self.shown(wish) and self.is_free(patient, wish.visit_type, starts_at)
        try:
            booking.book(wish, patient=patient, at=self.now)
        except TimeTaken:
            assert not possible
        else:
            assert possible

    @rule(kind=st.integers(0, 1), doctor=st.integers(0, 1), starts_at=slots, patient=some)
    def book_over_others(self, kind, doctor, starts_at, patient):
        wish = self.wish(kind, doctor, starts_at, by_desk=True, overlap_reason="an emergency")
        patient = self.patient(patient)
        is_open = self.shown(wish) and self.is_free(patient, wish.visit_type, starts_at)
        try:
            visit = booking.book(wish, patient=patient, at=self.now)
        except TimeTaken:
            assert not is_open
        else:
            assert visit.has_override != is_open

    @precondition(lambda self: self.requests)
    @rule(which=some)
    def repeat(self, which):
        wish, pk = self.requests[which % len(self.requests)]

        assert booking.hold(wish, held_by=wish.request_token, at=self.now).pk == pk

    @rule(which=some, patient=some)
    def confirm(self, which, patient):
        holds = Appointment.objects.filter(status="pending", waitlist_offer=None)
        held, patient = self.one(holds, which), self.patient(patient)
        if held is None:
            return
        is_good = held.is_live_hold(at=self.now) and not obstacles.of_claim(obstacles.Claim.of(held), timetable.read())
        possible = is_good and self.is_free(patient, held.visit_type, held.starts_at)
        try:
            booking.confirm(held, patient=patient, at=self.now)
        except DomainError:
            assert not possible
        else:
            assert possible

    @rule(which=some)
    def cancel(self, which):
        if visit := self.one(Appointment.objects.filter(status="booked"), which):
            cancellations.cancel(visit, at=self.now)
            is_ahead = visit.starts_at >= self.now + timedelta(hours=visit.visit_type.notice_hours)
            if is_ahead and not self.is_timetable_changed and not visit.has_override:
                assert self.shown(Wish.of(visit)) or self.is_taken_again(visit)

    @rule(which=some)
    def undo(self, which):
        if visit := self.one(Appointment.objects.filter(status="cancelled"), which):
            sequence, until = visit.calendar_sequence, cancellations.undo_until(visit, by=None)
            try:
                cancellations.undo_cancel(visit, at=self.now)
            except TooLateToUndo:
                assert self.now >= until
            except TimeTaken:
                assert self.now < until
            else:
                assert self.now < until
                assert visit.calendar_sequence == sequence + 1

    @rule(which=some, doctor=st.integers(0, 1), starts_at=slots, by_desk=st.booleans(), is_stale=st.booleans())
    def reschedule(self, which, doctor, starts_at, by_desk, is_stale):
        visit = self.one(Appointment.objects.filter(status="booked"), which)
        if visit is None:
            return
        visits = Appointment.objects.for_people()
        before, rows = (visit.starts_at, visit.practitioner_id, visit.calendar_sequence), visits.count()
        wanted = (starts_at, self.doctors[doctor].pk)
        wish = Wish.of(visit, practitioner=self.doctors[doctor], starts_at=starts_at, by_desk=by_desk)
        try:
            moved_visits.reschedule(visit, to=wish, at=self.now, seen_sequence=visit.calendar_sequence - is_stale)
            after, is_refused_as_stale = (*wanted, before[2] + (before[:2] != wanted)), False
        except (TimeTaken, TooLateToMove):
            after, is_refused_as_stale = before, False
        except ChangedMeanwhile:
            after, is_refused_as_stale = before, True
        assert is_refused_as_stale == (is_stale and before[:2] != wanted)
        visit.refresh_from_db()
        assert (visit.starts_at, visit.practitioner_id, visit.calendar_sequence) == after
        assert (visit.status, visits.count()) == ("booked", rows)

    @rule(patient=some, kind=st.integers(0, 1), doctors=st.sampled_from([[], [0], [1]]))
    def join_the_waitlist(self, patient, kind, doctors):
        people = [self.doctors[doctor] for doctor in doctors]
        suitable = Suitable(NOW.date(), NOW.date() + timedelta(days=1), practitioners=people)
        waitlist.join(self.patient(patient), self.kinds[kind], suitable, at=self.now)

    @rule(which=some)
    def leave_the_waitlist(self, which):
        if entry := self.one(WaitlistEntry.objects.current(), which):
            waitlist.leave(entry, at=self.now)
            entry.refresh_from_db()
            assert (entry.status, entry.open_offer) == ("left", None)

    @rule(which=some)
    def take_what_is_offered(self, which):
        entry = self.one(WaitlistEntry.objects.filter(status="offered"), which)
        if entry is None:
            return
        held = entry.open_offer.appointment
        possible = held.is_live_hold(at=self.now) and self.is_free(entry.patient, held.visit_type, held.starts_at)
        try:
            booking.confirm(waitlist.hold_for(entry, at=self.now), patient=entry.patient, at=self.now)
        except (NotWaiting, TimeTaken):
            assert not possible
        else:
            assert possible
            held.refresh_from_db()
            entry.refresh_from_db()
            assert (held.status, held.patient, entry.status) == ("booked", entry.patient, "booked")

    @rule()
    def offer_on(self):
        waitlist.advance_offers(at=self.now)
        offered = WaitlistOffer.objects.filter(is_open=True).select_related("appointment")
        assert [offer for offer in offered if not offer.appointment.is_live_hold(at=self.now)] == []

    @rule(doctor=st.integers(0, 1), starts_at=slots)
    def block_time(self, doctor, starts_at):
        self.doctors[doctor].time_off.create(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
        self.is_timetable_changed = True

    @rule(doctor=st.integers(0, 1), ends=st.sampled_from(["10:00", "10:30", "11:30"]))
    def change_hours(self, doctor, ends):
        self.doctors[doctor].working_hours.update(ends=ends)
        self.is_timetable_changed = True

    @rule(duplicate=some, into=some)
    def merge(self, duplicate, into):
        duplicate, into = self.patient(duplicate), self.patient(into)
        visits = {*duplicate.appointments.values_list("pk", flat=True), *into.appointments.values_list("pk", flat=True)}
        try:
            merging.merge(duplicate, into, by=None, at=self.now, reason="twice")
        except DomainError:
            assert Patient.objects.get(pk=duplicate.pk).merged_into is None
        else:
            assert set(into.appointments.values_list("pk", flat=True)) == visits
            factories.patient()

    @rule(minutes=st.sampled_from([1, 2, 3, 10, 45, 180]))
    def advance_the_clock(self, minutes):
        self.now += timedelta(minutes=minutes)

    # What is true after each step

    @invariant()
    def nobody_and_nothing_is_used_twice_unless_for_a_written_reason(self):
        columns = ("status", "held_until", "starts_at", "ends_at", *RESOURCES)
        visits = list(Appointment.objects.filter(status__in=HOLDS_TIME, overlap_reason="").values(*columns))
        live = [v for v in visits if v["status"] != "pending" or v["held_until"] > self.now]
        assert [
            (one, other, resource)
            for one, other in combinations(live, 2)
            if one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]
            for resource in RESOURCES
            if one[resource] is not None and one[resource] == other[resource]
        ] == []

    @invariant()
    def a_time_is_kept_for_each_who_is_told_so_and_for_nobody_else(self):
        offered = WaitlistEntry.objects.filter(status="offered").order_by("pk").values_list("pk", flat=True)
        offers = WaitlistOffer.objects.filter(is_open=True)
        # Who booked another time waits no more; what was held for them is free, and the next beat closes the offer.
        offers = offers.exclude(entry__status="booked", appointment__held_until__lte=self.now)
        assert list(offered) == list(offers.order_by("entry").values_list("entry", flat=True))

    @invariant()
    def history_only_grows_by_legal_moves_and_leads_to_where_the_visits_stand(self):
        changes = AppointmentStatusChange.objects.order_by("pk")
        history = list(changes.values_list("pk", "appointment", "from_status", "to_status"))
        assert history[: len(self.history)] == self.history
        assert [(old, new) for _pk, _visit, old, new in history if (old, new) not in LEGAL] == []
        assert {visit: new for _pk, visit, _old, new in history} == dict(
            Appointment.objects.values_list("pk", "status")
        )
        self.history = history


@pytest.mark.parametrize("part", range(PARTS))
def test_booking_holds_whatever_people_do(part):
    how = settings(max_examples=RUNS // PARTS, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(BookingMachine, settings=how)
