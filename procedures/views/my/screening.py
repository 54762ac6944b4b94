"""The safety questions and the pain marks, answered by patients at home."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.models import Patient
from clinic.views.shared import audit, unsent
from procedures.forms.my.pain import PainForm
from procedures.forms.shared.screening import ScreeningForm
from procedures.screening import pain_reports, safety_questions
from procedures.screening.pain_reports import Pain
from procedures.views.shared import screening_answers

unsent.asks_symptoms("my-screening", "my-where-it-hurts")


@require_http_methods(["GET", "HEAD", "POST"])
def questions(request, pk):
    """The patient, or somebody who acts for them, answers at home."""
    patient = _own(request, pk)
    now = timezone.now()
    form = ScreeningForm(request.POST if request.method == "POST" else None, patient=patient)
    if form.is_valid():
        appointment = safety_questions.next_injection(patient, at=now)
        screening_answers.keep(request, patient, form, appointment=appointment, at=now)
        return redirect("my-screening-thanks", pk=patient.pk)
    if form.is_worrying:
        appointment = safety_questions.next_injection(patient, at=now)
        screening_answers.keep_part(request, patient, form, appointment=appointment, at=now)
        messages.info(request, _("We have kept what you told us. A doctor looks at it. Please answer the rest, too."))
    audit.read(request, patient, "safety questions")
    return render(request, "my/screening/questions.html", {"patient": patient, "form": form})


@require_safe
def thanks(request, pk):
    patient = _own(request, pk)
    given = safety_questions.current(patient, at=timezone.now())
    if given is None:
        return redirect("my-screening", pk=patient.pk)
    audit.read(request, patient, "safety answers")
    context = {"patient": patient, "screening": given, "holds_until": safety_questions.valid_until(given)}
    return render(request, "my/screening/thanks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def where_it_hurts(request, pk):
    patient = _own(request, pk)
    before = pain_reports.latest(patient)
    form = PainForm(request.POST if request.method == "POST" else None, initial=_previous_answers(before))
    if form.is_valid():
        with transaction.atomic():
            pain_reports.submit(patient, Pain(**form.cleaned_data), by=request.user, at=timezone.now())
            audit.wrote(request, patient, "pain report")
        messages.success(request, _("Thank you. Your doctor sees this before your visit."))
        return redirect("my")
    audit.read(request, patient, "pain report")
    return render(request, "my/screening/where_it_hurts.html", {"patient": patient, "form": form, "before": before})


def _own(request, pk):
    return get_object_or_404(Patient.objects.acted_for_by(request.user), pk=pk)


def _previous_answers(report):
    """The last report, as initial values for a new one."""
    if report is None:
        return {}
    names = ["qualities", "triggers", "causes", "own_words"]
    return {name: getattr(report, name) for name in names} | {"areas": [area.pk for area in report.areas.all()]}
