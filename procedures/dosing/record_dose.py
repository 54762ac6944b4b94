"""The dose of a record: what speaks against it, who may allow more, and which limits are in force."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models.health import WEIGHT_VALID_FOR
from procedures import work_kinds
from procedures.dosing import weights
from procedures.dosing.dose_meter import DoseRefused, Meter, meter
from procedures.errors import RecordSigned
from procedures.models import (
    DoseLimit,
    DrugAdministration,
    DrugKind,
    Procedure,
    ProcedureStatus,
)
from procedures.problems import Problem

A_DAY = timedelta(hours=24)


# The dose of one record


def of_record(procedure, *, at=None):
    """The Meter of a record as it is saved; `at` is the end of the 24 hours, by default now. Raises DoseRefused."""
    return calculate(procedure, _drugs_of(procedure), at=at or timezone.now())


def _drugs_of(procedure):
    """Queried again each time: the record may have been saved since it was fetched."""
    return DrugAdministration.objects.filter(procedure=procedure).select_related("preparation__drug")


def calculate(procedure, drugs, *, at):
    """The Meter of `drugs` with the weight (kg), profile and cut (%) of a record, which need not be saved yet.

    What was signed for the patient in the 24 hours before `at` is included, so is what was given less than 24 hours
    from this visit, and every other draft of theirs, however old: it may have been given. Void records are not.
    Raises DoseRefused, also for a weight older than 90 days, a weight for the dose above the real one, and without a
    profile of limits.
    """
    drugs = list(drugs)
    weight_kg = _weight_of(procedure) if has_anaesthetic(drugs) else None
    return _with_weight(procedure, drugs, weight_kg, at=at)


def _with_weight(procedure, drugs, weight_kg, *, at):
    limits = limits_of(procedure.dose_profile)
    earlier = earlier_drugs(procedure, at=at)
    return meter(drugs, limits=limits, weight_kg=weight_kg, cut_percent=procedure.dose_cut_percent, earlier=earlier)


def has_anaesthetic(drugs):
    return any(drug.preparation.drug.kind == DrugKind.LOCAL_ANAESTHETIC for drug in drugs)


def limits_of(profile):
    return list(DoseLimit.objects.in_force().filter(profile=profile)) if profile else []


def earlier_drugs(procedure, *, at):
    """The patient's local anaesthetics from other records that are added to this one's."""
    begins = procedure.appointment.starts_at
    signed_since = Q(procedure__signed_at__gte=at - A_DAY)
    # Even a record written days later is compared with what was given around its visit.
    given_around = Q(
        procedure__appointment__starts_at__gt=begins - A_DAY, procedure__appointment__starts_at__lt=begins + A_DAY
    )
    counts = Q(procedure__status=ProcedureStatus.DRAFT)
    counts |= Q(procedure__status=ProcedureStatus.SIGNED) & (signed_since | given_around)
    others = DrugAdministration.objects.filter(counts, procedure__patient=procedure.patient_id)
    others = others.exclude(procedure__appointment=procedure.appointment_id)
    others = others.filter(preparation__drug__kind=DrugKind.LOCAL_ANAESTHETIC)
    return others.select_related("preparation__drug", "procedure")


def _weight_of(procedure):
    """The dosing weight in kg: the one the physician chose if there is one, else the patient's."""
    if procedure.dose_profile_id is None:
        raise DoseRefused(_("Choose the profile of dose limits."), field="dose_profile")
    actual, chosen = procedure.weight_kg, procedure.dosing_weight_kg
    if actual is None:
        raise DoseRefused(_("Write the patient's weight. Without it no dose is reckoned."), field="weight_kg")
    if procedure.weight_on is None or procedure.performed_on - procedure.weight_on > WEIGHT_VALID_FOR:
        raise DoseRefused(_("This weight is more than 90 days old. Weigh again and write it."), field="weight_kg")
    if chosen is not None and chosen > actual:
        raise DoseRefused(
            _("The weight for the dose is never above the patient's own weight."), field="dosing_weight_kg"
        )
    return actual if chosen is None else chosen


@dataclass(frozen=True)
class DoseDisplay:
    """What a page shows of a dose: the meter, or in `refusal` why there is none."""

    meter: Meter | None
    refusal: str = ""
    actual_kg: Decimal | None = None
    by_actual_weight: Meter | None = None  # if the physician chose another weight
    earlier: tuple[DrugAdministration, ...] = ()
    suggested_kg: Decimal | None = None


def display(procedure, drugs, *, at, height_cm=None):
    """`calculate` for a page: never raises. `height_cm` for the suggested weight."""
    drugs = list(drugs)
    try:
        found = calculate(procedure, drugs, at=at)
    except DoseRefused as refusal:
        return DoseDisplay(None, str(refusal))
    chosen, actual = procedure.dosing_weight_kg, procedure.weight_kg
    other = None
    if found.weight_kg and chosen and chosen != actual:
        other = _with_weight(procedure, drugs, actual, at=at)
    earlier = tuple(earlier_drugs(procedure, at=at)) if found.counted else ()
    suggested = (
        weights.suggested_weight(weight_kg=actual, height_cm=height_cm) if found.weight_kg and not chosen else None
    )
    return DoseDisplay(found, "", actual, other, earlier, suggested)


