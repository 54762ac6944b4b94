"""The steroids of a record: with what the patient was given before, against the limits in force; what is asked for."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import reasons
from procedures.dosing import bounds, steroids
from procedures.dosing.given_before import given_before
from procedures.dosing.steroids import Amount, Dose
from procedures.models import (
    BodyRegion,
    DoseLimit,
    DosePeriod,
    Drug,
    DrugAdministration,
    DrugKind,
    InjectionSite,
)
from procedures.problems import Problem
from procedures.second_person import SUBJECTS, Need, Subject

STEROID = "steroid"
IN_WEEKS, IN_YEAR = timedelta(weeks=12), timedelta(days=365)


def of_record(procedure, *, at=None):
    """The Steroids of a record as it is saved, or None if it has none."""
    drugs = DrugAdministration.objects.filter(procedure=procedure).select_related("preparation__drug")
    return calculate(procedure, list(drugs), at=at or timezone.now())


def calculate(procedure, drugs, *, at, muscles=None):
    """As `of_record`, of `drugs` that need not be saved; then `muscles` are those of its sites."""
    given = [drug for drug in drugs if is_steroid(drug) and drug.volume_ml]
    if not given:
        return None
    regions = None if muscles is None else _parts([muscle.region_id for muscle in muscles])
    now = _doses(given) if regions is None else [Dose(*_amount(drug), regions) for drug in given]
    visit, patient = procedure.appointment, procedure.patient
    in_weeks, in_year = (
        _doses([each.drug for each in given_before(patient, at, visit=visit, within=time) if _counts(each)])
        for time in (IN_WEEKS, IN_YEAR)
    )
    return steroids.hold(now, in_weeks=in_weeks, in_year=in_year, limits=limits_in_force())


def is_steroid(drug):
    return bounds.is_steroid(drug.preparation.drug)


def _counts(given):
    return given.counts and is_steroid(given.drug)


def limits_in_force():
    """{(drug, period): mg}; the lowest, if there are several profiles for steroids."""
    rows = DoseLimit.objects.in_force().filter(profile__kind=DrugKind.STEROID, max_mg__isnull=False)
    lowest = rows.values_list("drug", "period").annotate(Min("max_mg")).order_by()
    return {(drug, period): mg for drug, period, mg in lowest}


def _doses(drugs):
    """Saved drugs as Doses: into the region of their site, or shared over all sites of their record."""
    sites = {}
    rows = InjectionSite.objects.filter(procedure__in={drug.procedure_id for drug in drugs})
    for procedure, site, region in rows.values_list("procedure", "pk", "muscle__region"):
        sites.setdefault(procedure, {})[site] = region
    return [Dose(*_amount(drug), _regions_of(drug, sites.get(drug.procedure_id, {}))) for drug in drugs]


def _regions_of(drug, region_of):
    return {region_of[drug.site_id]: Fraction(1)} if drug.site_id in region_of else _parts(list(region_of.values()))


def _parts(regions):
    return {region: Fraction(regions.count(region), len(regions)) for region in regions}


def _amount(drug):
    """(drug, mg). A steroid without a strength cannot be compared, and counts as if it were far too much."""
    slug, mg = drug.preparation.drug_id, drug.mg
    return (slug, Fraction(mg)) if mg is not None else (f"{slug} ?", Fraction(0))


# What it asks for


def problems(procedure):
    """A reason, where it is above a limit."""
    found = of_record(procedure)
    if found and found.amount != Amount.WITHIN:
        sentence = " ".join([*sentences(found), _("Give less, or write why.")])
        if asked := reasons.unanswered(sentence, procedure.steroid_reason):
            yield Problem(asked, "record", "steroid_reason")


def needs(procedure):
    """A second physician, where it is far above one, or where nobody can tell."""
    found = of_record(procedure)
    if not found or found.amount != Amount.FAR:
        return []
    held = [[each.period, each.drug, str(each.region), str(each.mg), str(each.most_mg)] for each in found.held]
    return [Need(STEROID, " ".join([*sentences(found), _("Give less, or ask a second physician.")]), about=tuple(held))]


SUBJECTS.register(Subject(STEROID, needs))


def sentences(found):
    """What is above, each with its numbers."""
    said = [line.sentence for line in lines(found) if line.amount != Amount.WITHIN]
    return said or [_("The steroids of this visit together are above the limit of one.")]


@dataclass(frozen=True)
class Line:
    """What the meter shows of one limit: a sentence with its numbers, and how much it is."""

    sentence: str
    amount: Amount


def lines(found):
    """A Line for everything that the steroids are held against; none without a steroid."""
    if not found:
        return ()
    drugs, regions = _names(found)
    return tuple(
        Line(_sentence(each, drugs.get(each.drug), regions.get(each.region)), each.amount) for each in found.held
    )


def _names(found):
    regions = [each.region for each in found.held if each.region is not None]
    return Drug.objects.in_bulk([each.drug for each in found.held]), BodyRegion.objects.in_bulk(regions)


def _sentence(held, drug, region):
    words = {"drug": drug or held.drug, "mg": figure(held.mg), "most": figure(held.most_mg), "region": region}
    if held.is_unknown:
        return _unknown(held) % words
    if held.period == DosePeriod.PROCEDURE:
        return _("%(drug)s: %(mg)s mg in this visit; the limit is %(most)s mg.") % words
    if held.period == DosePeriod.REGION:
        return _("%(region)s: steroids like %(mg)s mg of triamcinolone in 12 weeks; the limit is %(most)s mg.") % words
    return _("Steroids like %(mg)s mg of triamcinolone in 12 months; the limit is %(most)s mg.") % words


def _unknown(held):
    if held.mg is None:
        return _("One of the steroids cannot be compared with triamcinolone, so nobody can tell how much is too much.")
    if held.period == DosePeriod.PROCEDURE:
        return _("No signed limit for a visit is in force for %(drug)s, so nobody can tell what is too much.")
    if held.period == DosePeriod.REGION:
        return _("No signed limit for steroids in one region is in force.")
    return _("No signed limit for steroids in 12 months is in force.")


def figure(mg):
    """At most one decimal."""
    return "" if mg is None else f"{round(float(mg), 1):g}"
