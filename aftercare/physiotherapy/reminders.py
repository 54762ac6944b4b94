"""Reminders live as long as their reason: booking or an answer withdraws them, undoing that restores them."""

from datetime import time, timedelta

from django.db.models import Case, Q, Value, When
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from aftercare import message_purposes, work_kinds
from aftercare.models import ReferralAnswer, ServiceRequest, ServiceRequestStatus
from clinic import worklist
from clinic.lib import civil_time
from clinic.messaging import outbox, quiet_hours
from clinic.messaging.letters import Letter
from clinic.models import Message, PractitionerRole, WorkItemStatus
from clinic.work_kinds import MESSAGE_MISSING, MESSAGE_NOWHERE, UNDELIVERED

REMINDER_TIME = time(10)
REMINDER_DAYS = (1, 3, 5)
MORNING = time(8)
# How long after its last day a visit still belongs to a referral; later only until a newer one needs it.
ANSWER_VALID_FOR = timedelta(days=14)


def letters_of(plan):
    """Days 1, 3 and 5, those before the deadline; each expires once the next is due."""
    for day in REMINDER_DAYS:
        due_at = plan.at(REMINDER_TIME, days_after=day)
        if due_at.date() < plan.physiotherapy_due_on:
            yield Letter(
                message_purposes.BOOK_PHYSIOTHERAPY,
                cause=plan.procedure_id,
                occasion=f"+{day}d",
                context={"plan": plan},
                due_at=due_at,
                not_after=due_at + timedelta(days=2),
            )


def open_late_item(referral):
    """On the last day a person takes over; created now, so that nothing needs to remember it."""
    plan = referral.care_plan
    says = _("Physiotherapy was due by %(day)s and is not booked. Offer a time, or ask where it is done.")
    worklist.open(
        work_kinds.PHYSIOTHERAPY_LATE,
        cause=plan.procedure_id,
        patient=plan.patient,
        appointment=plan.procedure.appointment,
        due_at=quiet_hours.outside(civil_time.at(referral.due_on, MORNING)),
        what_to_say=says % {"day": formats.date_format(referral.due_on, "DATE_FORMAT")},
    )


def messages_of(referral):
    """Those that ask the patient to book physiotherapy."""
    return Message.objects.filter(**_about(referral))


def late_item_of(referral):
    """The desk's work item for the day on which physiotherapy should have been booked."""
    return worklist.find(work_kinds.PHYSIOTHERAPY_LATE, cause=referral.care_plan.procedure_id)


def moved_item_of(referral):
    """The desk's work item for physiotherapy that was moved after its last day."""
    return worklist.find(work_kinds.PHYSIOTHERAPY_MOVED, cause=referral.care_plan.procedure_id)


def physiotherapy_booked(appointment, *, at, referral=None):
    """Link the appointment to the patient's open referral and withdraw the remaining reminders.

    To `referral` if the patient booked from its page, and to no other one. Else to one whose injection was before
    the visit: the earliest deadline first, and one that was answered ("elsewhere", "declined") only after those that
    were not. Booking here overrides the answer of the referral it is linked to; others keep theirs. One that ended
    long before the day of the visit comes after all that are still running.
    """
    if appointment.visit_type.role != PractitionerRole.PHYSIOTHERAPIST:
        return
    open_ones = _to_be_served(appointment) if referral is None else _still_open().filter(pk=referral.pk)
    if served := open_ones.first():
        _serve(served, appointment, at=at)


def physiotherapy_moved(appointment, *, was_at, at):
    """Moved before the deadline, it may be linked to an open referral; moved past it, the desk is notified once.

    The desk's work item ends when the visit is moved back, or when the referral is settled in any other way.
    """
    link_open_referrals(appointment.patient, at=at)
    served = ServiceRequest.objects.select_for_update(no_key=True).active().filter(appointment=appointment).first()
    if served is None:
        return
    if appointment.on <= served.due_on:
        moved_item_of(served).cancel(note=_("the visit lies within the days again"), at=at)
    elif timezone.localdate(was_at) <= served.due_on:
        ask_for_an_earlier_time(served, at=at)


def ask_for_an_earlier_time(referral, *, at):
    """The referral's visit was moved past the last day: a person at the desk asks once."""
    says = _("Physiotherapy was due by %(day)s and was moved to a later day. Offer an earlier time.")
    worklist.open(
        work_kinds.PHYSIOTHERAPY_MOVED,
        again=True,
        cause=referral.care_plan.procedure_id,
        patient_id=referral.patient_id,
        what_to_say=says % {"day": formats.date_format(referral.due_on, "DATE_FORMAT")},
        due_at=at,
    )
    moved_item_of(referral).update(appointment=referral.appointment)


