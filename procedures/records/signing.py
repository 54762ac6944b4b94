"""Writing, signing and amending the record of a procedure."""

import hashlib
import json
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import AppointmentStatus, PractitionerRole
from procedures import reasons, second_person
from procedures.consent import consents, record_problems
from procedures.dosing import contradictions, dose_problems, look_alikes, record_steroids, volumes, weight_change
from procedures.errors import RecordIncomplete, RecordSigned
from procedures.models import Procedure, ProcedureDefinition, ProcedureStatus, TypedRecord
from procedures.records import (
    completeness,
    earlier_complications,
    pack_codes,
    repeat_guard,
    sealed_content,
    sealed_parts,
)
from procedures.screening import record_warnings, safety_questions
from procedures.signals import procedure_signed

REASON_FIELDS = [
    *("two_anaesthetics_reason", "steroid_reason", "volume_reason", "both_sides_reason", "geometry_reason"),
    *("alerts_reason", "repeat_reason", "weight_reason", "same_person_reason", "no_consent_reason", "differs_reason"),
    "earlier_complications_reason",
]
DOSE_FIELDS = ["dose_profile", "weight_kg", "weight_on", "dosing_weight_kg", "dose_cut_percent"]
AFTERWARDS_FIELDS = ["observation_minutes", "needles_in", "needles_out", "had_complications"]
# What a record has once.
ONCE_FIELDS = ["definition", "performed_by", "note", *DOSE_FIELDS, *REASON_FIELDS, *AFTERWARDS_FIELDS]
SITE_FIELDS = [
    *("muscle", "which_muscle", "side", "guidance", "no_ultrasound_reason", "needle_gauge", "needle_length_mm"),
    *("depth_mm", "twitch", "pain_felt", "is_confirmed"),
]
DRUG_FIELDS = ["preparation", "volume_ml", "lot", "expires_on", "gtin"]
COMPLICATION_FIELDS = ["kind", "what_was_done"]
SAME_NOTE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Entered:
    """What was entered for a record: what it has once, and its parts as unsaved rows.

    `once` maps names of ONCE_FIELDS to values, definition and performed_by at least. A drug's `site` is one of `sites`,
    or None for all of them. `pain` maps a PainMoment to 0-10 or None.
    """

    once: dict
    sites: list
    drugs: list
    pain: dict
    complications: list = field(default_factory=list)


class DraftChanged(MoveNotAllowed):
    sentence = gettext_lazy("This record has been changed in another window since this page was opened.")


