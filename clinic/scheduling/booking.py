"""The acts that use up time or give it back, each one transaction. Who loses a race gets `TimeTaken`."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import (
    ChangedMeanwhile,
    ConsultationFirst,
    HoldEnded,
    MoveNotAllowed,
    NotBookableHere,
    TokenReused,
    TooLateToCancel,
    TooLateToMove,
    TooLateToUndo,
    TooManyHolds,
)
from clinic.lib.lost_races import lost_races_raise
from clinic.messaging import outbox
from clinic.models import Appointment, AppointmentStatus, AppointmentStatusChange, BookableBy
from clinic.people import registration
from clinic.scheduling import booking_locks, visit_reminders, waitlist
from clinic.signals import appointment_booked, appointment_cancelled, appointment_moved

TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")
UNDO_MINUTES = 3


def hold(*, visit_type, practitioner, starts_at, request_token, held_by, at, held_from=""):
    """Keep a start for 10 minutes for one browser, and let go of what that browser held before.

    `practitioner` is a Practitioner, `starts_at` an aware datetime, `held_by` a secret of the browser's session,
    `held_from` a keyed hash of its network address ("" when the address tells nothing). The same `request_token`
    with the same wish gets the same row back, however often and however parallel.
    Raises NotBookableHere, TokenReused (it came with another wish), TimeTaken, TimeNotOpen, TooManyHolds.
    """
    _refuse_bad_token(request_token)
    _refuse_unless_for_patients(visit_type)
    wish = {"visit_type": visit_type, "practitioner": practitioner, "starts_at": starts_at}
    with booking_locks.lost_race_refused(**wish, at=at):
        wish["starts_at"] = booking_locks.instant(starts_at, at=at)
        if known := booking_locks.look_before_locking(request_token, **wish, at=at, held_by=held_by):
            return known
        with transaction.atomic():
            booking_locks.lock(practitioner)
            if known := booking_locks.same_request(request_token, **wish):
                return known
            _release_other_holds(held_by, at=at)
            live = Appointment.objects.live_holds(at=at)
            if held_from and live.filter(held_from=held_from).count() >= settings.HOLDS_PER_ADDRESS:
                raise TooManyHolds
            return booking_locks.create(
                **wish,
                place=booking_locks.open_place(**wish, at=at),
                status=AppointmentStatus.PENDING,
                at=at,
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
    with booking_locks.lost_race_refused(**_wish_of(appointment), at=at), transaction.atomic():
        booking_locks.lock(appointment.practitioner, patient=patient)
        appointment.refresh_from_db()
        if appointment.status == AppointmentStatus.BOOKED and patient in (None, appointment.patient):
            return appointment
        if not appointment.is_live_hold(at=at):
            raise HoldEnded
        patient = patient or registration.register(newcomer, at=at)
        _refuse_before_consultation(patient, appointment.visit_type)
        booking_locks.refuse_double_booking(patient, appointment.visit_type, appointment.starts_at)
        appointment.patient, appointment.reason = patient, reason
        appointment.save(update_fields=["patient", "reason"])
        appointment.move_to_booked(by=by, at=at)
        waitlist.note_booked(appointment, at=at)
        booking_locks.announce(appointment, at=at)
    return appointment


def book(
    *,
    visit_type,
    practitioner,
    starts_at,
    patient,
    at,
    request_token=None,
    by=None,
    by_desk=False,
    reason="",
    overlap_reason="",
    booked_for=None,
):
    """Book a start at once for a patient we know: the desk, or a patient who is signed in.

    The same `request_token` with the same wish gets the same booking back. The desk (`by_desk`) needs no notice and
    may book what patients may not, or not before the consultation; with a written `overlap_reason` its visit may
    overlap others, and the reason is kept if it does. `booked_for` travels with the news of a new booking.

    Raises NotBookableHere, TokenReused, TimeTaken, TimeNotOpen, ConsultationFirst, PatientMerged.
    """
    wish = {"visit_type": visit_type, "practitioner": practitioner, "starts_at": starts_at}
    if request_token is not None:
        _refuse_bad_token(request_token)
    if not by_desk:
        _refuse_unless_for_patients(visit_type)
    with booking_locks.lost_race_refused(**wish, at=at, by_desk=by_desk):
        wish["starts_at"] = booking_locks.instant(starts_at, at=at)
        if not overlap_reason and (
            known := booking_locks.look_before_locking(request_token, **wish, at=at, patient=patient)
        ):
            return known
        with transaction.atomic():
            booking_locks.lock(practitioner, patient=patient)
            if request_token and (known := booking_locks.same_request(request_token, **wish, patient=patient)):
                return known
            place, overlap_reason = booking_locks.place_for_patient(
                patient, **wish, at=at, by_desk=by_desk, overlap_reason=overlap_reason
            )
            if not by_desk:
                _refuse_before_consultation(patient, visit_type)
            appointment = booking_locks.create(
                **wish,
                place=place,
                status=AppointmentStatus.BOOKED,
                at=at,
                patient=patient,
                by=by,
                reason=reason,
                overlap_reason=overlap_reason,
                request_token=request_token,
            )
            booking_locks.announce(appointment, at=at, booked_for=booked_for)
            waitlist.note_booked(appointment, at=at)
    return appointment


def reschedule(
    appointment, *, practitioner, starts_at, at, by=None, by_desk=False, note="", overlap_reason="", seen_sequence=None
):
    """Move a booked visit to another start or person: the same row, so that there are never two visits and never none.

    Its own old time does not stand in its way. `seen_sequence` is the `calendar_sequence` of the visit that the person
    looked at. A patient may move it until the notice of the visit type begins; the desk (`by_desk`) always, and over
    other visits with a written `overlap_reason`. What still told the old time is withdrawn, the patient is told the
    new one, and a referral that the visit serves stays served. Moving it to where it is changes nothing.

    Raises ChangedMeanwhile, MoveNotAllowed (not booked), TooLateToMove, and TimeTaken or TimeNotOpen with alternatives.
    """
    wish = {"visit_type": appointment.visit_type, "practitioner": practitioner, "starts_at": starts_at}
    with booking_locks.lost_race_refused(**wish, at=at, by_desk=by_desk), transaction.atomic():
        wish["starts_at"] = booking_locks.instant(starts_at, at=at)
        seen = {"practitioner_id": appointment.practitioner_id, "calendar_sequence": seen_sequence}
        booking_locks.lock(appointment.practitioner, practitioner, patient=appointment.patient)
        booking_locks.lock_row(appointment)
        appointment.refresh_from_db()
        if _is_there_already(appointment, **wish):
            return appointment
        _refuse_if_changed(appointment, **seen)
        if appointment.status != AppointmentStatus.BOOKED:
            raise MoveNotAllowed
        if not (by_desk or may_be_moved_by_patient(appointment, at=at)):
            raise TooLateToMove
        with booking_locks.own_time_released(appointment):
            place, overlap_reason = booking_locks.place_for_patient(
                appointment.patient, **wish, at=at, by_desk=by_desk, overlap_reason=overlap_reason
            )
        _move(appointment, wish, place, overlap_reason=overlap_reason, by=by, note=note, at=at)
    return appointment


def may_be_moved_by_patient(appointment, *, at):
    return appointment.visit_type.bookable_by == BookableBy.PATIENTS and may_be_cancelled_by_patient(appointment, at=at)


def cancel(appointment, *, at, by=None, note="", seen_sequence=None):
    """Give the time back, withdraw what was still to be sent about the visit, and tell the patient.

    `seen_sequence` is the `calendar_sequence` of the visit that the person looked at. Repeating it changes nothing.
    Raises ChangedMeanwhile, and MoveNotAllowed once the visit is over, or moved by somebody else meanwhile.
    """
    with lost_races_raise(MoveNotAllowed), transaction.atomic():
        booking_locks.lock(appointment.practitioner)
        row = booking_locks.lock_row(appointment)
        if row.status == AppointmentStatus.CANCELLED:
            return
        _refuse_if_changed(row, calendar_sequence=seen_sequence)
        if row.status != appointment.status:
            raise MoveNotAllowed
        appointment.refresh_from_db()
        appointment.move_to_cancelled(by=by, note=note, at=at)
        appointment.calendar_sequence += 1
        appointment.save(update_fields=["calendar_sequence"])
        outbox.withdraw(appointment.messages.all(), reason=_("the visit was cancelled"), at=at)
        worklist.settle_affected_visits([appointment], note=_("the visit was cancelled"), at=at)
        appointment_cancelled.send(Appointment, appointment=appointment, at=at)
        booking_locks.notify_patient(appointment, template="visit-cancelled", at=at)
        waitlist.offer_freed_time(**_time_of(appointment), freed_by=appointment.patient, at=at)


def did_not_attend(appointment, *, at, by):
    """Note that nobody came. What relied on the visit (a referral, its reminders) hears of it as of a cancellation.

    Repeating it changes nothing. Raises MoveNotAllowed before the visit's hour, or once it is over.
    """
    with transaction.atomic():
        appointment.mark_missed(by=by, at=at)
        appointment_cancelled.send(Appointment, appointment=appointment, at=at)


def check_in(appointment, *, at, by, note=""):
    """The patient is here. Who was noted as absent and comes after all is counted on again.

    Raises MoveNotAllowed on another day, once the visit is over, or when its time was given away.
    """
    with transaction.atomic():
        was_missed = appointment.status == AppointmentStatus.NOSHOW
        appointment.check_in(by=by, at=at, note=note)
        visit_reminders.settle(appointment, note=_("the patient is here"), at=at)
        if was_missed:
            appointment_booked.send(Appointment, appointment=appointment, at=at, booked_for=None)


def cancel_by_patient(appointment, *, at, by, seen_sequence=None):
    """`cancel`, for the patient: only until the notice of the visit type begins. Raises TooLateToCancel."""
    if appointment.status != AppointmentStatus.CANCELLED and not may_be_cancelled_by_patient(appointment, at=at):
        raise TooLateToCancel
    cancel(appointment, at=at, by=by, seen_sequence=seen_sequence)


def may_be_cancelled_by_patient(appointment, *, at):
    notice = timedelta(hours=appointment.visit_type.notice_hours)
    return appointment.status == AppointmentStatus.BOOKED and at <= appointment.starts_at - notice


def undo_cancel(appointment, *, at, by=None):
    """Book a visit again that was cancelled less than 3 minutes ago by the same kind of person, if its time is free.

    Messages that the cancellation withdrew and that lie ahead come back, and the patient hears that it is booked.
    Repeating it changes nothing. Raises TooLateToUndo, and TimeTaken or TimeNotOpen with alternatives.
    """
    wish = _wish_of(appointment)
    with booking_locks.lost_race_refused(**wish, at=at), transaction.atomic():
        booking_locks.lock(appointment.practitioner, patient=appointment.patient)
        booking_locks.lock_row(appointment)
        appointment.refresh_from_db()
        if appointment.status == AppointmentStatus.BOOKED:
            return appointment
        until = undo_until(appointment, by=by)
        if until is None or at >= until:
            raise TooLateToUndo
        place, overlap_reason = booking_locks.place_for_patient(
            appointment.patient, **wish, at=at, by_desk=True, overlap_reason=appointment.overlap_reason
        )
        note = _("the cancellation was taken back")
        appointment.change_times(**_place_fields(place), overlap_reason=overlap_reason, by=by, note=note, at=at)
        outbox.withdraw(appointment.messages.all(), reason=note, at=at)
        cancelled_at = until - timedelta(minutes=UNDO_MINUTES)
        outbox.reinstate(appointment.messages.filter(ended_at=cancelled_at), at=at)
        booking_locks.announce(appointment, at=at)
    return appointment


def undo_until(appointment, *, by):
    """Until when `by` may take a cancellation back; None when it is not cancelled, or by the other kind of person."""
    if appointment.status != AppointmentStatus.CANCELLED:
        return None
    changes = appointment.status_changes.filter(to_status=AppointmentStatus.CANCELLED).select_related("by")
    change = changes.order_by("pk").last()
    if change is None or _is_colleague(change.by) != _is_colleague(by):
        return None
    return change.at + timedelta(minutes=UNDO_MINUTES)


def undoable(appointments, *, by, at):
    """Those of a queryset whose cancellation `by` may take back now: a list of (appointment, until when)."""
    since = at - timedelta(minutes=UNDO_MINUTES)
    recent = AppointmentStatusChange.objects.filter(to_status=AppointmentStatus.CANCELLED, at__gt=since)
    cancelled = appointments.filter(status=AppointmentStatus.CANCELLED)
    changes = recent.filter(appointment__in=cancelled.order_by().values("pk")).order_by("pk")
    last = {change.appointment_id: change for change in changes.prefetch_related("by__groups")}
    kind = _is_colleague(by)
    return [
        (appointment, last[appointment.pk].at + timedelta(minutes=UNDO_MINUTES))
        for appointment in (cancelled.filter(pk__in=last) if last else [])
        if _is_colleague(last[appointment.pk].by) == kind
    ]


# Before the transaction


def _refuse_unless_for_patients(visit_type):
    if not visit_type.is_for_patients:
        raise NotBookableHere


def _refuse_bad_token(request_token):
    if not TOKEN_SHAPE.fullmatch(request_token):
        raise TokenReused


# Inside the transaction


def _wish_of(appointment):
    return {
        "visit_type": appointment.visit_type,
        "practitioner": appointment.practitioner,
        "starts_at": appointment.starts_at,
    }


def _time_of(appointment):
    return {
        "practitioner": appointment.practitioner,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
    }


def _release_other_holds(held_by, *, at):
    for appointment in Appointment.objects.live_holds(at=at).filter(held_by=held_by):
        appointment.expire()


def _move(appointment, wish, place, *, overlap_reason, by, note, at):
    """Write the new time and tell it; what still told the old one is withdrawn."""
    freed = _time_of(appointment)
    moved = _("Moved from %(old)s to %(new)s.") % {
        "old": _when_and_who(freed["starts_at"], freed["practitioner"]),
        "new": _when_and_who(wish["starts_at"], wish["practitioner"]),
    }
    appointment.change_times(
        practitioner=wish["practitioner"],
        starts_at=wish["starts_at"],
        ends_at=booking_locks.end_of(wish["visit_type"], wish["starts_at"]),
        **_place_fields(place),
        overlap_reason=overlap_reason,
        by=by,
        note=f"{moved} {note}".strip()[:500],
        at=at,
    )
    outbox.withdraw(appointment.messages.all(), reason=_("the visit was moved"), at=at)
    worklist.settle_affected_visits([appointment], note=_("the visit was moved"), at=at)
    appointment_moved.send(Appointment, appointment=appointment, was_at=freed["starts_at"], at=at)
    booking_locks.notify_patient(appointment, template="visit-moved", at=at, was_at=freed["starts_at"])
    waitlist.offer_freed_time(**freed, freed_by=appointment.patient, at=at)


def _place_fields(place):
    return {"room_id": place.room_id, "ultrasound_machine_id": place.machine_id}


def _when_and_who(starts_at, practitioner):
    return f"{date_format(timezone.localtime(starts_at), 'D j M Y, H:i')}, {practitioner}"


def _is_there_already(appointment, *, practitioner, starts_at, **_visit_type):
    there = (AppointmentStatus.BOOKED, practitioner.pk, starts_at)
    return (appointment.status, appointment.practitioner_id, appointment.starts_at) == there


def _is_colleague(account):
    return account is not None and account.is_colleague


def _refuse_before_consultation(patient, visit_type):
    if not booking_locks.has_required_consultation(patient, visit_type):
        raise ConsultationFirst


def _refuse_if_changed(appointment, **seen):
    """Raises ChangedMeanwhile unless the visit still is as the person saw it; None stands for not saying."""
    if all(value in (None, getattr(appointment, name)) for name, value in seen.items()):
        return
    if appointment.status == AppointmentStatus.CANCELLED:
        raise ChangedMeanwhile(_("This visit has been cancelled since you looked at it."))
    now_at = _when_and_who(appointment.starts_at, appointment.practitioner)
    raise ChangedMeanwhile(
        _("This visit has changed since you looked at it. It is now on %(when)s. Please look again.") % {"when": now_at}
    )
