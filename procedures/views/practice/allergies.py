"""A patient's allergies: those that count, those that no longer do, and a form for another."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import DomainError
from clinic.models import Patient
from clinic.views.shared import audit
from procedures.forms.practice.allergies import AllergyForm, EndAllergyForm
from procedures.models import Allergy
from procedures.screening import allergies
from procedures.screening.alerts import allergy_in_words


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def list_of(request, pk):
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    form = AllergyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            allergies.note(patient, form.named, form.happened, by=request.user, at=timezone.now())
            audit.wrote(request, patient, "allergy")
        messages.success(request, _("Noted. It is held against everything that is injected from now on."))
        return redirect("practice-allergies", pk=patient.pk)
    audit.read(request, patient, "allergies")
    rows = Allergy.objects.visible_to(request.user).filter(patient=patient).with_substance()
    context = {
        "patient": patient,
        "form": form,
        "standing": rows.standing().select_related("noted_by"),
        "ended": rows.filter(ended_at__isnull=False).select_related("ended_by"),
        "words": allergy_in_words(patient, at=timezone.now()),
    }
    return render(request, "practice/screening/allergies.html", context)


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, pk, allergy):
    """Asks why an allergy no longer counts."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    rows = Allergy.objects.visible_to(request.user).standing().with_substance()
    row = get_object_or_404(rows, pk=allergy, patient=patient)
    form = EndAllergyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with transaction.atomic():
                allergies.end(row, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
                audit.changed(request, patient, "allergy")
        except DomainError as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("It no longer counts. Your reason stands beside it."))
            return redirect("practice-allergies", pk=patient.pk)
    audit.read(request, patient, "allergies")
    context = {"patient": patient, "form": form, "allergy": row}
    return render(request, "practice/screening/end_allergy.html", context)
