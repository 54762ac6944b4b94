"""The acts that give time back: cancel, and undo the cancellation for three minutes.

What can still be undone is told to nobody: the patient, and those who wait for such a time, hear of it after that.
"""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.errors import MoveNotAllowed, TooLateToCancel, TooLateToUndo
from clinic.lib.lost_races import lost_races_raise
from clinic.messaging import outbox
from clinic.models import (
    Appointment,
    AppointmentStatus,
    AppointmentStatusChange,
    Employment,
    MessageStatus,
    WorkItemStatus,
)
from clinic.scheduling import booking_locks, message_purposes, waitlist
from clinic.scheduling.waitlist import FreedTime
from clinic.scheduling.wishes import Wish
from clinic.signals import appointment_cancelled

UNDO_MINUTES = 3
GONE = [MessageStatus.SENDING, MessageStatus.ACCEPTED, MessageStatus.DELIVERED, MessageStatus.UNKNOWN]


def cancel(appointment, *, at, by=None, note="", seen_sequence=None):
    """Give the time back, withdraw what was still to be sent about the visit, and tell the patient after the undo.

    `seen_sequence` is the `calendar_sequence` of the visit that the person saw. Repeating it changes nothing.
    Raises ChangedMeanwhile, and MoveNotAllowed once the visit has ended, or was moved by somebody else meanwhile.
    """
    with lost_races_raise(MoveNotAllowed), transaction.atomic():
        booking_locks.lock(appointment.practitioner)
        row = booking_locks.lock_row(appointment)
        if row.status == AppointmentStatus.CANCELLED:
            return
        booking_locks.refuse_if_changed(row, calendar_sequence=seen_sequence)
        if row.status != appointment.status:
            raise MoveNotAllowed
        appointment.refresh_from_db()
        appointment.move_to_cancelled(by=by, note=note, at=at)
        appointment.calendar_sequence += 1
        appointment.save(update_fields=["calendar_sequence"])
        outbox.withdraw_about(appointment, reason=_("the visit was cancelled"), at=at)
        worklist.settle(work_kinds.VISIT_AFFECTED, appointment=appointment, note=_("the visit was cancelled"), at=at)
        appointment_cancelled.send(Appointment, appointment=appointment, at=at)
        told_at, purpose = at + timedelta(minutes=UNDO_MINUTES), message_purposes.VISIT_CANCELLED
        booking_locks.notify_patient(appointment, purpose=purpose, undone_until=told_at, at=at)
        freed = FreedTime.of(appointment)
        waitlist.offer_freed_time(freed, freed_by=appointment.patient, offered_at=told_at, at=at)


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

    Messages that the cancellation withdrew and that are still ahead are restored. The patient, who has not heard of the
    cancellation, hears nothing; if they have, or had not heard of the visit, they are told of the booking.
    Repeating it changes nothing. Raises TooLateToUndo, and TimeTaken or TimeNotOpen with alternatives.
    """
    wish = Wish.of(appointment)
    with booking_locks.lost_race_refused(wish, at=at), transaction.atomic():
        booking_locks.lock(appointment.practitioner, patient=appointment.patient)
        booking_locks.lock_row(appointment)
        appointment.refresh_from_db()
        if appointment.status == AppointmentStatus.BOOKED:
            return appointment
        until = undo_until(appointment, by=by)
        if until is None or at >= until:
            raise TooLateToUndo
        _book_again(appointment, wish, cancelled_at=until - timedelta(minutes=UNDO_MINUTES), by=by, at=at)
    return appointment


def _book_again(appointment, wish, *, cancelled_at, by, at):
    """Its time no longer needs notice, and may overlap others for the reason that it had."""
    wish = replace(wish, by_desk=True, overlap_reason=appointment.overlap_reason)
    waitlist.take_back_offers(FreedTime.of(appointment), at=at)
    place, overlap_reason = booking_locks.place_for_patient(appointment.patient, wish, at=at)
    note = _("the cancellation was taken back")
    appointment.change_times(**place.fields, overlap_reason=overlap_reason, by=by, note=note, at=at)
    outbox.withdraw_about(appointment, reason=note, at=at)
    outbox.reinstate(appointment.messages.filter(ended_at=cancelled_at), at=at)
    booking_locks.announce(appointment, is_known=_is_known(appointment), at=at)


def _is_known(appointment):
    """Has the patient heard of the visit as it is, and not of its cancellation? Nobody needs to tell it any more."""
    cancelled = message_purposes.VISIT_CANCELLED
    called = worklist.find(work_kinds.MESSAGE_NOWHERE, purpose=cancelled.code, cause=appointment.pk)
    gone = appointment.messages.filter(status__in=GONE)
    has_old_link = gone.filter(purpose=message_purposes.VISIT_REMINDER.code).exists()
    if has_old_link or called.filter(status=WorkItemStatus.COMPLETED).exists():
        return False
    news = appointment.messages.filter(purpose__in=[purpose.code for purpose in message_purposes.VISIT_STANDS])
    newest = news.order_by("pk").last()
    before_it = newest is None or gone.filter(purpose=cancelled.code, pk__gt=newest.pk).exists()
    if before_it or newest.status not in GONE:
        return False
    news.filter(pk=newest.pk).update(sequence=appointment.calendar_sequence)  # it is about the visit as it is
    return True


def undo_until(appointment, *, by):
    """Until when `by` may undo a cancellation; None if it is not cancelled, or was by the other kind of person."""
    if appointment.status != AppointmentStatus.CANCELLED:
        return None
    changes = appointment.status_changes.filter(to_status=AppointmentStatus.CANCELLED)
    change = _with_makers(changes).last()
    if change is None or change.is_by_colleague != _is_colleague(by):
        return None
    return change.at + timedelta(minutes=UNDO_MINUTES)


def undoable(appointments, *, by, at):
    """Those of a queryset whose cancellation `by` may undo now: a list of (appointment, until when)."""
    cancelled = appointments.filter(status=AppointmentStatus.CANCELLED)
    changes = _with_makers(_cancelled_since(at - timedelta(minutes=UNDO_MINUTES)))
    last = {
        change.appointment_id: change for change in changes.filter(appointment__in=cancelled.order_by().values("pk"))
    }
    kind = _is_colleague(by)
    return [
        (appointment, last[appointment.pk].at + timedelta(minutes=UNDO_MINUTES))
        for appointment in (cancelled.filter(pk__in=last) if last else [])
        if last[appointment.pk].is_by_colleague == kind
    ]


def recent(appointments, *, at):
    """Those of a queryset that were cancelled in the last 3 minutes and have not been booked again."""
    changes = _cancelled_since(at - timedelta(minutes=UNDO_MINUTES))
    return appointments.filter(status=AppointmentStatus.CANCELLED, pk__in=changes.values("appointment"))


def _cancelled_since(since):
    return AppointmentStatusChange.objects.filter(to_status=AppointmentStatus.CANCELLED, at__gt=since)


def _with_makers(changes):
    """Oldest first, each with whether somebody who worked here at that moment made it."""
    worked_here = Employment.objects.covering(OuterRef("at")).filter(user=OuterRef("by"))
    return changes.annotate(is_by_colleague=Exists(worked_here)).order_by("pk")


def _is_colleague(account):
    return account is not None and account.is_colleague
