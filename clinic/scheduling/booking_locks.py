"""What the acts that use up time do inside their transaction: lock, look, write, tell.

Everybody locks the practitioners, the rooms, the machines and the patient, always in that order and each kind by its
key, then looks whether the start is open, then writes. On PostgreSQL exclusion constraints have the last word behind
it; on SQLite there is one writer at a time. A rival that was quicker is always `TimeTaken`.
"""

from contextlib import contextmanager
from datetime import UTC, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.errors import (
    TimeNotOpen,
    TimeTaken,
    TokenReused,
)
from clinic.lib.lost_races import lost_races_raise
from clinic.messaging import outbox
from clinic.models import (
    Appointment,
    AppointmentStatus,
    CredentialKind,
    MessageCategory,
    Patient,
    Practitioner,
    Room,
    UltrasoundMachine,
)
from clinic.models.appointments import HOLDS_TIME
from clinic.scheduling import availability, working_days
from clinic.signals import appointment_booked

FARTHEST = timedelta(days=2 * 366)


# Lock


def lock(*practitioners, patient=None):
    """Lock everybody and everything a booking may use, always in this order, so that rivals queue and never cross.

    No key lock: rows that only point at these (a message, a cancelled visit) are written without waiting for us.
    Raises PatientMerged for a patient who is another row by now.
    """
    people = Practitioner.objects.filter(pk__in=[practitioner.pk for practitioner in practitioners])
    for rows in (people, Room.objects.filter(is_active=True), UltrasoundMachine.objects.filter(is_active=True)):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    if patient is not None:
        Patient.objects.lock_unmerged(patient.pk)


def lock_row(appointment):
    """Lock one appointment, after everybody it uses, and give it as it is now."""
    row = Appointment.objects.select_for_update(no_key=True, of=["self"]).filter(pk=appointment.pk)
    return row.get()


# Look


def look_before_locking(request_token, *, visit_type, practitioner, starts_at, at, patient=None, held_by=""):
    """A look before the locks, so that who comes too late need not queue to hear it. It never grants anything.

    When the practitioner's time is in use, other than by what `held_by` would let go of: the appointment that this
    same request made, or TimeTaken.
    """
    taken = practitioner.appointments.holding_time(at=at)
    taken = taken.overlapping(starts_at=starts_at, ends_at=end_of(visit_type, starts_at))
    let_go = Q(held_by=held_by, status=AppointmentStatus.PENDING) & ~Q(request_token=request_token)
    if not taken.exclude(let_go).exists():
        return None
    wish = {"visit_type": visit_type, "practitioner": practitioner, "starts_at": starts_at}
    known = request_token and same_request(request_token, **wish, patient=patient)
    if not known:
        raise TimeTaken
    return known


def same_request(request_token, *, visit_type, practitioner, starts_at, patient=None):
    """The appointment this request made before, if it did; raises TokenReused when it asked for something else.

    One that was moved since no longer tells what time was asked for, and is given back all the same.
    """
    known = Appointment.objects.filter(request_token=request_token).first()
    if known is None:
        return None
    same_time = known.calendar_sequence or (known.practitioner_id, known.starts_at) == (practitioner.pk, starts_at)
    same_patient = patient is None or known.patient_id == patient.pk
    if not (same_time and same_patient and known.visit_type_id == visit_type.pk):
        raise TokenReused
    return known


def instant(starts_at, *, at):
    """In UTC, where an hour later is an hour later on every day; raises TimeNotOpen years away from `at`."""
    if abs(starts_at - at) > FARTHEST:
        raise TimeNotOpen
    return starts_at.astimezone(UTC)


def open_place(*, visit_type, practitioner, starts_at, at, by_desk=False):
    """Room and machine for an open start. Holds that ran out are ended first: a constraint cannot see the clock.

    Raises TimeTaken when it is in use, TimeNotOpen when it never was to be had.
    """
    ends_at = end_of(visit_type, starts_at)
    for appointment in Appointment.objects.stale_holds(at=at).overlapping(starts_at=starts_at, ends_at=ends_at):
        appointment.expire()
    return availability.place_for(visit_type, practitioner.pk, starts_at, at=at, by_desk=by_desk)


def place_for_patient(patient, *, overlap_reason="", **wish):
    """`open_place`, if the patient is free then too: the place, and the reason for which it overlaps, if it does.

    With an `overlap_reason` (the desk's only) a visit that would overlap gets a place all the same.
    """
    try:
        place = open_place(**wish)
        refuse_double_booking(patient, wish["visit_type"], wish["starts_at"])
    except TimeTaken:
        if not (overlap_reason and wish.get("by_desk")):
            raise
        wish.pop("by_desk")
        return _place_beside_others(**wish), overlap_reason
    return place, ""


