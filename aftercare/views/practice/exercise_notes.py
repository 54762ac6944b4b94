"""What patients noticed at their exercises, and what a physiotherapist notes about it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftercare.forms.practice.exercise_notes import NoteForm
from aftercare.models import ExercisePrescription, ExerciseReport, ServiceRequest
from aftercare.physiotherapy import exercise_items
from clinic.errors import MoveNotAllowed
from clinic.views.shared import audit

PRESCRIBE = ["aftercare.view_servicerequest", "aftercare.view_careplan", "aftercare.add_exerciseprescription"]
SHOWN = 3  # of the patient's reports, the newest


def noticed(patient, tasks):
    """For the page of a patient's exercises: each that waits for a note, with the patient's newest words, and its form.

    `tasks` are of `exercise_days`.
    """
    waiting = exercise_items.waiting_by_kind([task.prescription.pk for task in tasks])
    reports = _reports(waiting[exercise_items.DISCOMFORT])
    return [
        {
            "task": task,
            "is_unticked": task.prescription.pk in waiting[exercise_items.UNTICKED],
            "reports": reports.get(task.prescription.pk, [])[:SHOWN],
            "form": NoteForm(initial={"patient": patient.pk}, auto_id=f"noticed-{task.prescription.pk}-%s"),
        }
        for task in tasks
        if any(task.prescription.pk in found for found in waiting.values())
    ]


def _reports(prescriptions):
    by_prescription = {}
    for report in ExerciseReport.objects.filter(prescription__in=prescriptions):
        by_prescription.setdefault(report.prescription_id, []).append(report)
    return by_prescription


@permission_required(PRESCRIBE, raise_exception=True)
@require_POST
def noted(request, pk, prescription):
    referral = get_object_or_404(ServiceRequest.objects.visible_to(request.user).select_related("patient"), pk=pk)
    rows = ExercisePrescription.objects.visible_to(request.user).filter(patient=referral.patient_id)
    row = get_object_or_404(rows.select_related("exercise"), pk=prescription)
    form = NoteForm(request.POST)
    if request.POST.get("patient") != str(referral.patient_id):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    if form.is_valid():
        with transaction.atomic():
            exercise_items.note(row, words=form.cleaned_data["note"], by=request.user)
            audit.changed(request, referral.patient, "exercise noted")
        messages.success(request, _("Noted: %(exercise)s.") % {"exercise": row.exercise})
    else:
        messages.error(request, " ".join(form.errors.get("note", [_("This could not be read. Please try again.")])))
    return redirect("practice-referral-exercises", pk)
