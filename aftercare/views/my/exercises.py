"""The patient's own exercises: what to do today, ticked off one by one."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftercare.care_plans import exercise_reports
from aftercare.forms.my.exercises import DiscomfortForm
from aftercare.models import ExercisePrescription
from aftercare.physiotherapy import exercise_days, exercise_items, prescriptions
from clinic.models import Patient
from clinic.people import namesakes
from clinic.views.shared import audit, unsent

unsent.asks_symptoms("my-exercise-report")


@require_safe
def own(request):
    """Of everybody for whom this account may act."""
    return _page(request)


def _page(request, *, failed=None):
    """`failed`: the exercise (by key) and the form of what did not feel right, when it cannot be read."""
    now = timezone.now()
    patients = namesakes.tell_apart(Patient.objects.acted_for_by(request.user).living())
    tasks = exercise_days.tasks_of(ExercisePrescription.objects.acted_for_by(request.user), at=now)
    for patient in {task.prescription.patient for task in tasks}:
        audit.read(request, patient, "exercises")
    shown = _shown(tasks, failed or {})
    people = [
        _person(patient, [task for task in tasks if task.prescription.patient_id == patient.pk], shown)
        for patient in patients
    ]
    context = {"people": [person for person in people if person["tasks"]], "is_family": len(patients) > 1}
    return render(request, "my/physiotherapy/exercises.html", context, status=422 if failed else 200)


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


@require_POST
def report(request, pk):
    """It does not feel right: to the physiotherapist; what sounds of symptoms also to a physician."""
    prescription = _own(request, pk)
    form = DiscomfortForm(request.POST, prescription=prescription)
    if not form.is_valid():
        return _page(request, failed={prescription.pk: form})
    said = exercise_reports.Said(**form.cleaned_data)
    with transaction.atomic():
        check = exercise_reports.report(prescription, said, at=timezone.now(), by=request.user)
        audit.wrote(request, prescription.patient, "exercise report")
    if check:
        return redirect("my-symptoms-answered", check.care_plan_id, check.pk)
    messages.success(request, _("Thank you. Your physiotherapist reads this. Leave it out until we tell you more."))
    return redirect("my-exercises")


def _own(request, pk):
    prescriptions = ExercisePrescription.objects.acted_for_by(request.user).select_related("exercise", "patient")
    return get_object_or_404(prescriptions, pk=pk)


def _shown(tasks, failed):
    """Each exercise with its form, and what the physiotherapist has heard of it and not answered yet; by its key."""
    waiting = exercise_items.waiting_by_kind([task.prescription.pk for task in tasks])
    return {
        task.prescription.pk: {
            "task": task,
            "report": failed.get(task.prescription.pk) or DiscomfortForm(prescription=task.prescription),
            "is_unticked": task.prescription.pk in waiting[exercise_items.UNTICKED],
            "is_told": task.prescription.pk in waiting[exercise_items.DISCOMFORT],
        }
        for task in tasks
    }


def _person(patient, tasks, shown):
    today = [task for task in tasks if task.has_begun]
    return {
        "patient": patient,
        "tasks": tasks,
        "today": [shown[task.prescription.pk] for task in today],
        "later": [shown[task.prescription.pk] for task in tasks if not task.has_begun],
        "left": sum(not task.is_done for task in today),
        "week": exercise_days.week_of(today),
    }
