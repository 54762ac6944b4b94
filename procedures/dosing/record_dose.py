"""The dose of a record: what was given against the limits in force, and the version of exactly this dose."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models.health import WEIGHT_VALID_FOR
from procedures.dosing import bounds, record_steroids, volumes, weights
from procedures.dosing.dose_meter import DoseRefused, Meter, meter
from procedures.dosing.given_before import Given, given_before
from procedures.models import (
    DoseLimit,
    DrugAdministration,
    InjectionSite,
)


def of_record(procedure, *, at=None):
    """The Meter of a record as it is saved; `at` is the end of the 24 hours, by default now. Raises DoseRefused."""
    return calculate(procedure, _drugs_of(procedure), at=at or timezone.now())


def _drugs_of(procedure):
    """Queried again each time: the record may have been saved since it was fetched."""
    return DrugAdministration.objects.filter(procedure=procedure).select_related("preparation__drug")


def calculate(procedure, drugs, *, at):
    """The Meter of `drugs` with the weight (kg), profile and cut (%) of a record, which need not be saved yet.

    What the patient was given in the 24 hours before `at`, or less than 24 hours from this visit, is included: see
    `given_before`.
    Raises DoseRefused, also for a weight older than 90 days, a weight for the dose above the real one, and without a
    profile of limits.
    """
    drugs = list(drugs)
    weight_kg = _weight_of(procedure) if has_anaesthetic(drugs) else None
    return _with_weight(procedure, drugs, weight_kg, at=at)


def _with_weight(procedure, drugs, weight_kg, *, at):
    limits = limits_of(procedure.dose_profile)
    before = [each.drug for each in earlier(procedure, at=at) if each.counts]
    return meter(drugs, limits=limits, weight_kg=weight_kg, cut_percent=procedure.dose_cut_percent, earlier=before)


def has_anaesthetic(drugs):
    return any(bounds.is_anaesthetic(drug.preparation.drug) for drug in drugs)


def limits_of(profile):
    return list(DoseLimit.objects.in_force().filter(profile=profile)) if profile else []


def earlier(procedure, *, at):
    """A Given for each local anaesthetic of the patient's other records, whether it is added to this one's or not."""
    found = given_before(procedure.patient, at, visit=procedure.appointment)
    return tuple(each for each in found if bounds.is_anaesthetic(each.drug.preparation.drug))


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
    earlier: tuple[Given, ...] = ()
    suggested_kg: Decimal | None = None
    asks_for_height: bool = False  # nobody can tell whether the ideal weight would be less
    steroids: tuple[record_steroids.Line, ...] = ()
    odd_volumes: tuple[str, ...] = ()


def display(procedure, drugs, *, at, height_cm=None, muscles=None):
    """`calculate` for a page: never raises. `height_cm` for the suggested weight.

    `muscles` are those of the sites of a record that is being typed; None for a saved one.
    """
    drugs = list(drugs)
    found = record_steroids.calculate(procedure, drugs, at=at, muscles=muscles)
    sites = len(muscles) if muscles is not None else InjectionSite.objects.filter(procedure=procedure.pk).count()
    others = {"steroids": record_steroids.lines(found), "odd_volumes": tuple(volumes.sentences(drugs, sites=sites))}
    return _display_anaesthetics(procedure, drugs, at=at, height_cm=height_cm, others=others)


def _display_anaesthetics(procedure, drugs, *, at, height_cm, others):
    try:
        found = calculate(procedure, drugs, at=at)
    except DoseRefused as refusal:
        return DoseDisplay(None, str(refusal), **others)
    chosen, actual = procedure.dosing_weight_kg, procedure.weight_kg
    other = None
    if found.weight_kg and chosen and chosen != actual:
        other = _with_weight(procedure, drugs, actual, at=at)
    before = earlier(procedure, at=at) if found.counted else ()
    is_open = bool(found.weight_kg and not chosen)
    suggested = weights.suggested_weight(weight_kg=actual, height_cm=height_cm) if is_open else None
    is_unknown = is_open and not height_cm and actual > weights.SUGGESTED_AT_MOST_KG
    return DoseDisplay(found, "", actual, other, before, suggested, asks_for_height=is_unknown, **others)


def version(procedure, *, at=None):
    """A fingerprint of exactly this dose: weight, profile, cut, drugs, what was given before and the limits in force.

    SHA-256 in hex; "" if no dose can be calculated.
    """
    try:
        return version_of(procedure, of_record(procedure, at=at))
    except DoseRefused:
        return ""


def version_of(procedure, found):
    """`version` of a record for which the Meter is at hand."""
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
