"""What the database refuses about dose limits, in SQL that both kinds understand: (event, condition, why).

The guards of a dose are not edited by whom they guard: a signed limit stays, a proposal stays as it was proposed, and
no limit above the bounds of the program is signed, by whatever way.
"""

from procedures.dosing.bounds import BOUNDS
from procedures.models import DosePeriod

IN_FORCE = "OLD.signed_at IS NOT NULL"
SIGNED_NOW = "NEW.signed_at IS NOT NULL AND OLD.signed_at IS NULL"


def refused(*, changed):
    """`changed(but=[...])` is SQL for: any column but these was changed."""
    kept = f"{changed(but=['replaced_at'])} OR OLD.replaced_at IS NOT NULL"
    yield "UPDATE", f"{IN_FORCE} AND ({kept})", "a signed limit is replaced, not changed"
    yield "DELETE", IN_FORCE, "a signed limit is replaced, not changed"
    proposed = f"OLD.signed_at IS NULL AND OLD.proposed_by_id IS NOT NULL AND ({changed(but=SIGNATURE)})"
    yield "UPDATE", proposed, "a proposed limit is proposed anew, not changed"
    yield "INSERT", f"NEW.signed_at IS NOT NULL AND ({_above_bounds()})", ABOVE
    yield "UPDATE", f"{SIGNED_NOW} AND ({_above_bounds()})", ABOVE


SIGNATURE = ["signed_at", "signed_by_id"]
ABOVE = "no limit is above the bounds of the program"


def _above_bounds():
    """Also true for a drug that has no bound."""
    of_one_procedure = f"NEW.period = '{DosePeriod.PROCEDURE}'"
    within = " OR ".join(_within(*key, bound) for key, bound in sorted(BOUNDS.items()))
    return f"{of_one_procedure} AND NOT ({within})"


def _within(drug, with_adrenaline, bound):
    rate = "" if bound.mg_per_kg is None else f" AND coalesce(NEW.mg_per_kg, 0) <= {bound.mg_per_kg}"
    adrenaline = "NEW.with_adrenaline" if with_adrenaline else "NOT NEW.with_adrenaline"
    return f"(NEW.drug_id = '{drug}' AND {adrenaline} AND coalesce(NEW.max_mg, 0) <= {bound.max_mg}{rate})"
