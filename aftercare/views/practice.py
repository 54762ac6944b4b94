"""The clinic's list of open referrals to physiotherapy."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftercare.models import ServiceRequest
from clinic.models import AppointmentStatus, AuditAction, AuditEvent
from clinic.network import client_address

ON_A_PAGE = 50


@permission_required(["aftercare.view_servicerequest", "aftercare.view_careplan"], raise_exception=True)
@require_safe
def referrals(request):
    """Those whose physiotherapy has not taken place: late ones first, then by deadline."""
    today = timezone.localdate()
    page = Paginator(_open(request.user, today), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(referral, today) for referral in page]
    _note_reading(request, [row["referral"].patient for row in rows])
    return render(request, "referrals/referrals.html", {"page": page, "rows": rows})


def _open(user, today):
    is_late = Case(When(appointment=None, due_on__lt=today, then=Value(0)), default=Value(1))
    active = ServiceRequest.objects.visible_to(user).active()
    return (
        active.exclude(appointment__status=AppointmentStatus.FULFILLED)
        .select_related("patient", "appointment", "care_plan__procedure")
        .prefetch_related("patient__contacts", "care_plan__procedure__sites__muscle")
        .order_by(is_late, "due_on", "pk")
    )


def _row(referral, today):
    booked = referral.appointment
    return {
        "referral": referral,
        "days_left": referral.days_left(on=today),
        "is_late": referral.is_late(on=today),
        "is_booked_late": booked is not None and booked.on > referral.due_on,
    }


def _note_reading(request, patients):
    """One row for each patient of the page, in one query."""
    address = client_address(request)
    AuditEvent.objects.bulk_create(
        AuditEvent(patient=patient, by=request.user, action=AuditAction.READ, what="referral", address=address)
        for patient in {patient.pk: patient for patient in patients}.values()
    )
