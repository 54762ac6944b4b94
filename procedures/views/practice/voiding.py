"""A signed record that is wrong as a whole: asking, agreeing, reading what was voided."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Appointment
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required
from procedures.forms.practice.voiding import VoidForm
from procedures.models import Procedure, ProcedureStatus
from procedures.records import voiding

_WHO_SAID = ("void_request__asked_by", "void_request__injected_visit__patient", "signed_by")


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def void(request, pk):
    """Asks why the whole record is wrong; once somebody has asked to void it, another physician may agree."""
    procedure = _record(request, pk)
    others = voiding.others_of_the_day(procedure)
    form = VoidForm(request.POST or None, others=others)
    if request.method == "POST":
        _refuse_another_patient(request, procedure)
        if form.is_valid() and _is_asked(request, procedure, form):
            messages.success(request, _("Another physician sees it now, and has to agree."))
            return redirect("practice-record-void", pk=pk)
    audit.read(request, procedure.patient, "procedure record")
    asked = getattr(procedure, "void_request", None)
    if asked is None:
        audit.read_visits(request, others, "patients of the day, to void a record")
    elif asked.injected_visit:
        audit.read(request, asked.injected_visit.patient, "void request")
    context = {
        "procedure": procedure,
        "asked": asked,
        "form": form,
        "is_mine": asked and asked.asked_by == request.user,
    }
    return render(request, "practice/records/voiding/void.html", context)


def _is_asked(request, procedure, form):
    """Asked for, in one transaction with its line of the audit; else the form says why not."""
    try:
        with transaction.atomic():
            voiding.ask(procedure, form.said, by=request.user, at=timezone.now())
            audit.changed(request, procedure.patient, "asked to void a record")
    except DomainError as refusal:
        if refusal.field is None:
            raise
        form.add_error(refusal.field, str(refusal))
        return False
    return True


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
@fresh_sign_in_required
def agree(request, pk):
    procedure = _record(request, pk)
    _refuse_another_patient(request, procedure)
    with transaction.atomic():
        voiding.agree(_asked(procedure), by=request.user, at=timezone.now())
        audit.changed(request, procedure.patient, "record voided")
    messages.success(request, _("The record is void. What follows is as you both answered."))
    return redirect("practice-visit", pk=pk)


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def keep(request, pk):
    procedure = _record(request, pk)
    _refuse_another_patient(request, procedure)
    with transaction.atomic():
        voiding.keep(_asked(procedure), by=request.user, at=timezone.now())
        audit.changed(request, procedure.patient, "record not voided")
    messages.success(request, _("The record stands as it was signed."))
    return redirect("practice-record", pk=pk)


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def voided(request, pk, record):
    """A void record, as it was signed."""
    records = Procedure.objects.visible_to(request.user).with_all_parts()
    records = records.select_related("void_request__asked_by", "void_request__agreed_by", "signed_by")
    records = records.select_related("void_request__injected_visit__patient")
    procedure = get_object_or_404(records, pk=record, appointment=pk, status=ProcedureStatus.VOID)
    audit.read(request, procedure.patient, "voided record")
    if other := procedure.void_request.injected_visit:
        audit.read(request, other.patient, "voided record")
    return render(request, "practice/records/voiding/voided.html", {"procedure": procedure})


def _record(request, pk):
    """The signed record of this visit."""
    appointment = get_object_or_404(Appointment.objects.visible_to(request.user).for_people(), pk=pk)
    records = Procedure.objects.visible_to(request.user).signed().with_all_parts()
    return get_object_or_404(records.select_related(*_WHO_SAID), appointment=appointment)


def _asked(procedure):
    request = getattr(procedure, "void_request", None)
    if request is None:
        raise MoveNotAllowed(_("Nobody asks any more to void this record."))
    return request


def _refuse_another_patient(request, procedure):
    if request.POST.get("patient") != str(procedure.patient_id):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
