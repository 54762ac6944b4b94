"""Writing, signing and amending the record of a procedure."""

import hashlib
import json
from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.errors import DomainError, MoveNotAllowed, RecordIncomplete, RecordSigned
from clinic.models import AppointmentStatus, CredentialKind, PractitionerRole
from clinic.wording import says_something
from procedures.models import (
    Guidance,
    PainMoment,
    Procedure,
    ProcedureDefinition,
    ProcedureStatus,
)
from procedures.problems import Problem
from procedures.signals import procedure_signed

SITE_FIELDS = ["muscle", "side", "guidance", "no_ultrasound_reason", "needle_gauge", "needle_length_mm"]
DRUG_FIELDS = ["preparation", "volume_ml", "lot", "expires_on"]
SAME_NOTE_WITHIN = timedelta(minutes=10)


class DraftChanged(MoveNotAllowed):
    sentence = gettext_lazy("This record has been changed in another window since this page was opened.")


def refusal(appointment):
    """Why no record of this visit can be written or signed, in a sentence; "" when it can.

    It takes a physician's visit whose patient has come.
    """
    if appointment.visit_type.role != PractitionerRole.PHYSICIAN:
        return _("This is a visit for physiotherapy. Injections are recorded in a physician's visit.")
    if appointment.status not in (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED):
        return _("The patient has not been checked in yet. Ask the desk to do it, then write the record.")
    return ""


def refuse_unless_under_way(appointment):
    """Raises MoveNotAllowed with the sentence of `refusal`."""
    if sentence := refusal(appointment):
        raise MoveNotAllowed(sentence)


def refuse_expired(drug, *, on):
    """Raises DomainError for the field `expires_on` when the lot was too old on the civil day `on`."""
    if drug.expires_on < on:
        day = formats.date_format(drug.expires_on, "SHORT_DATE_FORMAT")
        raise DomainError(_("This lot expired on %(day)s. Use another lot.") % {"day": day}, field="expires_on")


def version(procedure):
    """A mark of all that stands in the record: another mark means that it has been changed meanwhile."""
    contents = [
        [procedure.definition_id, procedure.performed_by_id, procedure.note],
        list(procedure.sites.values_list(*SITE_FIELDS)),
        list(procedure.drugs.values_list(*DRUG_FIELDS)),
        list(procedure.pain_scores.order_by("moment").values_list("moment", "score")),
    ]
    return hashlib.sha256(json.dumps(contents, cls=DjangoJSONEncoder).encode()).hexdigest()


def write_draft(appointment, *, definition, practitioner, note, sites, drugs, pain, seen=None):
    """Replace the draft's contents by what was typed, all of it or nothing; the draft is made on first use.

    `sites` and `drugs` are unsaved InjectionSite and DrugAdministration rows, `pain` maps a PainMoment to 0-10 or
    None. `seen` is the `version` that the writer had read, "" where there was none yet, None for whatever it is.
    Raises RecordSigned, MoveNotAllowed, DomainError for an expired lot, DraftChanged when somebody else wrote
    something else in the meantime.
    """
    with transaction.atomic():
        procedure, is_new = _draft_of(appointment, definition=definition, practitioner=practitioner)
        before = "" if is_new else version(procedure)
        procedure.definition, procedure.performed_by, procedure.note = definition, practitioner, note
        procedure.save()
        _replace_parts(procedure, sites=sites, drugs=drugs, pain=pain)
        if seen not in (None, before) and version(procedure) != before:
            raise DraftChanged
    return procedure


def _draft_of(appointment, *, definition, practitioner):
    refuse_unless_under_way(appointment)
    records = Procedure.objects.standing().select_for_update()
    procedure, is_new = records.get_or_create(
        appointment=appointment,
        defaults={
            "patient": appointment.patient,
            "definition": definition,
            "performed_by": practitioner,
            "performed_on": appointment.on,
        },
    )
    if procedure.is_signed:
        raise RecordSigned
    return procedure, is_new


def _replace_parts(procedure, *, sites, drugs, pain):
    for related in (procedure.sites, procedure.drugs, procedure.pain_scores):
        related.all().delete()
    for site in sites:
        site.procedure = procedure
        site.save(force_insert=True)
    for drug in drugs:
        refuse_expired(drug, on=procedure.performed_on)
        drug.procedure, drug.given_on = procedure, procedure.performed_on
        drug.save(force_insert=True)
    for moment, score in pain.items():
        if score is not None:
            procedure.pain_scores.create(moment=moment, score=score)


