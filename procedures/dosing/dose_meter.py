"""Doses of local anaesthetics, compared with the limits that the clinic's physicians have signed.

A dose counts as the share of its limit that it uses up, and shares add: over sites, mixtures and the last 24 hours.
That the toxicities of different local anaesthetics are "additive" is Metodebok Norway 2023 and PMID 2457347; the sum of
fractions is how we calculate it. Everything is Decimal: mL, mg, kg; a share has no unit and 1 is the limit itself.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cached_property, reduce

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.errors import DomainError
from procedures.dosing import bounds
from procedures.dosing.ceilings import EXACT, Ceiling
from procedures.models import DosePeriod, Drug

NEAR_FROM, FULL = Decimal("0.80"), Decimal(1)
LIGHTEST_KG, HEAVIEST_KG = Decimal(20), Decimal(250)
MAX_CUT_PERCENT = 50
# CLINICAL.md 1.6: percent x 10 = mg per mL; of the anaesthetics listed the weakest has 2 mg per mL, the strongest 20.
WEAKEST, STRONGEST = Decimal(1), Decimal(20)
THREE_DECIMALS = Decimal("0.001")


class Verdict(models.TextChoices):
    """How much of the limits is used up: up to 0.80, up to 1.00, more (or more than anybody can tell)."""

    OK = "ok", gettext_lazy("within the limits")
    NEAR = "near", gettext_lazy("near the limit")
    OVER = "over", gettext_lazy("over the limit")

    @property
    def is_ok(self):
        return self is Verdict.OK

    @property
    def is_near(self):
        return self is Verdict.NEAR


class DoseRefused(DomainError):
    """The dose cannot be calculated at all: a weight or volume that is missing or impossible, or a wrong strength.

    `row` is the drug whose `field` is wrong; None when `field` is one of the record.
    """

    def __init__(self, sentence, *, field, row=None):
        super().__init__(sentence, field=field)
        self.row = row


@dataclass(frozen=True)
class Row:
    """One drug with or without adrenaline: what is given now, what was given before, and the ceiling it is closest to.

    `mg` is this record's (None where the product has no strength: saline), `earlier_mg` that of the last 24 hours.
    `has_day_limit` is False where no limit for 24 hours is in force: then that for one procedure stands for the day.
    `counted_mg` of them is compared with `ceiling`; that is None for drugs without limits, and for a local anaesthetic
    whose limit nobody has signed.
    """

    drug: Drug
    with_adrenaline: bool
    volume_ml: Decimal
    mg: Decimal | None
    earlier_mg: Decimal = Decimal(0)
    ceiling: Ceiling | None = None
    counted_mg: Decimal = Decimal(0)
    has_day_limit: bool = True

    @property
    def is_anaesthetic(self):
        return bounds.is_anaesthetic(self.drug)

    @property
    def is_steroid(self):
        return bounds.is_steroid(self.drug)

    @property
    def says_no_day_limit(self):
        """Where it matters: something of it was given before, or little is left."""
        return bool(self.ceiling and not self.has_day_limit and (self.earlier_mg or not self.verdict.is_ok))

    @property
    def lacks_limit(self):
        return self.is_anaesthetic and self.ceiling is None

    @property
    def share(self):
        return None if self.ceiling is None else self.counted_mg / self.ceiling.mg

    @property
    def verdict(self):
        return Verdict.OVER if self.lacks_limit else _verdict([self])

    @property
    def shown_share(self):
        return None if self.ceiling is None else _rounded(self.share, self.verdict)

    @property
    def percent(self):
        """Of the limit, for the length of a bar."""
        return 0 if self.ceiling is None else int(self.share * 100)


@dataclass(frozen=True)
class Meter:
    """The total of the drugs of one record, with those of the last 24 hours."""

    rows: tuple[Row, ...]
    weight_kg: Decimal | None
    cut_percent: int
    is_mixture: bool

    @property
    def counted(self):
        return [row for row in self.rows if row.ceiling]

    @property
    def without_limit(self):
        """The local anaesthetics without a signed limit in force: nobody can say how much is too much."""
        return [row for row in self.rows if row.lacks_limit]

    @property
    def total(self):
        """The sum of all shares that can be calculated."""
        return sum((row.share for row in self.counted), Decimal(0))

    @cached_property
    def verdict(self):
        return Verdict.OVER if self.without_limit else _verdict(self.counted)

    @property
    def needs_second_person(self):
        return self.verdict == Verdict.OVER

    @property
    def shown_total(self):
        return _rounded(self.total, _verdict(self.counted))

    @property
    def percent(self):
        return int(self.total * 100)


def meter(drugs, *, limits, weight_kg, cut_percent=0, earlier=()):
    """Add up what `drugs` use of their limits, together with the `earlier` ones of the last 24 hours. Pure.

    Both are DrugAdministration rows, saved or not (volume in mL); `limits` the DoseLimit rows of one profile that are
    in force; `weight_kg` the dosing weight, needed when there is a local anaesthetic; `cut_percent` lowers
    every limit. The share of a drug is its mg of 24 hours, this record's among them, by the lower of its limits for one
    procedure and for a day: labels do not say how soon the first may be used again, so it is not within a day.

    Raises DoseRefused: weight not from 20 to 250 kg, volume not above 0, an anaesthetic not from 1 to 20 mg per mL.
    """
    drugs, earlier = list(drugs), [drug for drug in earlier if _is_anaesthetic(drug)]
    for drug in [*drugs, *earlier]:
        _refuse_impossible(drug)
    if anaesthetics := {drug.preparation.drug_id for drug in drugs if _is_anaesthetic(drug)}:
        _refuse_weight(weight_kg)
    if earlier and not anaesthetics:
        earlier = []  # nothing of it is given now
    if not 0 <= cut_percent <= MAX_CUT_PERCENT:
        raise DoseRefused(_("Limits are lowered by 0 to 50 %."), field="dose_cut_percent")
    known = {(limit.drug_id, limit.with_adrenaline, limit.period): limit for limit in limits}

    def ceiling(key, period):
        limit = known.get((*key, period))
        return limit and Ceiling(limit, weight_kg, cut_percent)

    rows = tuple(_row(key, given, before, ceiling) for key, given, before in _by_drug(drugs, earlier))
    return Meter(rows, weight_kg, cut_percent, is_mixture=len(anaesthetics) > 1)


def strength_refusal(drug, mg_per_ml):
    """Why a product of this drug cannot have this strength, in a sentence; "" when it can.

    Catches a percentage written as mg per mL (0.25 for 2.5) and one that is written ten times too strong.
    """
    if not bounds.is_anaesthetic(drug):
        return ""
    if mg_per_ml is None:
        return _("A local anaesthetic needs its strength in mg per mL. Percent times 10 is mg per mL.")
    if WEAKEST <= mg_per_ml <= STRONGEST:
        return ""
    sentence = _("%(drug)s with %(strength)s mg in 1 mL cannot be right: 1 to 20 is. Percent times 10 is mg per mL.")
    return sentence % {"drug": drug, "strength": formats.localize(mg_per_ml)}


def _is_anaesthetic(drug):
    return bounds.is_anaesthetic(drug.preparation.drug)


def _refuse_impossible(drug):
    if drug.volume_ml is None or drug.volume_ml <= 0:
        raise DoseRefused(_("Write the volume in mL, more than 0."), field="volume_ml", row=drug)
    if sentence := strength_refusal(drug.preparation.drug, drug.preparation.mg_per_ml):
        raise DoseRefused(sentence, field="preparation", row=drug)


def _refuse_weight(weight_kg):
    if weight_kg is None:
        raise DoseRefused(_("Write the patient's weight. Without it no dose is reckoned."), field="weight_kg")
    if not LIGHTEST_KG <= weight_kg <= HEAVIEST_KG:
        raise DoseRefused(_("The weight is from 20 to 250 kg."), field="weight_kg")


def _by_drug(drugs, earlier):
    """(drug, adrenaline), what is given now, what was given before; in the order in which they were written."""
    groups = {}
    for place, rows in enumerate((drugs, earlier)):
        for row in rows:
            key = (row.preparation.drug_id, row.preparation.has_adrenaline)
            groups.setdefault(key, ([], []))[place].append(row)
    return [(key, *parts) for key, parts in groups.items()]


def _row(key, given, before, ceiling):
    drug, now, earlier = (given or before)[0].preparation.drug, _mg(given), _mg(before)
    volume = sum((each.volume_ml for each in given), Decimal(0))
    plain = {
        "drug": drug,
        "with_adrenaline": key[1],
        "volume_ml": volume,
        "mg": now,
        "earlier_mg": earlier or Decimal(0),
    }
    procedure, day = ceiling(key, DosePeriod.PROCEDURE), ceiling(key, DosePeriod.DAY)
    if procedure is None or not bounds.is_anaesthetic(drug):
        return Row(**plain)
    lower = min((each for each in (procedure, day) if each), key=lambda each: each.mg)
    return Row(**plain, ceiling=lower, counted_mg=now + earlier, has_day_limit=day is not None)


def _mg(drugs):
    """mg of active substance; None when nothing of it has a strength."""
    amounts = [
        EXACT.multiply(d.volume_ml, d.preparation.mg_per_ml) for d in drugs if d.preparation.mg_per_ml is not None
    ]
    return sum(amounts, Decimal(0)) if amounts or not drugs else None


def _verdict(rows):
    if _exceed(rows, FULL):
        return Verdict.OVER
    return Verdict.NEAR if _exceed(rows, NEAR_FROM) else Verdict.OK


def _exceed(rows, bound):
    """Is the sum of the shares above `bound`? Exact: with a common denominator, nothing is rounded."""
    ceilings = [row.ceiling.mg for row in rows]
    total = Decimal(0)
    for n, row in enumerate(rows):
        total = EXACT.add(total, _product(row.counted_mg, *ceilings[:n], *ceilings[n + 1 :]))
    return total > _product(bound, *ceilings)


def _product(*factors):
    return reduce(EXACT.multiply, factors)


def _rounded(share, verdict):
    """Three decimals, half up; rounded up if the verdict would otherwise differ from the exact one."""
    shown = share.quantize(THREE_DECIMALS, ROUND_HALF_UP)
    band = Verdict.OVER if shown > FULL else Verdict.NEAR if shown > NEAR_FROM else Verdict.OK
    return shown if band == verdict else share.quantize(THREE_DECIMALS, ROUND_CEILING)
