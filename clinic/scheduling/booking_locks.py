"""What the acts that use up time do inside their transaction: lock, look, write, tell.

Everybody locks the practitioners, the rooms, the machines and the patient, always in that order and each kind by its
key, then looks whether the start is open, then writes. On PostgreSQL exclusion constraints have the last word after
that; on SQLite there is one writer at a time. Losing to a quicker rival is always `TimeTaken`.
"""

from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.errors import (
    ChangedMeanwhile,
    TimeNotOpen,
    TimeTaken,
    TokenReused,
)
from clinic.lib import civil_time
from clinic.lib.lost_races import lost_races_raise
from clinic.messaging import outbox
from clinic.messaging.letters import Letter
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Patient,
    Practitioner,
    Room,
    UltrasoundMachine,
)
from clinic.models.appointment_states import HOLDS_TIME
from clinic.scheduling import availability, calendar_files, message_purposes, obstacles, overlaps, timetable
from clinic.scheduling.obstacles import Claim
from clinic.scheduling.wishes import Search
from clinic.signals import appointment_booked

# Lock


def lock(*practitioners, patient=None):
    """Lock everybody and everything a booking may use, always in this order, so that rivals queue and never cross.

    No key lock: rows that only point at these (a message, a cancelled visit) are written without waiting for this lock.
    Raises PatientMerged for an entry that was merged into another.
    """
    people = Practitioner.objects.filter(pk__in=[practitioner.pk for practitioner in practitioners])
    for rows in (people, Room.objects.filter(is_active=True), UltrasoundMachine.objects.filter(is_active=True)):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    if patient is not None:
        Patient.objects.lock_unmerged(patient.pk)


def lock_row(appointment):
    """Lock one appointment, after everybody it uses, and return it as it is now."""
    row = Appointment.objects.select_for_update(no_key=True, of=["self"]).filter(pk=appointment.pk)
    return row.get()


# Look


def look_before_locking(wish, *, at, patient=None, held_by=""):
    """A look before the locks, so that latecomers need not queue to learn that they are late. It never grants anything.

    When the practitioner's time is in use, other than by what `held_by` would release: returns the appointment that
    this same request made, or raises TimeTaken.
    """
    taken = wish.practitioner.appointments.holding_time(at=at).overlapping(**wish.time)
    let_go = Q(held_by=held_by, status=AppointmentStatus.PENDING) & ~Q(request_token=wish.request_token)
    if not taken.exclude(let_go).exists():
        return None
    known = same_request(wish, patient=patient)
    if not known:
        raise TimeTaken
    return known


def same_request(wish, *, patient=None):
    """The appointment this request made before, if it did; raises TokenReused when it asked for something else.

    One that was moved since no longer shows what time was asked for, and is returned all the same.
    """
    known = wish.request_token and Appointment.objects.filter(request_token=wish.request_token).first()
    if not known:
        return None
    asked_for = (wish.practitioner.pk, wish.starts_at)
    same_time = known.calendar_sequence or (known.practitioner_id, known.starts_at) == asked_for
    same_patient = patient is None or known.patient_id == patient.pk
    if not (same_time and same_patient and known.visit_type_id == wish.visit_type.pk):
        raise TokenReused
    return known


def refuse_if_changed(appointment, **seen):
    """Raises ChangedMeanwhile unless the visit still is as the person saw it; None means that they did not say."""
    if all(value in (None, getattr(appointment, name)) for name, value in seen.items()):
        return
    if appointment.status == AppointmentStatus.CANCELLED:
        raise ChangedMeanwhile(_("This visit has been cancelled since you looked at it."))
    raise ChangedMeanwhile(
        _("This visit has changed since you looked at it. It is now on %(when)s. Please look again.")
        % {"when": when_and_who(appointment)}
    )


def when_and_who(visit):
    """The time and person of anything with a start and a practitioner."""
    return f"{civil_time.written_short(visit.starts_at)}, {visit.practitioner}"


