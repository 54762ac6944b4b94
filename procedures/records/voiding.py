"""A signed record that is wrong as a whole: one physician says so, another agrees, and it is void.

It stays readable, with its banner; a new record of the visit can be written.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import WorkItemStatus
from procedures import work_kinds
from procedures.models import Procedure, ProcedureStatus, VoidRequest
from procedures.signals import procedure_voided


def ask(procedure, *, by, reason, at):
    """Say that a signed record is wrong as a whole, and why. Returns the request; asking again returns the first one.

    It is on every physician's list until another one agrees or it is withdrawn. Raises DomainError for the field
    `reason`, MoveNotAllowed unless the record is signed.
    """
    if not has_visible_text(reason):
        raise DomainError(_("Write why the whole record is wrong."), field="reason")
    with transaction.atomic():
        procedure = _locked(procedure)
        if not procedure.is_signed:
            raise MoveNotAllowed(_("Only a signed record can be voided. A draft is changed instead."))
        request, is_new = VoidRequest.objects.get_or_create(
            procedure=procedure, defaults={"reason": reason, "asked_by": by, "asked_at": at}
        )
        if is_new:
            _open_work_item(request, at=at)
    return request


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
