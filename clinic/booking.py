"""The acts that use up time: hold, confirm, book, cancel.

Every act locks the practitioner, the rooms, the machines and the patient, always in that order, then looks whether
the start is open, then writes. On PostgreSQL exclusion constraints have the last word behind it; on SQLite there
is one writer at a time. A rival that was quicker is always `TimeTaken`, with the three nearest open times.
"""

import re
from contextlib import contextmanager
from datetime import UTC, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import availability, messaging, registering
from clinic.errors import (
    ConsultationFirst,
    HoldEnded,
    TimeNotOpen,
    TimeTaken,
    TokenReused,
    TooLateToCancel,
    TooManyHolds,
)
from clinic.models import (
    Appointment,
    AppointmentStatus,
    MessageCategory,
    Patient,
    Practitioner,
    Room,
    UltrasoundMachine,
)
from clinic.models.appointments import HOLDS_TIME
from clinic.signals import appointment_booked, appointment_cancelled

RACE_LOST = {"23P01", "40P01", "55P03"}  # exclusion violated, deadlock, lock not available
FARTHEST = timedelta(days=2 * 366)
TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def hold(*, visit_type, practitioner, starts_at, request_token, held_by, at, held_from=""):
    """Keep a start for 10 minutes for one browser, and let go of what that browser held before.

    `practitioner` is a Practitioner, `starts_at` an aware datetime, `held_by` a secret of the browser's session,
    `held_from` a keyed hash of its network address ("" when the address tells nothing). The same `request_token`
    with the same wish gets the same row back, however often and however parallel.

    Raises TokenReused (the token came with another wish), TimeTaken, TimeNotOpen, TooManyHolds.
    """
    _refuse_bad_token(request_token)
    wish = {"visit_type": visit_type, "practitioner": practitioner, "starts_at": starts_at}
    with _rivals_are_refused(**wish, at=at), transaction.atomic():
        wish["starts_at"] = _instant(starts_at, at=at)
        _lock(practitioner=practitioner)
        if known := _same_request(request_token, **wish):
            return known
        _let_go_of_other_holds(held_by, at=at)
        if held_from and _live_holds(at=at).filter(held_from=held_from).count() >= settings.HOLDS_PER_ADDRESS:
            raise TooManyHolds
        place = _open_place(**wish, at=at)
        return _write(
            **wish,
            place=place,
            status=AppointmentStatus.PENDING,
            held_until=at + timedelta(minutes=settings.HOLD_MINUTES),
            held_by=held_by,
            held_from=held_from,
            request_token=request_token,
        )


def confirm(appointment, *, at, patient=None, newcomer=None, by=None, reason=""):
    """Turn a live hold into a booking, with its messages, in one transaction.

    Either for `patient`, whom we know, or for a `registering.Newcomer`, who becomes a patient here and only if all
    goes well. Repeating it changes nothing. Raises HoldEnded, ConsultationFirst, TimeTaken (another visit then).
    """
    wish = {
        "visit_type": appointment.visit_type,
        "practitioner": appointment.practitioner,
        "starts_at": appointment.starts_at,
    }
    with _rivals_are_refused(**wish, at=at), transaction.atomic():
        _lock(practitioner=appointment.practitioner, patient=patient)
        appointment.refresh_from_db()
        if appointment.status == AppointmentStatus.BOOKED and patient in (None, appointment.patient):
            return appointment
        if not appointment.is_live_hold(at=at):
            raise HoldEnded
        patient = patient or registering.register(newcomer, at=at)
        _refuse_what_patient_may_not(patient, appointment.visit_type, appointment.starts_at, appointment.ends_at, at=at)
        appointment.patient, appointment.reason = patient, reason
        appointment.save(update_fields=["patient", "reason"])
        appointment.move_to_booked(by=by)
        _tell_everybody(appointment, at=at)
    return appointment


