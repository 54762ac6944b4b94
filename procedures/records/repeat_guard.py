"""Repeat guard and depth hints: what was done before, and what the clinic's own rules say about repeating it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procedures import reasons
from procedures.models import BodyRegion, ClinicRule, DepthHint, DrugAdministration, DrugKind, InjectionSite, Procedure
from procedures.problems import Problem

A_YEAR = timedelta(days=365)
SESSIONS, WEEKS, STEROIDS = "sessions-per-region", "weeks-between-sessions", "steroids-per-year"


@dataclass(frozen=True)
class RepeatWarning:
    """A sentence that the physician answers in words, and the source of its number."""

    sentence: str
    source: str


@dataclass(frozen=True)
class RegionPast:
    """The sessions of one patient in one region within 12 months, whatever became of their records."""

    region: BodyRegion
    sessions: int
    last_on: date

    def weeks_since(self, on):
        """Whole weeks."""
        return (on - self.last_on).days // 7


def past(patient, *, on, but=None):
    """RegionPast of every region treated in the 12 months before the civil day `on`, the last treated first.

    `but` is the current visit, which is left out.
    """
    days = defaultdict(list)
    for procedure in _records(patient, on=on, but=but).prefetch_related("sites__muscle__region"):
        for region in {site.muscle.region for site in procedure.sites.all()}:
            days[region].append(procedure.performed_on)
    found = [RegionPast(region, len(dates), max(dates)) for region, dates in days.items()]
    return sorted(found, key=lambda each: (-each.last_on.toordinal(), each.region.position))


def steroid_visits(patient, *, on, but=None):
    """How many visits of the 12 months before `on` had a steroid in them."""
    steroid = DrugAdministration.objects.is_of_kind(DrugKind.STEROID, via="drugs__")
    with_steroid = _records(patient, on=on, but=but).filter(steroid)
    return with_steroid.distinct().count()


def _records(patient, *, on, but):
    records = Procedure.objects.injected_into(patient).filter(performed_on__range=(on - A_YEAR, on))
    return records.exclude(appointment=but) if but else records


def warnings(patient, muscles, *, with_steroid, on, but=None):
    """A RepeatWarning for each rule of the clinic that speaks against treating these muscles on the civil day `on`."""
    rules = ClinicRule.objects.in_bulk([SESSIONS, WEEKS, STEROIDS])
    regions = {muscle.region_id for muscle in muscles}
    treated = [each for each in past(patient, on=on, but=but) if each.region.pk in regions]
    found = [*_too_many(treated, rules.get(SESSIONS)), *_too_soon(treated, rules.get(WEEKS), on=on)]
    if with_steroid:
        found += _too_much_steroid(steroid_visits(patient, on=on, but=but), rules.get(STEROIDS))
    return found


def _too_many(treated, rule):
    for each in treated:
        if rule and each.sessions >= rule.value:
            sentence = ngettext(
                "%(region)s: %(count)s session in the last 12 months; this one would be above the clinic's %(most)s.",
                "%(region)s: %(count)s sessions in the last 12 months; this one would be above the clinic's %(most)s.",
                each.sessions,
            )
            numbers = {"region": each.region, "count": each.sessions, "most": rule.value}
            yield RepeatWarning(sentence % numbers, rule.source)


def _too_soon(treated, rule, *, on):
    for each in treated:
        days = (on - each.last_on).days
        if rule and days < rule.value * 7:
            since = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
            sentence = _("%(region)s: the last session was %(since)s ago; the clinic waits %(weeks)s weeks.")
            yield RepeatWarning(sentence % {"region": each.region, "since": since, "weeks": rule.value}, rule.source)


def _too_much_steroid(visits, rule):
    if rule and visits >= rule.value:
        sentence = ngettext(
            "A steroid was given in %(count)s visit of the last 12 months; the clinic's most is %(most)s.",
            "A steroid was given in %(count)s visits of the last 12 months; the clinic's most is %(most)s.",
            visits,
        )
        yield RepeatWarning(sentence % {"count": visits, "most": rule.value}, rule.source)


def problems(procedure):
    """A Problem for each rule that a record does not keep to while nobody has written why."""
    sites = InjectionSite.objects.filter(procedure=procedure.pk).select_related("muscle__region")
    muscles = [site.muscle for site in sites]
    drugs = DrugAdministration.objects.filter(procedure=procedure.pk)
    with_steroid = drugs.filter(preparation__drug__kind=DrugKind.STEROID).exists()
    visit = {"on": procedure.performed_on, "but": procedure.appointment_id}
    for warning in warnings(procedure.patient, muscles, with_steroid=with_steroid, **visit):
        if asked := reasons.unanswered(warning.sentence, procedure.repeat_reason):
            yield Problem(asked, "record", "repeat_reason")


def depth_hints(muscles, bmi):
    """The DepthHint rows of these muscles that fit the body mass index (kg per square metre); all when it is None."""
    hints = DepthHint.objects.filter(muscle__in=[muscle.pk for muscle in muscles]).select_related("muscle")
    return [hint for hint in hints if bmi is None or hint.fits(bmi)]