def version(procedure, *, at=None):
    """A fingerprint of exactly this dose: weight, profile, cut, drugs, what was given before and the limits in force.

    SHA-256 in hex; "" if no dose can be calculated.
    """
    try:
        return _version(procedure, of_record(procedure, at=at))
    except DoseRefused:
        return ""


def _version(procedure, found):
    contents = [
        [procedure.dose_profile_id, *map(_plain, [procedure.weight_kg, found.weight_kg]), found.cut_percent],
        sorted([drug.preparation_id, _plain(drug.volume_ml)] for drug in _drugs_of(procedure)),
        [
            [row.drug.pk, row.with_adrenaline, *map(_plain, [row.mg, row.earlier_mg, row.ceiling and row.ceiling.mg])]
            for row in found.rows
        ],
    ]
    return hashlib.sha256(json.dumps(contents, cls=DjangoJSONEncoder).encode()).hexdigest()


def _plain(number):
    """Equal numbers read the same: 2 and 2.00 are one dose."""
    return None if number is None else f"{number.normalize():f}"


def problems(procedure, *, by=None):
    """What prevents `by` from signing the dose of a record: one Problem per reason."""
    try:
        found = of_record(procedure)
    except DoseRefused as refusal:
        part = "drugs" if refusal.row else "record"
        yield Problem(str(refusal), part, refusal.field, row=refusal.row)
        return
    if found.is_mixture and not has_visible_text(procedure.two_anaesthetics_reason):
        sentence = _("Two local anaesthetics in one visit: labels advise against mixing. Write why.")
        yield Problem(sentence, "record", "two_anaesthetics_reason")
    if found.needs_second_person and not _standing_overrides(procedure, found, by=by).exists():
        url = reverse("practice-record-second-person", args=[procedure.appointment_id])
        yield Problem(over_limit_sentence(found), "record", url=url)


def over_limit_sentence(found):
    """Why a second physician is needed."""
    if found.without_limit:
        names = ", ".join(sorted({str(row.drug) for row in found.without_limit}))
        return _(
            "No signed dose limit is in force for %(drugs)s, so nobody can tell what is too much."
            " Sign one under Dose limits, or ask a second physician for a reason."
        ) % {"drugs": names}
    return _("The dose is %(share)s times the limit. Give less, or ask a second physician for a reason.") % {
        "share": found.shown_total
    }


# A second person


def _standing_overrides(procedure, found, *, by=None):
    """Reasons for exactly this dose from people who neither did the procedure nor sign it."""
    authors = [pk for pk in (procedure.performed_by.user_id, by and by.pk) if pk]
    overrides = procedure.dose_overrides.filter(dose_version=_version(procedure, found))
    return overrides.exclude(by__in=authors)


def is_allowed(procedure, found):
    """Whether a second physician has given a reason for exactly this dose above the limits."""
    return found.needs_second_person and _standing_overrides(procedure, found).exists()


def override(procedure, *, by, reason, seen_version, patient=None):
    """Save a second physician's reason for a dose above the limits, valid only for the dose that `by` was shown.

    `seen_version` is the `version` that was on the page, `patient` the key of the patient it was shown for. The same
    person's reason for the same dose is saved once. Raises RecordSigned; MoveNotAllowed for another patient, for a dose
    that changed meanwhile or is not above the limits, and for the person who did the procedure; DomainError for the
    field `reason` when it is empty; DoseRefused.
    """
    with transaction.atomic():
        procedure = (
            Procedure.objects.select_for_update(of=("self",)).select_related("performed_by").get(pk=procedure.pk)
        )
        if procedure.status != ProcedureStatus.DRAFT:
            raise RecordSigned
        if patient not in (None, procedure.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient. Nothing was kept."))
        found = of_record(procedure)
        if _version(procedure, found) != seen_version:
            raise MoveNotAllowed(_("The dose has been changed since you looked at it. Look again before you decide."))
        _refuse_second_person(procedure, found, by=by, reason=reason)
        kept, _is_new = procedure.dose_overrides.get_or_create(
            dose_version=seen_version,
            by=by,
            # Without a signed limit the share covers only what can be calculated: the reason says the rest.
            defaults={"reason": reason.strip(), "share": min(found.shown_total, Decimal("999.999"))},
        )
        for item in worklist.find(work_kinds.SECOND_PERSON, cause=procedure.pk).requested():
            item.complete(by=by)
    return kept


def second_person_refusal(procedure, *, by):
    """Why this account cannot be the second person of a record, in a sentence; "" when it can."""
    if by.pk == procedure.performed_by.user_id:
        return _("You did this procedure yourself. Another physician has to look at the dose.")
    return ""


def _refuse_second_person(procedure, found, *, by, reason):
    if sentence := second_person_refusal(procedure, by=by):
        raise MoveNotAllowed(sentence)
    if not found.needs_second_person:
        raise MoveNotAllowed(_("This dose is within the limits. It needs no second person."))
    if not has_visible_text(reason):
        raise DomainError(_("Write why this dose is right for this patient."), field="reason")


def update_second_person_task(procedure, *, at):
    """Open the task for a second physician while the dose of a draft needs one; end it when it no longer does.

    It names no drug and no dose: the desk sees the same list of tasks.
    """
    try:
        found = of_record(procedure, at=at)
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
