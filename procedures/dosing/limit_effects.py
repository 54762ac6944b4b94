"""What a proposed limit would have changed in the records of the last year, for who is asked to sign it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from procedures.dosing.ceilings import Ceiling
from procedures.models import DosePeriod, DrugAdministration, ProcedureStatus

A_YEAR = timedelta(days=365)
BIG_CHANGE = Decimal("0.10")
EXAMPLES_KG = [Decimal(50), Decimal(70), Decimal(90)]


@dataclass(frozen=True)
class Effect:
    """Of the doses of this drug that were signed in the last year: how many are above the old and the new limit.

    `doses` are those with a known weight, each of one procedure or of one day, `highest_mg` the largest of them.
    `allowed` were above the old limit, or had none, and are within the new one; `stopped` the other way round.
    """

    doses: int
    above_before: int
    above_after: int
    allowed: int
    stopped: int
    highest_mg: Decimal | None


@dataclass(frozen=True)
class Example:
    """The most for one person of this weight, in mg, by the limit in force (None without one) and by the new one."""

    weight_kg: Decimal
    before_mg: Decimal | None
    after_mg: Decimal


def is_big(limit, replaced):
    """Whether any number of it differs by more than a tenth from the limit in force, or there is none in force."""
    if replaced is None:
        return True
    pairs = [(replaced.mg_per_kg, limit.mg_per_kg), (replaced.max_mg, limit.max_mg)]
    return any(_differs(before, after) for before, after in pairs)


def _differs(before, after):
    if before is None or after is None:
        return before != after
    return abs(after - before) > BIG_CHANGE * before


def examples(limit, replaced):
    return [
        Example(kg, replaced and Ceiling(replaced, kg, 0).mg, Ceiling(limit, kg, 0).mg)
        for kg in ([] if limit.is_of_all_steroids else EXAMPLES_KG)
    ]


def effect_of(limit, replaced, *, on):
    """The Effect on the records signed in the year before the civil day `on`. One query."""
    doses = [
        (mg, Ceiling(limit, kg, cut), replaced and Ceiling(replaced, kg, cut)) for mg, kg, cut in _doses(limit, on)
    ]
    after = [mg > new.mg for mg, new, _old in doses]
    before = [old is None or mg > old.mg for mg, _new, old in doses]
    pairs = list(zip(before, after, strict=True))
    return Effect(
        doses=len(doses),
        above_before=sum(before),
        above_after=sum(after),
        allowed=sum(was and not will for was, will in pairs),
        stopped=sum(will and not was for was, will in pairs),
        highest_mg=max((mg for mg, _new, _old in doses), default=None),
    )


def _doses(limit, on):
    """(mg, dosing weight, cut in %) of each procedure, or each day of a patient, with this drug."""
    rows = DrugAdministration.objects.filter(
        procedure__status=ProcedureStatus.SIGNED,
        procedure__performed_on__range=(on - A_YEAR, on),
        drug_slug=limit.drug_id,
        has_adrenaline=limit.with_adrenaline,
        mg_given__isnull=False,
    )
    facts = rows.values_list(
        *("procedure", "procedure__patient", "procedure__performed_on", "procedure__weight_kg"),
        *("procedure__dosing_weight_kg", "procedure__dose_cut_percent", "mg_given"),
    )
    totals, bodies = defaultdict(Decimal), {}
    for procedure, patient, day, weight, chosen, cut, mg in facts.iterator():
        key = (patient, day) if limit.period == DosePeriod.DAY else procedure
        totals[key] += mg
        bodies[key] = (chosen or weight, cut)
    return [(mg, *bodies[key]) for key, mg in totals.items() if bodies[key][0] is not None]
