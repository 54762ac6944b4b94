"""A signed record that is wrong as a whole: one physician says so, another agrees, and it is void.

It stays readable, with its banner; a new record of the visit can be written. Whether it was injected is part of what
both say: dose, recall, repeat guard and the days after follow that answer, not the status of the record.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import Appointment, AppointmentStatus, PractitionerRole, WorkItemStatus
from procedures import work_kinds
from procedures.models import Injected, Procedure, ProcedureStatus, VoidRequest
from procedures.records import unsigned
from procedures.signals import procedure_voided


@dataclass(frozen=True)
class Said:
    """What a physician says of a record that is wrong: why, and whether it was injected (`Injected`).

    `visit` is that of the other patient who was injected, if anybody knows.
    """

    reason: str
    injected: str
    visit: Appointment | None = None


def ask(procedure, said, *, by, at):
    """Say that a signed record is wrong as a whole. Returns the request; asking again returns the first one.

    It is on every physician's list until another one agrees or it is withdrawn. Raises DomainError for the fields
    `reason`, `injected` and `injected_visit`, MoveNotAllowed unless the record is signed.
    """
    _refuse_unsaid(procedure, said)
    with transaction.atomic():
        procedure = _locked(procedure)
        if not procedure.is_signed:
            raise MoveNotAllowed(_("Only a signed record can be voided. A draft is changed instead."))
        answer = {"reason": said.reason, "injected": said.injected, "injected_visit": said.visit}
        request, is_new = VoidRequest.objects.get_or_create(
            procedure=procedure, defaults={**answer, "asked_by": by, "asked_at": at}
        )
        if is_new:
            _open_work_item(request, at=at)
    return request


def _refuse_unsaid(procedure, said):
    if not has_visible_text(said.reason):
        raise DomainError(_("Write why the whole record is wrong."), field="reason")
    if said.injected not in Injected.values:
        raise DomainError(_("Say whether it was injected: the dose of today hangs on it."), field="injected")
    if said.visit is None:
        return
    if said.injected != Injected.ANOTHER:
        raise DomainError(_("Choose a patient only if another one was injected."), field="injected_visit")
    if said.visit.patient_id in (None, procedure.patient_id):
        raise DomainError(_("This is the patient of the record. Choose the other one."), field="injected_visit")


def others_of_the_day(procedure):
    """Visits in which it may have been injected instead: patients who came to the same physician on that day."""
    came = Appointment.objects.filter(status__in=[AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED])
    came = came.filter(visit_type__role=PractitionerRole.PHYSICIAN, practitioner=procedure.performed_by)
    visits = came.on_day(procedure.performed_on).exclude(patient=None).exclude(patient=procedure.patient_id)
    return visits.select_related("patient").order_by("starts_at", "pk")


def agree(request, *, by, at):
    """Void the record and send the signal, in one transaction; agreeing again changes nothing. Returns the record.

    Raises MoveNotAllowed if `by` made the request, or if the request was withdrawn meanwhile.
    """
    with transaction.atomic():
        procedure = _locked(request.procedure)
        request = _request_of(procedure)
        if request.agreed_at:
            return procedure
        if by == request.asked_by:
            raise MoveNotAllowed(_("You asked for it. Another physician has to agree."))
        request.agreed_by, request.agreed_at = by, at
        request.save(update_fields=["agreed_by", "agreed_at"])
        procedure.status = ProcedureStatus.VOID
        procedure.save(update_fields=["status"])
        _end_work_item(request, WorkItemStatus.COMPLETED, by=by, at=at, note=_("voided"))
        _ask_for_the_record_of_the_injection(request, at=at)
        procedure_voided.send(Procedure, procedure=procedure, by=by, at=at)
    return procedure


def keep(request, *, by, at):
    """The record stays valid: the request is withdrawn, or another physician does not agree. Raises MoveNotAllowed."""
    with transaction.atomic():
        procedure = _locked(request.procedure)
        request = _request_of(procedure)
        if request.agreed_at:
            raise MoveNotAllowed(_("This record was voided already."))
        _end_work_item(request, WorkItemStatus.CANCELLED, by=by, at=at, note=_("the record stands"))
        request.delete()
    return procedure


def _locked(procedure):
    return Procedure.objects.select_for_update(of=["self"], no_key=True).get(pk=procedure.pk)


def _request_of(procedure):
    request = VoidRequest.objects.select_related("asked_by").filter(procedure=procedure).first()
    if request is None:
        raise MoveNotAllowed(_("Nobody asks any more to void this record."))
    return request


def _open_work_item(request, *, at):
    procedure = request.procedure
    worklist.open(
        work_kinds.VOID,
        cause=request.pk,
        patient=procedure.patient,
        appointment=procedure.appointment,
        what_to_say=_("A physician asks another one to look at a signed record."),
        due_at=at,
    )


def _end_work_item(request, status, *, by, at, note):
    items = worklist.find(work_kinds.VOID, cause=request.pk).requested()
    items.update(status=status, note=note, ended_by=by, ended_at=at)


def _ask_for_the_record_of_the_injection(request, *, at):
    """Of whoever was injected there is no valid record now: a physician writes it, or finds out who it was."""
    unsigned.open_at_once(request.injected_visit or request.procedure.appointment, at=at)
    if request.injected != Injected.ANOTHER or request.injected_visit:
        return
    worklist.open(
        work_kinds.INJECTED_UNKNOWN,
        cause=request.pk,
        patient=request.procedure.patient,
        appointment=request.procedure.appointment,
        what_to_say=_("A record was voided because another patient was treated. Find out who, and write their record."),
        due_at=at,
    )
