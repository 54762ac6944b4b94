"""Writing, signing and amending the record of a procedure."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed, RecordIncomplete, RecordSigned
from clinic.models import AppointmentStatus, CredentialKind
from procedures.models import Guidance, Procedure, ProcedureStatus
from procedures.signals import procedure_signed


def start(appointment, *, definition, practitioner):
    """The draft record of this visit; made on first use, for a patient who has come.

    Raises RecordSigned once it is signed, MoveNotAllowed for a visit that is not under way.
    """
    procedure = Procedure.objects.select_for_update().filter(appointment=appointment).first()
    if procedure is None:
        if appointment.status not in (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED):
            raise MoveNotAllowed(_("The patient has not been checked in yet. Check in first, then write the record."))
        return Procedure.objects.create(
            appointment=appointment,
            patient=appointment.patient,
            definition=definition,
            performed_by=practitioner,
            performed_on=appointment.on,
        )
    if procedure.is_signed:
        raise RecordSigned
    procedure.definition, procedure.performed_by = definition, practitioner
    return procedure


def write_draft(appointment, *, definition, practitioner, note, sites, drugs, pain):
    """Replace the draft's contents by what was typed, all of it or nothing.

    `sites` and `drugs` are unsaved InjectionSite and DrugAdministration rows, `pain` maps a PainMoment to 0-10 or
    None. Raises RecordSigned, MoveNotAllowed.
    """
    with transaction.atomic():
        procedure = start(appointment, definition=definition, practitioner=practitioner)
        procedure.note = note
        procedure.save()
        for related in (procedure.sites, procedure.drugs, procedure.pain_scores):
            related.all().delete()
        for site in sites:
            site.procedure = procedure
            site.save(force_insert=True)
        for drug in drugs:
            drug.procedure, drug.given_on = procedure, procedure.performed_on
            drug.save(force_insert=True)
        for moment, score in pain.items():
            if score is not None:
                procedure.pain_scores.create(moment=moment, score=score)
    return procedure


def sign(procedure, *, by, at):
    """Close the record for ever and send the news that aftercare waits for, in one transaction.

    Signing a signed record again changes nothing. Raises RecordIncomplete with one sentence for each thing missing.
    """
    with transaction.atomic():
        procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
        if procedure.is_signed:
            return procedure
        if problems := missing(procedure):
            raise RecordIncomplete(problems)
        procedure.status, procedure.signed_at, procedure.signed_by = ProcedureStatus.SIGNED, at, by
        procedure.save(update_fields=["status", "signed_at", "signed_by"])
        if procedure.appointment.may_move_to(AppointmentStatus.FULFILLED):
            procedure.appointment.fulfil(by=by)
        procedure_signed.send(Procedure, procedure=procedure, at=at)
    return procedure


def amend(procedure, *, text, by):
    """Add a note below a signed record. Raises RecordIncomplete while it is a draft: change the draft instead."""
    if not procedure.is_signed:
        raise RecordIncomplete([_("This record is not signed yet. Change the record itself.")])
    return procedure.addenda.create(text=text, by=by)


def missing(procedure):
    """One sentence for each thing without which the record must not be signed; empty when it may be."""
    sites, drugs = list(procedure.sites.select_related("muscle")), list(procedure.drugs.all())
    return [
        *([] if sites else [_("Add at least one injection site.")]),
        *([] if drugs else [_("Add at least one drug, with its lot and expiry date.")]),
        *([] if procedure.pain_before is not None else [_("Write the pain before, from 0 to 10.")]),
        *([] if procedure.pain_after is not None else [_("Write the pain 10 minutes after, from 0 to 10.")]),
        *_lung_problems(sites),
        *_credential_problems(procedure, sites),
        *_expired_lots(procedure, drugs),
    ]


def _lung_problems(sites):
    sentence = _("%(muscle)s lies near the lung. Use ultrasound, or write why not.")
    return [
        sentence % {"muscle": site.muscle.name.capitalize()}
        for site in sites
        if site.muscle.has_lung_risk and site.guidance == Guidance.LANDMARK and not site.no_ultrasound_reason
    ]


def _credential_problems(procedure, sites):
    guided = any(site.guidance == Guidance.ULTRASOUND for site in sites)
    on = procedure.performed_on
    if not guided or procedure.performed_by.has_credential(CredentialKind.ULTRASOUND, on=on):
        return []
    sentence = _("%(name)s has no valid ultrasound credential for that day. Change the guidance or the physician.")
    return [sentence % {"name": procedure.performed_by}]


def _expired_lots(procedure, drugs):
    sentence = _("Lot %(lot)s had expired. Use another lot.")
    return [sentence % {"lot": drug.lot} for drug in drugs if drug.expires_on < procedure.performed_on]
