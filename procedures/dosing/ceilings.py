"""The most that a limit allows one person: for this weight, less the cut, and never above the bound of the program."""

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import cached_property

from procedures.dosing import bounds
from procedures.models import DoseLimit, DosePeriod

EXACT = Context(prec=600, traps=[Inexact])


@dataclass(frozen=True)
class Ceiling:
    """The most of one drug that this person may get in the period of `limit`, in mg, and its basis."""

    limit: DoseLimit
    weight_kg: Decimal
    cut_percent: int

    @cached_property
    def mg(self):
        """The smaller of mg/kg x kg and the cap; `cut_percent` is subtracted from the smaller."""
        return EXACT.multiply(self.uncut_mg, Decimal(100 - self.cut_percent).scaleb(-2))

    @cached_property
    def uncut_mg(self):
        return min(mg for mg in (self.mg_by_weight, self.max_mg) if mg is not None)

    @property
    def mg_by_weight(self):
        return None if self.mg_per_kg is None else self.mg_per_kg * self.weight_kg

    @cached_property
    def mg_per_kg(self):
        """The limit's, but never above the bound that no page lifts."""
        return _smaller(self.limit.mg_per_kg, self._bound and self._bound.mg_per_kg)

    @cached_property
    def max_mg(self):
        return _smaller(self.limit.max_mg, self._bound and self._bound.max_mg)

    @cached_property
    def _bound(self):
        """For one procedure; a limit for a day only lowers that."""
        limit = self.limit
        is_bound = limit.period == DosePeriod.PROCEDURE
        return bounds.of(limit.drug_id, with_adrenaline=limit.with_adrenaline) if is_bound else None

    @property
    def is_by_weight(self):
        """True if the weight sets the limit, not the cap."""
        return self.uncut_mg == self.mg_by_weight


def _smaller(*numbers):
    """The smallest that is known; None if none is."""
    return min((number for number in numbers if number is not None), default=None)
