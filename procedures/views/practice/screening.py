"""The safety answers, reviewed by physicians."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import MoveNotAllowed
from clinic.models import Patient
from clinic.views.shared import audit
from procedures.forms.practice.screening import ReviewForm
from procedures.models import Screening
from procedures.screening import safety_questions


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request, pk):
    """A patient's newest answers; a physician reviews amber ones and writes the decision."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    given = Screening.objects.visible_to(request.user).filter(patient=patient).first()
    if given is None:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={"screening": given.pk})
    if form.is_valid():
        _review(request, patient, form.cleaned_data)
        messages.success(request, _("Noted. The safety answers of %(patient)s are looked at.") % {"patient": patient})
        return redirect(_after_review(given))
    audit.read(request, patient, "safety answers")
    return render(request, "practice/screening/answers.html", {"patient": patient, "screening": given, "form": form})


def _review(request, patient, entered):
    shown = get_object_or_404(Screening.objects.visible_to(request.user), pk=entered["screening"])
    if shown.patient_id != patient.pk:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    with transaction.atomic():
        safety_questions.review(shown, by=request.user, note=entered["note"], at=timezone.now())
        audit.changed(request, patient, "safety answers")


def _after_review(given):
    if given.appointment_id:
        return reverse("practice-visit", args=[given.appointment_id])
    return reverse("practice")
