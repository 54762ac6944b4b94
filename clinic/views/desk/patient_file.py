"""A patient's file at the desk: what it holds is written here, and name and birth date are corrected."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import ChangedMeanwhile
from clinic.forms.desk.patient_file import DeathForm, LivesForm, NameForm, PatientFileForm
from clinic.models import Patient
from clinic.people import corrections
from clinic.people.corrections import Why
from clinic.views.shared import audit


@permission_required("clinic.change_patient", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request, pk):
    return _corrected(request, pk, PatientFileForm, "desk/people/file.html")


@permission_required("clinic.change_patient", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def name(request, pk):
    return _corrected(request, pk, NameForm, "desk/people/name.html")


@permission_required("clinic.change_patient", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def death(request, pk):
    return _corrected(request, pk, DeathForm, "desk/people/death.html")


@permission_required("clinic.change_patient", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lives(request, pk):
    """The day of death was a mistake."""
    return _corrected(request, pk, LivesForm, "desk/people/lives.html")


def _corrected(request, pk, form_class, template):
    person = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk, merged_into=None)
    form = form_class.of(person, request.POST if request.method == "POST" else None)
    form.initial["seen"] = corrections.version(person)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            return _save(request, person, form)
        except ChangedMeanwhile as refusal:
            form.refuse(refusal, seen=form.initial["seen"])
            status = 409
    audit.read(request, person, "file")
    return render(request, template, {"patient": person, "form": form}, status=status)


def _save(request, person, form):
    why = Why(by=request.user, at=timezone.now(), reason=form.cleaned_data.get("reason", ""))
    changed = corrections.correct(person, form.values, why, seen=form.cleaned_data["seen"])
    messages.success(request, _("The file is changed.") if changed else _("Nothing was different."))
    return redirect("desk-patient", person.pk)
