"""Reminders live as long as their reason: booking or an answer takes it away, taking that back brings it back."""

from datetime import timedelta

from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare import planning
from aftercare.models import ReferralAnswer, ServiceRequest, ServiceRequestStatus
from clinic import messaging
from clinic.models import PractitionerRole, WorkItemStatus

# For so long after the last day a visit booked here is for that referral; later it belongs to something new.
ANSWER_HOLDS = timedelta(days=14)


def physiotherapy_booked(appointment, *, at):
    """Tie the appointment to the patient's open referral and take back what would still ask for it.

    Only a physiotherapist's visit counts; the referral with the earliest deadline is served first, and one that was
    answered ("elsewhere", "declined") only after those that were not: booking here then wins over the answer. One whose
    last day is long over comes after all that still run.
    """
    if appointment.visit_type.role != PractitionerRole.PHYSIOTHERAPIST:
        return
    if referral := _to_be_served(appointment.patient, on=timezone.localdate(at)).first():
        _serve(referral, appointment, at=at)


def hand_over(appointment, referral, *, at):
    """The patient chose this visit for this open referral: it serves no other one, which is asked for again."""
    others = ServiceRequest.objects.select_for_update(no_key=True).filter(appointment=appointment)
    for other in others.exclude(pk=referral.pk):
        other.unbook()
        _serve(referral, appointment, at=at)
        ask_again(other, at=at)


def tie_what_is_booked(referral, *, at):
    """Physiotherapy may have been booked before the procedure: whoever comes in time anyway is not asked to book."""
    visits = referral.patient.appointments.upcoming(at=at).filter(
        visit_type__role=PractitionerRole.PHYSIOTHERAPIST, physiotherapy_referral=None
    )
    in_time = (visit for visit in visits.order_by("starts_at") if visit.on <= referral.due_on)
    if visit := next(in_time, None):
        _serve(referral, visit, at=at)


def tie_open_ones(patient, *, at):
    """A visit came free, was moved, or came from an entry that was joined: it may serve a referral that still asks."""
    open_ones = ServiceRequest.objects.select_for_update(no_key=True).unbooked().filter(patient=patient)
    for referral in open_ones.filter(due_on__gte=timezone.localdate(at)):
        tie_what_is_booked(referral, at=at)


def physiotherapy_cancelled(appointment, *, at):
    """Open the referral again: reminders that lie ahead come back, and so does the desk's last resort."""
    referral = ServiceRequest.objects.select_for_update(no_key=True).filter(appointment=appointment).first()
    if referral is None:
        return
    referral.unbook()
    if referral.status == ServiceRequestStatus.ACTIVE:
        ask_again(referral, at=at)


def stop_asking(referral, *, reason, at, by=None):
    """Withdraw the reminders that have not gone out, and end the desk's work about them."""
    messaging.withdraw(planning.reminders_of(referral), reason=reason, at=at)
    for item in planning.late_item_of(referral) | planning.reminder_items_of(referral):
        if item.status == WorkItemStatus.REQUESTED:
            item.cancel(note=reason, by=by)


def ask_again(referral, *, at):
    """The other way round, with the time that is left; a visit that is booked already serves the referral at once."""
    messaging.reinstate(planning.reminders_of(referral), at=at)
    for item in planning.late_item_of(referral) | planning.reminder_items_of(referral).filter(due_at__gt=at):
        item.reopen(due_at=max(item.due_at, at))
    tie_what_is_booked(referral, at=at)


def _serve(referral, appointment, *, at):
    referral.book(appointment)
    stop_asking(referral, reason=_("physiotherapy is booked"), at=at)


def _to_be_served(patient, *, on):
    """Unanswered first: "" sorts before the answers."""
    runs = Q(due_on__gte=on - ANSWER_HOLDS)
    is_long_over = Case(When(runs, then=Value(0)), default=Value(1))
    active = ServiceRequest.objects.select_for_update(no_key=True).active()
    served_next = active.filter(Q(answer=ReferralAnswer.NONE) | runs, patient=patient, appointment=None)
    return served_next.order_by(is_long_over, "answer", "due_on", "pk")
