"""Steroids: what one visit, one region within 12 weeks and one year get, held against limits that a physician signed.

For trigger points no source gives a limit for more than one visit; the rows say so and are rules of the clinic. They
are in mg of triamcinolone, for all steroids together; a visit's are in mg of the steroid itself. Pure: Fractions, mg.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.dosing import bounds
from procedures.models import DosePeriod

# What does as much as 4 mg of triamcinolone, by mouth: https://www.omicsonline.org/articles-images/2157-7536-6-149-t001.html
# (where injected, the relation "may vary considerably"); hydrocortisone, prednisolone and dexamethasone also
# https://niformulary.hscni.net/formulary/6-0-endocrine/6-3-corticosteroids/6-3-2-glucocorticoid-therapy/
SAME_AS_4_MG = {
    "triamcinolone": Fraction(4),
    "methylprednisolone": Fraction(4),
    "prednisolone": Fraction(5),
    "hydrocortisone": Fraction(20),
    "dexamethasone": Fraction(3, 4),
    "betamethasone": Fraction(3, 4),
}
TRIAMCINOLONE = "triamcinolone"
FAR = 2  # times the limit; rule of the clinic, no source found


class Amount(models.TextChoices):
    """Up to the limit, above it, more than twice as much (or more than anybody can tell)."""

    WITHIN = "ok", _("within the limits")
    ABOVE = "near", _("above the limit")
    FAR = "over", _("far above the limit")

    @property
    def is_within(self):
        return self is Amount.WITHIN

    @property
    def is_far(self):
        return self is Amount.FAR


@dataclass(frozen=True)
class Dose:
    """mg of one steroid, and which part of them went into each region (its key)."""

    drug: str
    mg: Fraction
    regions: dict = field(default_factory=dict)

    @property
    def as_triamcinolone(self):
        """mg; None for a steroid that nobody has compared."""
        same = SAME_AS_4_MG.get(self.drug)
        return None if same is None else self.mg * 4 / same


@dataclass(frozen=True)
class Held:
    """What is held against one limit: mg of `most_mg`, of a `drug` in a visit, or of all of them as triamcinolone.

    `most_mg` is None where no limit is in force, `mg` None where one cannot be compared. `region` is a key, or None.
    """

    period: str
    drug: str
    mg: Fraction | None
    most_mg: Fraction | None
    region: int | str | None = None

    @property
    def is_unknown(self):
        return None in (self.mg, self.most_mg)

    @property
    def share(self):
        return None if self.is_unknown else self.mg / self.most_mg

    @property
    def amount(self):
        return amount_of(self.share)


def amount_of(share):
    if share is None or share > FAR:
        return Amount.FAR
    return Amount.ABOVE if share > 1 else Amount.WITHIN


@dataclass(frozen=True)
class Steroids:
    """Everything that the steroids of one record are held against."""

    held: tuple[Held, ...]

    @property
    def visit_share(self):
        """The sum over the steroids of this visit; None where one has no limit."""
        shares = [each.share for each in self.held if each.period == DosePeriod.PROCEDURE]
        return None if None in shares else sum(shares, Fraction(0))

    @property
    def amount(self):
        """The worst of all."""
        amounts = [amount_of(self.visit_share), *(each.amount for each in self.held)]
        return max(amounts, key=list(Amount).index)


def hold(now, *, in_weeks=(), in_year=(), limits):
    """Hold the Doses of a record, with those of the 12 weeks and the 12 months before, against `limits`.

    `limits`: {(drug, period): mg}, those in force. None without a steroid in the record.
    """
    if not now:
        return None
    visit = [_of_visit(drug, now, limits) for drug in sorted({dose.drug for dose in now})]
    keys = sorted({key for dose in now for key, part in dose.regions.items() if part}, key=str)
    regions = [_of_all([*now, *in_weeks], DosePeriod.REGION, limits, region=key) for key in keys]
    return Steroids((*visit, *regions, _of_all([*now, *in_year], DosePeriod.YEAR, limits)))


def _of_visit(drug, now, limits):
    mg = sum((dose.mg for dose in now if dose.drug == drug), Fraction(0))
    return Held(DosePeriod.PROCEDURE, drug, mg, _most_of_visit(drug, limits))


def _most_of_visit(drug, limits):
    """Its own limit, else that of triamcinolone for as much of it; never above the bound of the program."""
    own, common = limits.get((drug, DosePeriod.PROCEDURE)), limits.get((TRIAMCINOLONE, DosePeriod.PROCEDURE))
    if own is None and common is not None and drug in SAME_AS_4_MG:
        own = Fraction(common) * SAME_AS_4_MG[drug] / 4
    bound = bounds.of(drug, with_adrenaline=False)
    if own is None or bound is None:
        return None if own is None else Fraction(own)
    return min(Fraction(own), Fraction(bound.max_mg))


def _of_all(doses, period, limits, *, region=None):
    """All steroids as triamcinolone, in one region or everywhere."""
    parts = [(dose.as_triamcinolone, dose.regions.get(region, 0) if region is not None else 1) for dose in doses]
    compared = [mg * part for mg, part in parts if mg is not None]
    mg = None if any(mg is None and part for mg, part in parts) else sum(compared, Fraction(0))
    most = limits.get((TRIAMCINOLONE, period))
    return Held(period, TRIAMCINOLONE, mg, None if most is None else Fraction(most), region)
