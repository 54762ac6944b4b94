"""The patient's own exercises: what to do today, ticked off one by one."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftercare.models import ExercisePrescription
from aftercare.physiotherapy import exercise_days, prescriptions
from clinic.models import Patient
from clinic.views.shared import audit


@require_safe
def own(request):
    """Of everybody for whom this account may act."""
    now = timezone.now()
    patients = list(Patient.objects.acted_for_by(request.user))
    tasks = exercise_days.tasks_of(ExercisePrescription.objects.acted_for_by(request.user), at=now)
    for patient in {task.prescription.patient for task in tasks}:
        audit.read(request, patient, "exercises")
    people = [
        _person(patient, [task for task in tasks if task.prescription.patient_id == patient.pk]) for patient in patients
    ]
    context = {
        "people": [person for person in people if person["tasks"]],
        "is_family": len(patients) > 1,
    }
    return render(request, "my/physiotherapy/exercises.html", context)


@require_POST
def done(request, pk):
    prescription = _own(request, pk)
    with transaction.atomic():
        prescriptions.tick(prescription, by=request.user, at=timezone.now())
        audit.changed(request, prescription.patient, "exercise done")
    messages.success(request, _("Well done: %(exercise)s.") % {"exercise": prescription.exercise})
    return redirect("my-exercises")


@require_POST
def undone(request, pk):
    prescription = _own(request, pk)
    with transaction.atomic():
        prescriptions.untick(prescription, at=timezone.now())
        audit.changed(request, prescription.patient, "exercise done")
    return redirect("my-exercises")


def _own(request, pk):
    prescriptions = ExercisePrescription.objects.acted_for_by(request.user).select_related("exercise", "patient")
    return get_object_or_404(prescriptions, pk=pk)


def _person(patient, tasks):
    today = [task for task in tasks if task.has_begun]
    return {
        "patient": patient,
        "tasks": tasks,
        "today": today,
        "later": [task for task in tasks if not task.has_begun],
        "left": sum(not task.is_done for task in today),
        "week": exercise_days.week_of(today),
    }
