"""Going elsewhere or declining physiotherapy: answered at the desk. Its pages show nothing clinical."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercare.models import ServiceRequest
from aftercare.views.shared import referral_pages
from clinic.models import Patient
from clinic.views.shared import audit

STAFF = "aftercare.change_servicerequest"


@permission_required(["aftercare.view_servicerequest", "clinic.view_workitem"], raise_exception=True)
@require_safe
def of_patient(request, pk):
    """The desk's page: every referral of one patient, and the possible answers. Nothing clinical."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    audit.read(request, patient, "referral")
    referrals = ServiceRequest.objects.visible_to(request.user).filter(patient=patient)
    context = {
        "patient": patient,
        "today": timezone.localdate(),
        "referrals": referrals.select_related("appointment", "answered_by").order_by("-due_on"),
    }
    return render(request, "desk/physiotherapy/referrals.html", context)


@permission_required([STAFF, "clinic.view_workitem"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def at_desk(request, pk):
    referral = referral_pages.referral_of(ServiceRequest.objects.visible_to(request.user), pk)
    then = ["desk-physiotherapy", referral.patient_id]
    door = referral_pages.Door("components/physiotherapy/answer.html", then, is_own=False, is_desk=True)
    return referral_pages.answer(request, referral, door)


@permission_required([STAFF, "clinic.view_workitem"], raise_exception=True)
@require_POST
def take_back_at_desk(request, pk):
    referral = referral_pages.referral_of(ServiceRequest.objects.visible_to(request.user), pk)
    return referral_pages.take_back(request, referral, then=["desk-physiotherapy", referral.patient_id])