def book(*, visit_type, practitioner, starts_at, patient, at, request_token=None, by=None, by_desk=False, reason=""):
    """Book a start at once for a patient we know: the desk, or a patient who is signed in.

    The same `request_token` with the same wish gets the same booking back. The desk (`by_desk`) needs no notice and
    may book a procedure before the consultation. Raises TokenReused, TimeTaken, TimeNotOpen, ConsultationFirst.
    """
    wish = {"visit_type": visit_type, "practitioner": practitioner, "starts_at": starts_at}
    if request_token is not None:
        _refuse_bad_token(request_token)
    with _rivals_are_refused(**wish, at=at, by_desk=by_desk), transaction.atomic():
        starts_at = wish["starts_at"] = _instant(starts_at, at=at)
        _lock(practitioner=practitioner, patient=patient)
        if request_token and (known := _same_request(request_token, **wish, patient=patient)):
            return known
        place = _open_place(**wish, at=at, by_desk=by_desk)
        ends_at = starts_at + timedelta(minutes=visit_type.minutes)
        _refuse_what_patient_may_not(patient, visit_type, starts_at, ends_at, at=at, by_desk=by_desk)
        appointment = _write(
            **wish,
            place=place,
            status=AppointmentStatus.BOOKED,
            patient=patient,
            by=by,
            reason=reason,
            request_token=request_token,
        )
        _tell_everybody(appointment, at=at)
    return appointment


def cancel(appointment, *, at, by=None, note=""):
    """Give the time back, withdraw what was still to be sent about the visit, and tell the patient.

    Repeating it changes nothing. Raises MoveNotAllowed once the visit is over, or moved by somebody else meanwhile.
    """
    with transaction.atomic():
        row = Appointment.objects.select_for_update(no_key=True).filter(pk=appointment.pk)
        if row.values_list("status", flat=True).get() == AppointmentStatus.CANCELLED:
            return
        appointment.move_to_cancelled(by=by, note=note)
        Appointment.objects.filter(pk=appointment.pk).update(calendar_sequence=appointment.calendar_sequence + 1)
        messaging.withdraw(appointment.messages.all(), reason=_("the visit was cancelled"), at=at)
        appointment_cancelled.send(Appointment, appointment=appointment, at=at)
        _tell_patient(appointment, template="visit-cancelled", at=at)


def cancel_by_patient(appointment, *, at, by):
    """`cancel`, for the patient: only until the notice of the visit type begins. Raises TooLateToCancel."""
    if appointment.status != AppointmentStatus.CANCELLED and not may_be_cancelled_by_patient(appointment, at=at):
        raise TooLateToCancel
    cancel(appointment, at=at, by=by)


def may_be_cancelled_by_patient(appointment, *, at):
    notice = timedelta(hours=appointment.visit_type.notice_hours)
    return appointment.status == AppointmentStatus.BOOKED and at <= appointment.starts_at - notice


def is_free_of_consultation(patient, visit_type):
    """True when this patient may book this kind of visit: it needs no consultation, or one has taken place."""
    if not visit_type.needs_consultation_first:
        return True
    seen = patient.appointments.filter(status=AppointmentStatus.FULFILLED)
    return seen.filter(visit_type__role=visit_type.role).exists()


# Inside the transaction


def _lock(*, practitioner, patient=None):
    """Lock everybody and everything a booking may use, always in this order, so that rivals queue and never cross.

    No key lock: rows that only point at these (a message, a cancelled visit) are written without waiting for us.
    """
    in_use = [Room.objects.filter(is_active=True), UltrasoundMachine.objects.filter(is_active=True)]
    patients = [] if patient is None else [Patient.objects.filter(pk=patient.pk)]
    for rows in [Practitioner.objects.filter(pk=practitioner.pk), *in_use, *patients]:
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _same_request(request_token, *, patient=None, **wish):
    """The appointment this request made before, if it did; raises TokenReused when it asked for something else."""
    known = Appointment.objects.filter(request_token=request_token).first()
    if known is None:
        return None
    same = all(getattr(known, name) == value for name, value in wish.items())
    if not same or (patient is not None and known.patient_id != patient.pk):
        raise TokenReused
    return known