def refuse_double_booking(patient, visit_type, starts_at):
    """Raises TimeTaken when the patient has another visit during this one."""
    own = patient.appointments.filter(status__in=HOLDS_TIME)
    own = own.overlapping(starts_at=starts_at, ends_at=end_of(visit_type, starts_at))
    if other := own.select_related("visit_type").first():
        when = timezone.localtime(other.starts_at)
        raise TimeTaken(
            _("%(patient)s already has a visit then: %(visit)s at %(time)s. Please choose another time.")
            % {"patient": patient, "visit": other.visit_type, "time": f"{when:%H:%M}"}
        )


def has_required_consultation(patient, visit_type):
    """True when this patient may book this kind of visit: it needs no consultation, or one has taken place."""
    if not visit_type.needs_consultation_first:
        return True
    seen = patient.appointments.filter(status=AppointmentStatus.FULFILLED)
    return seen.filter(visit_type__role=visit_type.role).exists()


def end_of(visit_type, starts_at):
    return starts_at + timedelta(minutes=visit_type.minutes)


def _place_beside_others(*, visit_type, practitioner, starts_at, at):
    """Room and machine for a visit that may overlap others: free ones where there are any, else one in use.

    Only the visits of others are overlooked. Hours, absences, skills and the past are not: raises TimeNotOpen.
    """
    ends_at = end_of(visit_type, starts_at)
    is_possible = may_do(visit_type, practitioner, starts_at) and working_days.is_at_work(
        practitioner, starts_at, ends_at
    )
    if starts_at < at or not is_possible:
        raise TimeNotOpen
    taken = list(
        Appointment.objects.holding_time(at=at)
        .overlapping(starts_at=starts_at, ends_at=ends_at)
        .values_list("room_id", "ultrasound_machine_id")
    )
    room = _free_or_any(Room, {room for room, _machine in taken}) if visit_type.needs_room else None
    needs_machine = visit_type.needs_ultrasound
    machine = _free_or_any(UltrasoundMachine, {machine for _room, machine in taken}) if needs_machine else None
    return availability.Place(room_id=room, machine_id=machine)


def may_do(visit_type, practitioner, starts_at):
    """Does this person do this kind of visit, on that day?"""
    has_role = practitioner.is_active and practitioner.role == visit_type.role
    on = timezone.localdate(starts_at)
    return has_role and (
        not visit_type.needs_ultrasound or practitioner.has_credential(CredentialKind.ULTRASOUND, on=on)
    )


def _free_or_any(places, taken):
    """The key of one that is in use by the clinic, rather one that nobody has then. Raises TimeNotOpen without any."""
    keys = list(places.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    if not keys:
        raise TimeNotOpen
    return next((key for key in keys if key not in taken), keys[0])


# Write


def create(*, visit_type, practitioner, starts_at, place, status, at, by=None, **fields):
    appointment = Appointment.objects.create(
        visit_type=visit_type,
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=end_of(visit_type, starts_at),
        room_id=place.room_id,
        ultrasound_machine_id=place.machine_id,
        status=status,
        **fields,
    )
    appointment.log_change(from_status="", to_status=status, by=by, at=at)
    return appointment


@contextmanager
def own_time_released(appointment):
    """Within, a booked visit uses no time, so that its own does not stand in the way of its move."""
    row = Appointment.objects.filter(pk=appointment.pk)
    row.update(status=AppointmentStatus.CANCELLED)
    yield
    row.update(status=appointment.status)


# Tell


def announce(appointment, *, at, booked_for=None):
    appointment_booked.send(Appointment, appointment=appointment, at=at, booked_for=booked_for)
    notify_patient(appointment, template="visit-booked", at=at)


def notify_patient(appointment, *, template, at, **words):
    outbox.schedule_for(
        appointment.patient,
        key=f"appointment:{appointment.pk}:{template}:{appointment.calendar_sequence}",
        template=template,
        context={"appointment": appointment, **words},
        category=MessageCategory.NOTICE,
        appointment=appointment,
        due_at=at,
        not_after=max(appointment.starts_at, at + timedelta(hours=1)),
        may_wake=True,
    )


# Lost races


@contextmanager
def lost_race_refused(*, visit_type, practitioner, starts_at, at, by_desk=False):
    """Every way of losing a race becomes TimeTaken, with the three nearest times, looked up after the rollback."""
    try:
        with lost_races_raise(TimeTaken):
            yield
    except TimeTaken as refusal:
        refusal.alternatives = availability.nearest(
            visit_type, starts_at, at=at, practitioner=practitioner.pk, by_desk=by_desk
        )
        raise
