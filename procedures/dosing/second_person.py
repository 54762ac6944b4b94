"""A second physician for a dose above the limits: who may be it, what they allow, and the task that asks for one."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from procedures import work_kinds
from procedures.dosing import record_dose
from procedures.dosing.dose_meter import DoseRefused
from procedures.errors import RecordSigned
from procedures.models import Procedure, ProcedureStatus


def standing_overrides(procedure, found, *, by=None):
    """Reasons for exactly this dose from people who neither did the procedure nor sign it."""
    authors = [pk for pk in (procedure.performed_by.user_id, by and by.pk) if pk]
    overrides = procedure.dose_overrides.filter(dose_version=record_dose.version_of(procedure, found))
    return overrides.exclude(by__in=authors)


def is_allowed(procedure, found):
    """Whether a second physician has given a reason for exactly this dose above the limits."""
    return found.needs_second_person and standing_overrides(procedure, found).exists()


def override(procedure, *, by, reason, seen_version, patient=None):
    """Save a second physician's reason for a dose above the limits, valid only for the dose that `by` was shown.

    `seen_version` is the `record_dose.version` that was on the page, `patient` the key of the patient it was shown for.
    The same person's reason for the same dose is saved once. Raises RecordSigned; MoveNotAllowed for another patient,
    for a dose that changed meanwhile or is not above the limits, and for the person who did the procedure; DomainError
    for the field `reason` when it is empty; DoseRefused.
    """
    with transaction.atomic():
        procedure = (
            Procedure.objects.select_for_update(of=("self",)).select_related("performed_by").get(pk=procedure.pk)
        )
        if procedure.status != ProcedureStatus.DRAFT:
            raise RecordSigned
        if patient not in (None, procedure.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient. Nothing was kept."))
        found = record_dose.of_record(procedure)
        if record_dose.version_of(procedure, found) != seen_version:
            raise MoveNotAllowed(_("The dose has been changed since you looked at it. Look again before you decide."))
        _refuse_unfit(procedure, found, by=by, reason=reason)
        kept, _is_new = procedure.dose_overrides.get_or_create(
            dose_version=seen_version,
            by=by,
            # Without a signed limit the share covers only what can be calculated: the reason says the rest.
            defaults={"reason": reason.strip(), "share": min(found.shown_total, Decimal("999.999"))},
        )
        for item in worklist.find(work_kinds.SECOND_PERSON, cause=procedure.pk).requested():
            item.complete(by=by)
    return kept


def refusal(procedure, *, by):
    """Why this account cannot be the second person of a record, in a sentence; "" when it can."""
    if by.pk == procedure.performed_by.user_id:
        return _("You did this procedure yourself. Another physician has to look at the dose.")
    return ""


def _refuse_unfit(procedure, found, *, by, reason):
    if sentence := refusal(procedure, by=by):
        raise MoveNotAllowed(sentence)
    if not found.needs_second_person:
        raise MoveNotAllowed(_("This dose is within the limits. It needs no second person."))
    if not has_visible_text(reason):
        raise DomainError(_("Write why this dose is right for this patient."), field="reason")


def update_task(procedure, *, at):
    """Open the task for a second physician while the dose of a draft needs one; end it when it no longer does.

    It names no drug and no dose: the desk sees the same list of tasks.
    """
    try:
        found = record_dose.of_record(procedure, at=at)
        is_needed = found.needs_second_person and not is_allowed(procedure, found)
    except DoseRefused:
        is_needed = False
    if not (is_needed and procedure.status == ProcedureStatus.DRAFT):
        worklist.settle(work_kinds.SECOND_PERSON, cause=procedure.pk, note=_("no longer needed"), at=at)
        return
    worklist.open(
        work_kinds.SECOND_PERSON,
        again=True,
        cause=procedure.pk,
        patient_id=procedure.patient_id,
        appointment_id=procedure.appointment_id,
        what_to_say=_("A second physician looks at this record before it can be signed."),
        due_at=at,
    )
