"""The act that moves a booked visit to another time or person."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.errors import MoveNotAllowed, TooLateToMove
from clinic.messaging import outbox
from clinic.models import Appointment, AppointmentStatus, BookableBy
from clinic.scheduling import booking_locks, cancellations, message_purposes, waitlist
from clinic.scheduling.waitlist import FreedTime
from clinic.signals import appointment_moved


def reschedule(appointment, *, to, at, by=None, note="", seen_sequence=None):
    """Move a booked visit to the wish `to`: the same row, so that there are never two visits and never none.

    Its own old time does not block it. `seen_sequence` is the `calendar_sequence` of the visit that the person saw. A
    patient may move it until the notice of the visit type begins; the desk always, and over other visits with a written
    reason. Messages with the old time are withdrawn, the patient is told the new one, and a referral that the visit
    fulfils stays fulfilled. Moving it to where it is changes nothing.

    Raises ChangedMeanwhile, MoveNotAllowed (not booked), TooLateToMove, and TimeTaken or TimeNotOpen with alternatives.
    """
    with booking_locks.lost_race_refused(to, at=at), transaction.atomic():
        wish, shown_with = to.in_utc(at=at), appointment.practitioner_id
        booking_locks.lock(appointment.practitioner, wish.practitioner, patient=appointment.patient)
        booking_locks.lock_row(appointment)
        appointment.refresh_from_db()
        if _is_there_already(appointment, wish):
            return appointment
        booking_locks.refuse_if_changed(appointment, practitioner_id=shown_with, calendar_sequence=seen_sequence)
        if appointment.status != AppointmentStatus.BOOKED:
            raise MoveNotAllowed
        if not (wish.by_desk or may_be_moved_by_patient(appointment, at=at)):
            raise TooLateToMove
        with booking_locks.own_time_released(appointment):
            place, overlap_reason = booking_locks.place_for_patient(appointment.patient, wish, at=at)
        _move(appointment, wish, by=by, note=note, at=at, **place.fields, overlap_reason=overlap_reason)
    return appointment


def may_be_moved_by_patient(appointment, *, at):
    is_for_patients = appointment.visit_type.bookable_by == BookableBy.PATIENTS
    return is_for_patients and cancellations.may_be_cancelled_by_patient(appointment, at=at)


def _is_there_already(appointment, wish):
    where = (appointment.practitioner_id, appointment.starts_at)
    return appointment.status == AppointmentStatus.BOOKED and where == (wish.practitioner.pk, wish.starts_at)


def _move(appointment, wish, *, by, note, at, **place):
    """Write the new time and announce it; messages with the old one are withdrawn."""
    freed = FreedTime.of(appointment)
    moved = _("Moved from %(old)s to %(new)s.") % {
        "old": booking_locks.when_and_who(freed),
        "new": booking_locks.when_and_who(wish),
    }
    note = f"{moved} {note}".strip()[:500]
    appointment.change_times(practitioner=wish.practitioner, **wish.time, **place, by=by, note=note, at=at)
    outbox.withdraw_about(appointment, reason=_("the visit was moved"), at=at)
    worklist.settle(work_kinds.VISIT_AFFECTED, appointment=appointment, note=_("the visit was moved"), at=at)
    appointment_moved.send(Appointment, appointment=appointment, was_at=freed.starts_at, at=at)
    booking_locks.notify_patient(appointment, purpose=message_purposes.VISIT_MOVED, at=at, was_at=freed.starts_at)
    waitlist.offer_freed_time(freed, freed_by=appointment.patient, at=at)
