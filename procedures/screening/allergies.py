"""Allergies: noted and ended, and held against what is injected."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Patient
from procedures import reasons
from procedures.models import Allergy, AllergySeverity, Drug, DrugFamily, Ingredient
from procedures.models.allergies import MAY_BE_SEVERE

# Whoever ends an allergy does not go on alone as if it had never been: it is asked about for this long after.
ASKED_ABOUT_AFTER_ITS_END = timedelta(hours=24)
WORSE = [AllergySeverity.MILD, AllergySeverity.MODERATE, AllergySeverity.UNKNOWN, AllergySeverity.SEVERE]


@dataclass(frozen=True)
class Reaction:
    """What happened, and how bad it was: a value of AllergySeverity."""

    severity: str
    words: str = ""


@dataclass(frozen=True)
class Match:
    """A product of a record that holds what the patient is allergic to; `why` says how, in words.

    `severity` is a value of AllergySeverity.
    """

    substance: str
    product: str
    why: str
    severity: str

    @property
    def severity_label(self):
        return AllergySeverity(self.severity).label

    @property
    def may_be_severe(self):
        return self.severity in MAY_BE_SEVERE


def note(patient, substance, reaction, *, by, at):
    """Add an allergy of a patient; `substance` is a Drug, an Ingredient or words.

    One that stands for the same substance and was as bad or worse is kept, and is the answer; a milder one is ended.
    Raises DomainError for the field `substance` when it is empty, PatientMerged.
    """
    if isinstance(substance, str) and not substance.strip():
        raise DomainError(_("Write what the patient is allergic to."), field="substance")
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        fields = _fields_of(substance)
        for known in patient.allergies.standing().filter(**fields):
            if WORSE.index(known.severity) >= WORSE.index(reaction.severity):
                return known
            _end(known, by=by, at=at, reason=_("was worse than noted"))
        details = {"severity": reaction.severity, "reaction": reaction.words.strip()[:300]}
        return patient.allergies.create(**fields, **details, noted_at=at, noted_by=by)


def _fields_of(substance):
    if isinstance(substance, Drug):
        return {"drug": substance}
    return {"ingredient": substance} if isinstance(substance, Ingredient) else {"other": substance.strip()[:100]}


def end(allergy, *, by, at, reason):
    """It does not count any more: it was none, or it was written wrongly.

    Raises DomainError for the field `reason` when that is no reason, MoveNotAllowed when it was ended already.
    """
    if sentence := reasons.refusal_of(reason, grave=allergy.may_be_severe):
        raise DomainError(sentence, field="reason")
    with transaction.atomic():
        allergy = Allergy.objects.select_for_update().get(pk=allergy.pk)
        if allergy.is_ended:
            raise MoveNotAllowed(_("Somebody has ended this allergy already."))
        _end(allergy, by=by, at=at, reason=reason)
    return allergy


def _end(allergy, *, by, at, reason):
    allergy.ended_at, allergy.ended_by, allergy.ended_reason = at, by, reason.strip()[:300]
    allergy.save(update_fields=["ended_at", "ended_by", "ended_reason"])


def standing(patient):
    """Those that count, with their substances, the newest first."""
    return Allergy.objects.filter(patient=patient.pk).standing().with_substance()


def of_record(procedure, *, at):
    """The allergies to hold against a record: those that stand, and those that its own physician ended lately.

    `at` is the present moment.
    """
    counts = Q(ended_at=None)
    if performer := procedure.performed_by.user_id:
        counts |= Q(ended_by=performer, ended_at__gt=at - ASKED_ABOUT_AFTER_ITS_END)
    return list(Allergy.objects.filter(counts, patient=procedure.patient_id).with_substance())


def matches(allergies, words, preparations):
    """A Match for each product (Preparation rows, with drug and ingredients) that holds what the patient reacted to.

    `words`: what the patient wrote about allergies without naming a substance of the catalogue.
    """
    written = {allergy.substance for allergy in allergies}  # these say how bad it was: the same words add nothing
    return [
        found
        for product in dict.fromkeys(preparations)
        for found in [*_coded(allergies, product), *_named(words, product, written)]
    ]


def _coded(allergies, product):
    contained = set(product.ingredients.all())
    for allergy in allergies:
        if why := _how(allergy, product, contained):
            yield Match(allergy.substance, product.name, why, allergy.severity)


def _how(allergy, product, contained):
    """How a product holds what somebody is allergic to, "" when it does not."""
    drug = product.drug
    if allergy.drug == drug or _names(allergy.other, drug.names):
        return _("it is what the patient is allergic to")
    if allergy.ingredient in contained or any(_names(allergy.other, each.names) for each in contained):
        return _("it contains it")
    if allergy.drug and drug.family and allergy.drug.family == drug.family:
        family = DrugFamily(drug.family).label
        return _("it is of the same family (%(family)s), of which labels warn") % {"family": family}
    return ""


def _named(words, product, written):
    """What the patient wrote names the drug, or something in the product: how bad it was, nobody has written."""
    for substance in [product.drug, *product.ingredients.all()]:
        if substance.name not in written and _names(words, substance.names):
            why = _("the patient's words name it")
            yield Match(substance.name, product.name, why, AllergySeverity.UNKNOWN)


def _names(words, names):
    """Whether a word of these begins with one of the names, in lower case: a plural or a case counts, too."""
    return any(re.search(rf"\b{re.escape(name)}", words.lower()) for name in names)
