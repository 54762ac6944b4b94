"""The summary of a visit: on the patient's phone, and printed by the physician to be taken home."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftercare import summarising
from clinic import auditing
from clinic.models import Appointment
from clinic.network import client_address


@require_safe
def own(request, pk):
    visit = get_object_or_404(Appointment.objects.acted_for_by(request.user).for_people(), pk=pk)
    return _summary(request, visit, is_own=True)


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def for_patient(request, pk):
    visit = get_object_or_404(Appointment.objects.visible_to(request.user).for_people(), pk=pk)
    return _summary(request, visit, is_own=False)


def _summary(request, visit, *, is_own):
    procedure = summarising.record_of(visit)
    if procedure is None:
        raise Http404
    auditing.read(procedure.patient, by=request.user, what="summary of a visit", address=client_address(request))
    context = {"visit": visit, "procedure": procedure, "is_own": is_own}
    if not procedure.is_signed:
        return render(request, "aftercare/summary_withdrawn.html", context)
    plan = procedure.care_plan
    medicines = summarising.medicines_of(procedure)
    context |= {
        "plan": plan,
        "referral": plan.referral,
        "may_lift": plan.may_lift(at=timezone.now()),
        # On paper the warning stands for its whole time, whenever it is read.
        "lung_watch_until": plan.lung_watch_until(at=plan.starts_at),
        "medicines": medicines,
        "has_steroid": any(medicine.is_steroid for medicine in medicines),
    }
    return render(request, "aftercare/summary.html", context)