def link_booked_visit(referral, *, at):
    """Physiotherapy may have been booked before the procedure: a patient who comes in time anyway is not asked to book.

    A visit linked to another referral is used too if that one ended long before: that one is reopened.
    """
    visits = referral.patient.appointments.upcoming(at=at).filter(visit_type__role=PractitionerRole.PHYSIOTHERAPIST)
    in_time = [visit for visit in visits.order_by("starts_at") if visit.on <= referral.due_on]
    free = [visit for visit in in_time if _served_by(visit) is None]
    if visit := next(iter(free), None) or next(filter(_serves_expired_referral, in_time), None):
        other = _served_by(visit)
        if other:
            other.unbook()
        _serve(referral, visit, at=at)
        if other:
            resume_reminding(other, at=at)


def link_open_referrals(patient, *, at):
    """A visit was unlinked or moved, or came from a merged entry: it may be linked to an open referral."""
    open_ones = ServiceRequest.objects.select_for_update(no_key=True).unbooked().filter(patient=patient)
    for referral in open_ones.filter(due_on__gte=timezone.localdate(at)):
        link_booked_visit(referral, at=at)


def physiotherapy_cancelled(appointment, *, at):
    """Reopen the referral: reminders still ahead are restored, and so is the desk's work item at the end."""
    referral = ServiceRequest.objects.select_for_update(no_key=True).filter(appointment=appointment).first()
    if referral is None:
        return
    referral.unbook()
    if referral.status == ServiceRequestStatus.ACTIVE:
        resume_reminding(referral, at=at)


def stop(procedure, *, reason, at):
    """The record was voided: its physiotherapy is no longer asked for."""
    kinds = [work_kinds.PHYSIOTHERAPY_LATE, work_kinds.PHYSIOTHERAPY_MOVED]
    worklist.settle(*kinds, cause=procedure.pk, note=reason, at=at)


def stop_reminding(referral, *, reason, at, by=None):
    """Withdraw the reminders that have not gone out, and end the desk's work about them."""
    outbox.withdraw(messages_of(referral), reason=reason, at=at)
    asking = late_item_of(referral) | _reminder_items_of(referral) | moved_item_of(referral)
    for item in asking:
        if item.status == WorkItemStatus.REQUESTED:
            item.cancel(note=reason, by=by)


def resume_reminding(referral, *, at):
    """The reverse, with the time that is left; a visit that is booked already is linked immediately."""
    moved_item_of(referral).cancel(note=_("the visit does not serve it any more"), at=at)
    outbox.reinstate(messages_of(referral), at=at)
    for item in late_item_of(referral) | _reminder_items_of(referral).filter(due_at__gt=at):
        item.reopen(due_at=max(item.due_at, at))
    link_booked_visit(referral, at=at)


def _reminder_items_of(referral):
    """The desk's work items for reminders that were not sent: no contact, never planned, or they did not arrive."""
    instead = worklist.find(MESSAGE_NOWHERE, MESSAGE_MISSING, **_about(referral))
    return instead | worklist.find(*UNDELIVERED, message__in=messages_of(referral))


def _about(referral):
    return {"purpose": message_purposes.BOOK_PHYSIOTHERAPY.code, "cause": referral.care_plan.procedure_id}


def _serve(referral, appointment, *, at):
    referral.book(appointment)
    stop_reminding(referral, reason=_("physiotherapy is booked"), at=at)


def _still_open():
    return ServiceRequest.objects.select_for_update(of=["self"], no_key=True).active().filter(appointment=None)


def _to_be_served(appointment):
    """Unanswered first: "" sorts before the answers."""
    runs = Q(due_on__gte=appointment.on - ANSWER_VALID_FOR)
    is_long_over = Case(When(runs, then=Value(0)), default=Value(1))
    begun = _still_open().filter(patient=appointment.patient, care_plan__starts_at__lt=appointment.ends_at)
    return begun.filter(Q(answer=ReferralAnswer.NONE) | runs).order_by(is_long_over, "answer", "due_on", "pk")


def _served_by(visit):
    return ServiceRequest.objects.select_for_update(no_key=True).filter(appointment=visit).first()


def _serves_expired_referral(visit):
    other = _served_by(visit)
    return other.status == ServiceRequestStatus.ACTIVE and other.due_on + ANSWER_VALID_FOR < visit.on