def refusal(appointment):
    """Why no record of this visit can be written or signed, in a sentence; "" when it can.

    It requires a physician's visit whose patient has come.
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
    """A fingerprint of the whole record: a different one means that it has been changed meanwhile."""
    sites = list(procedure.sites.values_list("pk", *SITE_FIELDS))
    number_of = {pk: number for number, (pk, *_fields) in enumerate(sites)} | {None: None}
    drugs = procedure.drugs.values_list("site", *DRUG_FIELDS)
    contents = [
        list(Procedure.objects.filter(pk=procedure.pk).values_list(*ONCE_FIELDS)),
        [fields for _pk, *fields in sites],
        [[number_of[site], *fields] for site, *fields in drugs],
        list(procedure.complications.values_list(*COMPLICATION_FIELDS)),
        list(procedure.pain_scores.order_by("moment").values_list("moment", "score")),
    ]
    return _mark(contents)


def reading(procedure, found=None):
    """A fingerprint of all that is read before signing: the record, and every warning that its reasons answer.

    `found` are its `warnings`, if they are at hand.
    A reason answers the warnings of its time. What came up afterwards, like a withdrawn consent, changes the
    fingerprint, and nobody signs without having read it.
    """
    found = warnings(procedure) if found is None else found
    return _mark([version(procedure), [[each.field, each.sentence] for each in found]])


def warnings(procedure):
    """One Problem per thing that has to be answered in words, whether it is answered or not."""
    unanswered = copy(procedure)
    for name in REASON_FIELDS:
        setattr(unanswered, name, "")
    return [problem for problem in problems(unanswered) if problem.field in REASON_FIELDS]


def _mark(contents):
    return hashlib.sha256(json.dumps(contents, cls=DjangoJSONEncoder).encode()).hexdigest()


def write_draft(appointment, entered, *, seen=None):
    """Replace the draft's contents with what was entered, all of it or nothing; the draft is made on first use.

    What it has once and was not entered stays as it is. `seen` is the `version` that the writer had read, "" if there
    was none yet, None to accept any. Raises RecordSigned, MoveNotAllowed, DomainError for an expired lot, DraftChanged
    when somebody else wrote something else in the meantime.
    """
    with transaction.atomic():
        procedure, is_new = _draft_of(appointment, entered.once)
        before = "" if is_new else version(procedure)
        for name in entered.once.keys() & set(ONCE_FIELDS):
            setattr(procedure, name, entered.once[name])
        procedure.save()
        _replace_sites(procedure, entered.sites)
        _replace_parts(procedure, entered)
        if seen not in (None, before) and version(procedure) != before:
            raise DraftChanged
        second_person.update_task(procedure, at=timezone.now())
    return procedure


def _draft_of(appointment, once):
    refuse_unless_under_way(appointment)
    records = Procedure.objects.standing().select_for_update()
    procedure, is_new = records.get_or_create(
        appointment=appointment,
        defaults={
            "patient": appointment.patient,
            "definition": once["definition"],
            "performed_by": once["performed_by"],
            "performed_on": appointment.on,
        },
    )
    if procedure.is_signed:
        raise RecordSigned
    procedure.performed_on = appointment.on  # the visit may have been rescheduled since
    return procedure, is_new


def _replace_sites(procedure, sites):
    """Pictures stay with the site that has the same muscle and side."""
    pictures = list(procedure.images.filter(site__isnull=False).select_related("site"))
    procedure.images.update(site=None)
    procedure.drugs.all().delete()
    procedure.sites.all().delete()
    for site in sites:
        site.procedure = procedure
        site.save(force_insert=True)
    site_of = {(site.muscle_id, site.side): site for site in reversed(sites)}
    for picture in pictures:
        picture.site = site_of.get((picture.site.muscle_id, picture.site.side))
        picture.save(update_fields=["site"])


def _replace_parts(procedure, entered):
    for related in (procedure.complications, procedure.pain_scores):
        related.all().delete()
    for drug in entered.drugs:
        refuse_expired(drug, on=procedure.performed_on)
        drug.lot = drug.lot.strip().upper()
        drug.procedure, drug.given_on = procedure, procedure.performed_on
        drug.save(force_insert=True)
    for complication in entered.complications:
        complication.procedure = procedure
        complication.save(force_insert=True)
    for moment, score in entered.pain.items():
        if score is not None:
            procedure.pain_scores.create(moment=moment, score=score)


def sign(procedure, *, by, at, seen=None, patient=None):
    """Close the record for good and send the signal that starts aftercare, in one transaction.

    `seen` is the `reading` that was shown before signing and `patient` the key of the patient it was shown for.
    Signing a signed record again changes nothing. Raises RecordIncomplete with one sentence per missing thing,
    MoveNotAllowed for another patient or a visit that is not under way, DraftChanged for another version.
    """
    with transaction.atomic():
        procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
        if patient not in (None, procedure.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient. Nothing was signed."))
        if procedure.is_signed:
            return procedure
        refuse_unless_under_way(procedure.appointment)
        if seen is not None and seen != reading(procedure):
            raise DraftChanged(_("The record has been changed since you read it. Read it again before you sign."))
        if sentences := missing(procedure, by=by):
            raise RecordIncomplete(sentences)
        sealed_parts.seal(Procedure.objects.filter(pk=procedure.pk))
        procedure = Procedure.objects.get(pk=procedure.pk)
        procedure.status, procedure.signed_at, procedure.signed_by = ProcedureStatus.SIGNED, at, by
        procedure.save(update_fields=["status", "signed_at", "signed_by"])
        TypedRecord.objects.filter(appointment=procedure.appointment_id).delete()
        if procedure.appointment.may_move_to(AppointmentStatus.FULFILLED):
            procedure.appointment.fulfil(by=by)
        procedure_signed.send(Procedure, procedure=procedure, at=at)
        sealed_content.seal_signature(procedure, by=by, at=at)
    return procedure


def end_without_record(appointment, *, by, reason=""):
    """End a visit in which nothing was injected; `reason` says why, if an injection was expected.

    Raises DomainError for the field `reason` when it is missing: without a signed record nobody gets aftercare.
    """
    if expects_record(appointment) and reasons.refusal_of(reason):
        raise DomainError(
            _("Was something injected? Then sign the record, for the aftercare begins with it. If not, write why."),
            field="reason",
        )
    with transaction.atomic():
        appointment.fulfil(by=by, note=reason.strip())
        consents.settle(appointment, note=_("the visit ended without an injection"), at=timezone.now())


def expects_record(appointment):
    """True for a visit that is for injections, and for any visit whose record has been begun."""
    is_for_injections = ProcedureDefinition.objects.filter(visit_type=appointment.visit_type_id).exists()
    return is_for_injections or Procedure.objects.standing().filter(appointment=appointment).exists()


def amend(procedure, *, text, by, at):
    """Add a note below a signed record. A button pressed twice sends the same text twice: it is saved as one note.

    Returns the note, None if it was saved already. Raises RecordIncomplete while the record is a draft: change
    the draft instead.
    """
    with transaction.atomic():
        procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
        if not procedure.is_signed:
            raise RecordIncomplete([_("This record is not signed yet. Change the record itself.")])
        if procedure.addenda.filter(text=text, by=by, at__gt=at - SAME_NOTE_WITHIN).exists():
            return None
        addendum = procedure.addenda.create(text=text, by=by, at=at)
        sealed_content.seal_addendum(addendum)
        return addendum


def missing(procedure, *, by=None):
    """One sentence per thing that prevents `by` from signing the record; empty if there is none."""
    return [problem.sentence for problem in problems(procedure, by=by)]


def problems(procedure, *, by=None):
    """As `missing`, each with its place in the record."""
    return [
        *completeness.problems(procedure),
        *pack_codes.problems(procedure),
        *dose_problems.of_record(procedure),
        *record_steroids.problems(procedure),
        *volumes.problems(procedure),
        *second_person.problems(procedure, by=by),
        *contradictions.problems(procedure),
        *weight_change.problems(procedure),
        *look_alikes.problems(procedure, at=timezone.now()),
        *safety_questions.problems(procedure),
        *record_warnings.problems(procedure),
        *repeat_guard.problems(procedure),
        *earlier_complications.problems(procedure),
        *record_problems.problems(procedure),
    ]
