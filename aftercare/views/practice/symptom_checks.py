"""What patients answered about how they are, followed up by a physician."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftercare.forms.practice.symptoms import FollowUpForm
from aftercare.models import SymptomCheck
from aftercare.symptoms import condition, follow_ups
from clinic.errors import MoveNotAllowed
from clinic.views.shared import audit


@permission_required("aftercare.change_symptomcheck", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request, pk):
    """What the patient said, what was injected, the phone number; and the follow-up."""
    checks = SymptomCheck.objects.visible_to(request.user)
    checks = checks.select_related(
        "patient", "care_plan__procedure__appointment", "followed_up_by", "care_check", "adds_to"
    )
    checks = checks.prefetch_related("patient__contacts", "answers__question", "additions__answers__question")
    check = get_object_or_404(checks, pk=pk)
    others = [each for each in condition.of_patient(check.patient, at=timezone.now()).open if each != check]
    initial = {"patient": check.patient_id, "also": ",".join(str(each.pk) for each in others)}
    form = FollowUpForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        _follow_up(request, check, form.cleaned_data)
        messages.success(request, _("Noted. The answers of %(patient)s are followed up.") % {"patient": check.patient})
        return redirect("practice-check", pk)
    audit.read(request, check.patient, "symptom answers")
    procedure = check.care_plan.procedure
    sites = list(procedure.sites.select_related("muscle"))
    context = {
        "check": check,
        "patient": check.patient,
        "others": others,
        "procedure": procedure,
        "has_lung_risk": any(site.muscle.has_lung_risk for site in sites),
        "sites": sites,
        "drugs": list(procedure.drugs.select_related("preparation")),
        "item": follow_ups.item_of(check).first(),
        "form": form,
    }
    return render(request, "practice/symptoms/follow_up.html", context)


def _follow_up(request, check, entered):
    if entered["patient"] != check.patient_id:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    follow_ups.follow_up(check, by=request.user, note=entered["note"], at=timezone.now(), also=entered["also"])
    audit.changed(request, check.patient, "symptom answers")
