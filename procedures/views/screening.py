"""The safety questions and the pain marks: told by patients, asked by the desk, looked at by physicians."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic import auditing
from clinic.errors import MoveNotAllowed
from clinic.models import Appointment, Patient
from clinic.network import client_address
from procedures import pain, screening
from procedures.forms.pain import PainForm
from procedures.forms.screening import ReviewForm, ScreeningForm
from procedures.models import Screening


@require_http_methods(["GET", "HEAD", "POST"])
def questions(request, pk):
    """The patient, or who acts for them, answers at home."""
    patient = _own(request, pk)
    now = timezone.now()
    form = ScreeningForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        appointment = screening.next_injection(patient, at=now)
        _answer(request, patient, form, appointment=appointment, at=now)
        return redirect("my-screening-thanks", pk=patient.pk)
    return render(request, "screening/questions.html", {"patient": patient, "form": form})


@require_safe
def thanks(request, pk):
    patient = _own(request, pk)
    given = screening.current(patient, at=timezone.now())
    if given is None:
        return redirect("my-screening", pk=patient.pk)
    auditing.read(patient, by=request.user, what="safety answers", address=client_address(request))
    context = {"patient": patient, "screening": given, "holds_until": screening.holds_until(given)}
    return render(request, "screening/thanks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def where_it_hurts(request, pk):
    patient = _own(request, pk)
    before = pain.latest(patient)
    form = PainForm(request.POST if request.method == "POST" else None, initial=_told(before))
    if form.is_valid():
        with transaction.atomic():
            pain.tell(patient, **form.cleaned_data, by=request.user, at=timezone.now())
            auditing.wrote(patient, by=request.user, what="pain report", address=client_address(request))
        messages.success(request, _("Thank you. Your doctor sees this before your visit."))
        return redirect("my")
    if before:
        auditing.read(patient, by=request.user, what="pain report", address=client_address(request))
    return render(request, "screening/where_it_hurts.html", {"patient": patient, "form": form, "before": before})


@permission_required("procedures.add_screening", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, pk):
    """The desk or a physician reads the questions aloud, in the patient's words."""
    visits = Appointment.objects.visible_to(request.user).for_people().with_people_and_places()
    visit = get_object_or_404(visits, pk=pk)
    now = timezone.now()
    form = ScreeningForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _refuse_other_patient(request, visit.patient)
    if form.is_valid():
        given = _answer(request, visit.patient, form, appointment=visit, at=now)
        messages.success(request, _told_at_the_desk(given))
        return redirect(_home_of(request, visit))
    auditing.read(visit.patient, by=request.user, what="safety answers", address=client_address(request))
    given = Screening.objects.visible_to(request.user).filter(patient=visit.patient).first()
    context = {
        "visit": visit,
        "form": form,
        "screening": given,
        "holds_until": given and screening.holds_until(given),
        "is_valid": given and screening.holds_until(given) > now,
        "back": _home_of(request, visit),
    }
    return render(request, "screening/ask.html", context)


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request, pk):
    """A patient's newest answers; a physician looks at amber ones and writes what follows."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    given = Screening.objects.visible_to(request.user).filter(patient=patient).first()
    if given is None:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={"screening": given.pk})
    if form.is_valid():
        _review(request, patient, form.cleaned_data)
        messages.success(request, _("Noted. The safety answers of %(patient)s are looked at.") % {"patient": patient})
        return redirect(_after_review(given))
    auditing.read(patient, by=request.user, what="safety answers", address=client_address(request))
    return render(request, "screening/answers.html", {"patient": patient, "screening": given, "form": form})


def _own(request, pk):
    return get_object_or_404(Patient.objects.acted_for_by(request.user), pk=pk)


def _answer(request, patient, form, *, appointment, at):
    with transaction.atomic():
        given = screening.answer(
            patient, form.answers, by=request.user, at=at, appointment=appointment, measured=form.measured
        )
        auditing.wrote(patient, by=request.user, what="safety answers", address=client_address(request))
    return given


def _review(request, patient, said):
    shown = get_object_or_404(Screening.objects.visible_to(request.user), pk=said["screening"])
    if shown.patient_id != patient.pk:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    with transaction.atomic():
        screening.review(shown, by=request.user, note=said["note"], at=timezone.now())
        auditing.changed(patient, by=request.user, what="safety answers", address=client_address(request))


def _after_review(given):
    if given.appointment_id:
        return reverse("practice-visit", args=[given.appointment_id])
    return reverse("practice")


def _refuse_other_patient(request, patient):
    if request.POST.get("patient") != str(patient.pk):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))


def _home_of(request, visit):
    """Where somebody who asks at a visit works."""
    name = "desk-appointment" if request.user.has_perm("clinic.view_workitem") else "practice-visit"
    return reverse(name, args=[visit.pk])


def _told_at_the_desk(given):
    if given.needs_review:
        return _("The answers are kept. A physician looks at them; the visit stays as it is booked.")
    return _("The answers are kept. Nothing needs a physician before the visit.")


def _told(report):
    """What was told before, to be told again with changes."""
    if report is None:
        return {}
    names = ["qualities", "triggers", "causes", "own_words"]
    return {name: getattr(report, name) for name in names} | {"areas": [area.pk for area in report.areas.all()]}