def open_place(wish, *, at):
    """Room and machine for an open start. Expired holds are ended first: a constraint cannot see the clock.

    Raises TimeTaken when it is in use, TimeNotOpen when it was never open.
    """
    for appointment in Appointment.objects.expired_holds(at=at).overlapping(**wish.time):
        appointment.expire()
    return availability.place_for(wish, at=at)


def place_for_patient(patient, wish, *, at):
    """`open_place`, if the patient is free then too: the place, and the reason for which it overlaps, if it does.

    With an `overlap_reason` from the desk a visit that would overlap gets a place all the same.
    """
    try:
        place = open_place(wish, at=at)
        refuse_double_booking(patient, wish)
    except TimeTaken:
        if not (wish.overlap_reason and wish.by_desk):
            raise
        return overlaps.place_beside_others(wish, at=at), wish.overlap_reason
    return place, ""


def refuse_double_booking(patient, wish):
    """Raises TimeTaken when the patient has another visit during this one."""
    own = patient.appointments.filter(status__in=HOLDS_TIME).overlapping(**wish.time)
    if other := own.select_related("visit_type").first():
        when = timezone.localtime(other.starts_at)
        raise TimeTaken(
            _("%(patient)s already has a visit then: %(visit)s at %(time)s. Please choose another time.")
            % {"patient": patient, "visit": other.visit_type, "time": f"{when:%H:%M}"}
        )


def refuse_if_no_longer_open(hold):
    """Raises TimeNotOpen when what made the time of a hold possible has changed since: an absence, a room ..."""
    if obstacles.of_claim(Claim.of(hold), timetable.read()):
        raise TimeNotOpen


def has_required_consultation(patient, visit_type):
    """True when this patient may book this kind of visit: it needs no consultation, or one has taken place."""
    if not visit_type.needs_consultation_first:
        return True
    seen = patient.appointments.filter(status=AppointmentStatus.FULFILLED)
    return seen.filter(visit_type__role=visit_type.role).exists()


# Write


def create(wish, place, *, at, by=None, **fields):
    appointment = Appointment.objects.create(
        visit_type=wish.visit_type,
        practitioner=wish.practitioner,
        request_token=wish.request_token,
        **wish.time,
        **place.fields,
        **fields,
    )
    appointment.log_change(from_status="", to_status=appointment.status, by=by, at=at)
    return appointment


@contextmanager
def own_time_released(appointment):
    """Inside this block a booked visit uses no time, so that its own does not block its move."""
    row = Appointment.objects.filter(pk=appointment.pk)
    row.update(status=AppointmentStatus.CANCELLED)
    yield
    row.update(status=appointment.status)


# Tell


def announce(appointment, *, at, booked_for=None, is_known=False):
    """Everybody who follows visits; and the patient, unless they know of it (`is_known`)."""
    appointment_booked.send(Appointment, appointment=appointment, at=at, booked_for=booked_for)
    if not is_known:
        notify_patient(appointment, purpose=message_purposes.VISIT_BOOKED, at=at)


def notify_patient(appointment, *, purpose, at, undone_until=None, **words):
    """Tell the patient what was done `at`: at once, or when it can be undone no longer."""
    due_at = undone_until or at
    letter = Letter(
        purpose,
        cause=appointment.pk,
        sequence=appointment.calendar_sequence,
        context={"appointment": appointment, **words},
        appointment=appointment,
        due_at=due_at,
        not_after=appointment.starts_at if appointment.starts_at > due_at else due_at + timedelta(hours=1),
        may_wake=True,
        calendar=lambda: calendar_files.invitation(appointment, at=at),
    )
    outbox.schedule_for(appointment.patient, letter)


# Lost races


@contextmanager
def lost_race_refused(wish, *, at):
    """Every way of losing a race becomes TimeTaken, with the three nearest times, looked up after the rollback."""
    try:
        with lost_races_raise(TimeTaken):
            yield
    except TimeTaken as refusal:
        search = Search(wish.visit_type, at, wish.practitioner.pk, wish.by_desk)
        refusal.alternatives = availability.nearest(search, wish.starts_at)
        raise