def _open_place(*, visit_type, practitioner, starts_at, at, by_desk=False):
    """Room and machine for an open start. Holds that ran out are ended first: a constraint cannot see the clock."""
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    stale = Appointment.objects.filter(status=AppointmentStatus.PENDING, held_until__lte=at)
    for appointment in stale.overlapping(starts_at=starts_at, ends_at=ends_at):
        appointment.expire()
    place = availability.place_for(visit_type, practitioner.pk, starts_at, at=at, by_desk=by_desk)
    if place is None:
        taken = practitioner.appointments.holding_time(at=at).overlapping(starts_at=starts_at, ends_at=ends_at)
        raise TimeTaken if taken.exists() else TimeNotOpen
    return place


def _let_go_of_other_holds(held_by, *, at):
    for appointment in _live_holds(at=at).filter(held_by=held_by):
        appointment.expire()


def _live_holds(*, at):
    return Appointment.objects.filter(status=AppointmentStatus.PENDING, held_until__gt=at)


def _refuse_what_patient_may_not(patient, visit_type, starts_at, ends_at, *, at, by_desk=False):
    if not by_desk and not is_free_of_consultation(patient, visit_type):
        raise ConsultationFirst
    own = patient.appointments.filter(status__in=HOLDS_TIME).overlapping(starts_at=starts_at, ends_at=ends_at)
    if other := own.select_related("visit_type").first():
        when = timezone.localtime(other.starts_at)
        raise TimeTaken(
            _("%(patient)s already has a visit then: %(visit)s at %(time)s. Please choose another time.")
            % {"patient": patient, "visit": other.visit_type, "time": f"{when:%H:%M}"}
        )


def _write(*, visit_type, practitioner, starts_at, place, status, by=None, **fields):
    appointment = Appointment.objects.create(
        visit_type=visit_type,
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=visit_type.minutes),
        room_id=place.room_id,
        ultrasound_machine_id=place.machine_id,
        status=status,
        **fields,
    )
    appointment.log_change(from_status="", to_status=status, by=by)
    return appointment


def _tell_everybody(appointment, *, at):
    appointment_booked.send(Appointment, appointment=appointment, at=at)
    _tell_patient(appointment, template="visit-booked", at=at)


def _tell_patient(appointment, *, template, at):
    messaging.schedule_for(
        appointment.patient,
        key=f"appointment:{appointment.pk}:{template}:{appointment.calendar_sequence}",
        template=template,
        context={"appointment": appointment},
        category=MessageCategory.NOTICE,
        appointment=appointment,
        due_at=at,
        not_after=max(appointment.starts_at, at + timedelta(hours=1)),
        may_wake=True,
    )


def _instant(starts_at, *, at):
    """In UTC, where an hour later is an hour later on every day; raises TimeNotOpen years away from `at`."""
    if abs(starts_at - at) > FARTHEST:
        raise TimeNotOpen
    return starts_at.astimezone(UTC)


def _refuse_bad_token(request_token):
    if not TOKEN_SHAPE.fullmatch(request_token):
        raise TokenReused


@contextmanager
def _rivals_are_refused(*, visit_type, practitioner, starts_at, at, by_desk=False):
    """Every way of losing a race becomes TimeTaken, with the three nearest times, looked up after the rollback."""
    try:
        try:
            yield
        except (IntegrityError, OperationalError) as error:
            if getattr(error.__cause__, "sqlstate", None) not in RACE_LOST:
                raise
            raise TimeTaken from error
    except TimeTaken as refusal:
        refusal.alternatives = availability.nearest(
            visit_type, starts_at, at=at, practitioner=practitioner.pk, by_desk=by_desk
        )
        raise
