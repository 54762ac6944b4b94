"""Reminders live as long as their reason: booking takes it away, cancelling brings it back."""

from django.utils.translation import gettext as _

from aftercare import planning
from aftercare.models import ServiceRequest
from clinic import messaging
from clinic.models import PractitionerRole, WorkItemStatus


def physiotherapy_booked(appointment, *, at):
    """Tie the appointment to the patient's open referral and take back what would still ask for it.

    Only a physiotherapist's visit counts; the referral with the earliest deadline is served first.
    """
    if appointment.visit_type.role != PractitionerRole.PHYSIOTHERAPIST:
        return
    referral = _unbooked(appointment.patient).first()
    if referral is None:
        return
    referral.book(appointment)
    messaging.withdraw(planning.reminders_of(referral), reason=_("physiotherapy is booked"), at=at)
    for item in planning.late_item_of(referral) | planning.reminder_items_of(referral):
        if item.status == WorkItemStatus.REQUESTED:
            item.cancel(note=_("physiotherapy is booked"))


def tie_what_is_booked(referral, *, at):
    """Physiotherapy may have been booked before the procedure: whoever comes in time anyway is not asked to book."""
    visits = referral.patient.appointments.upcoming(at=at).filter(
        visit_type__role=PractitionerRole.PHYSIOTHERAPIST, physiotherapy_referral=None
    )
    in_time = (visit for visit in visits.order_by("starts_at") if visit.on <= referral.due_on)
    if visit := next(in_time, None):
        physiotherapy_booked(visit, at=at)


def physiotherapy_cancelled(appointment, *, at):
    """Open the referral again: reminders that lie ahead come back, and so does the desk's last resort."""
    referral = ServiceRequest.objects.select_for_update(no_key=True).filter(appointment=appointment).first()
    if referral is None:
        return
    referral.unbook()
    messaging.reinstate(planning.reminders_of(referral), at=at)
    for item in planning.late_item_of(referral) | planning.reminder_items_of(referral).filter(due_at__gt=at):
        item.reopen(due_at=max(item.due_at, at))
    tie_what_is_booked(referral, at=at)


def _unbooked(patient):
    return ServiceRequest.objects.select_for_update(no_key=True).unbooked().filter(patient=patient).order_by("due_on")