def sign(procedure, *, by, at, seen=None, patient=None):
    """Close the record for ever and send the news that aftercare waits for, in one transaction.

    `seen` is the `version` that was read before signing and `patient` the key of the patient it was shown for.
    Signing a signed record again changes nothing. Raises RecordIncomplete with one sentence for each thing missing,
    MoveNotAllowed for another patient or a visit that is not under way, DraftChanged for another version.
    """
    with transaction.atomic():
        procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
        if patient not in (None, procedure.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient. Nothing was signed."))
        if procedure.is_signed:
            return procedure
        refuse_unless_under_way(procedure.appointment)
        if seen not in (None, version(procedure)):
            raise DraftChanged(_("The record has been changed since you read it. Read it again before you sign."))
        if sentences := missing(procedure):
            raise RecordIncomplete(sentences)
        procedure.status, procedure.signed_at, procedure.signed_by = ProcedureStatus.SIGNED, at, by
        procedure.save(update_fields=["status", "signed_at", "signed_by"])
        if procedure.appointment.may_move_to(AppointmentStatus.FULFILLED):
            procedure.appointment.fulfil(by=by)
        procedure_signed.send(Procedure, procedure=procedure, at=at)
    return procedure


def end_without_record(appointment, *, by, reason=""):
    """End a visit in which nothing was injected; `reason` says why, where an injection was to be expected.

    Raises DomainError for the field `reason` when it is missing: without a signed record nobody gets aftercare.
    """
    if expects_record(appointment) and not says_something(reason):
        raise DomainError(
            _("Was something injected? Then sign the record, for the aftercare begins with it. If not, write why."),
            field="reason",
        )
    appointment.fulfil(by=by, note=reason.strip())


def expects_record(appointment):
    """True for a visit that is for injections, and for any visit whose record has been begun."""
    is_for_injections = ProcedureDefinition.objects.filter(visit_type=appointment.visit_type_id).exists()
    return is_for_injections or Procedure.objects.standing().filter(appointment=appointment).exists()


def amend(procedure, *, text, by, at):
    """Add a note below a signed record. A button pressed twice sends the same words again: they are one note.

    Returns the note, None when it stood there already. Raises RecordIncomplete while the record is a draft: change
    the draft instead.
    """
    with transaction.atomic():
        procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
        if not procedure.is_signed:
            raise RecordIncomplete([_("This record is not signed yet. Change the record itself.")])
        if procedure.addenda.filter(text=text, by=by, at__gt=at - SAME_NOTE_WITHIN).exists():
            return None
        return procedure.addenda.create(text=text, by=by, at=at)


def missing(procedure):
    """One sentence for each thing without which the record must not be signed; empty when it may be."""
    return [problem.sentence for problem in problems(procedure)]


def problems(procedure):
    """The same as `missing`, each with its place in the record."""
    sites = list(procedure.sites.select_related("muscle"))
    return [
        *_empty_parts(sites, list(procedure.drugs.all())),
        *_unsaid_pain(procedure),
        *_lung_problems(sites),
        *_credential_problems(procedure, sites),
    ]


def _empty_parts(sites, drugs):
    if not sites:
        yield Problem(_("Add at least one injection site."), "sites", "muscle")
    if not drugs:
        yield Problem(_("Add at least one drug, with its lot and expiry date."), "drugs", "preparation")


def _unsaid_pain(procedure):
    said = set(procedure.pain_scores.values_list("moment", flat=True))
    if PainMoment.BEFORE not in said:
        yield Problem(_("Write the pain before, from 0 to 10."), "record", "pain_before")
    if PainMoment.AFTER not in said:
        yield Problem(_("Write the pain 10 minutes after, from 0 to 10."), "record", "pain_after")


def _lung_problems(sites):
    for site in sites:
        if (
            site.muscle.has_lung_risk
            and site.guidance == Guidance.LANDMARK
            and not says_something(site.no_ultrasound_reason)
        ):
            sentence = _("%(muscle)s lies near the lung. Use ultrasound, or write why not.")
            yield Problem(sentence % {"muscle": capfirst(site.muscle.name)}, "sites", "no_ultrasound_reason", row=site)


def _credential_problems(procedure, sites):
    """One for the whole record: the first guided site says it."""
    guided = next((site for site in sites if site.guidance == Guidance.ULTRASOUND), None)
    on = procedure.performed_on
    if guided is None or procedure.performed_by.has_credential(CredentialKind.ULTRASOUND, on=on):
        return
    sentence = _("%(name)s has no valid ultrasound credential for that day. Change the guidance or the physician.")
    yield Problem(sentence % {"name": procedure.performed_by}, "sites", "guidance", row=guided)
