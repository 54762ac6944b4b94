"""Dose limits computed a second time: exact fractions, straight from the text of the rules, to check the app.

CLINICAL.md 1.2, 1.3 and 9 and the clinic's rule for 24 hours; steroids by the text of the clinic's rules. Knows nothing
of the app's code; numbers are strings.
"""

from datetime import timedelta
from fractions import Fraction

A_DAY = timedelta(hours=24)
WORDS = ["ok", "near", "over"]


def verdict(given, before, limits, kg, cut="0"):
    """`given` and `before`: (drug, adrenaline, mg per mL, mL); `limits`: {(drug, adrenaline, hours): (mg/kg, cap)}.

    `hours` is 24 or None for one procedure. Returns the verdict and the sum of fractions, None if a limit is missing.
    """
    keep = 1 - Fraction(cut) / 100
    used = {}
    for drug, adrenaline, strength, volume in [*given, *before]:
        used[drug, adrenaline] = used.get((drug, adrenaline), 0) + Fraction(strength) * Fraction(volume)
    total = Fraction(0)
    for (drug, adrenaline), milligrams in used.items():
        if (drug, adrenaline, None) not in limits:
            return "over", None
        hours = [h for h in (None, 24) if (drug, adrenaline, h) in limits]
        total += max(milligrams / (most(limits[drug, adrenaline, h], kg) * keep) for h in hours)
    return WORDS[(total > Fraction(8, 10)) + (total > 1)], total


def most(limit, kg):
    per_kg, cap = limit
    candidates = []
    if per_kg is not None:
        candidates.append(Fraction(per_kg) * Fraction(kg))
    if cap is not None:
        candidates.append(Fraction(cap))
    return sorted(candidates)[0]


# What no limit goes above, typed a second time: (drug, adrenaline) -> (mg/kg, mg)
MOST = {
    ("lidocaine", False): ("5", "300"),
    ("lidocaine", True): ("7", "500"),
    ("bupivacaine", False): ("2", "175"),
    ("bupivacaine", True): ("3", "225"),
    ("ropivacaine", False): ("3", "300"),
    ("mepivacaine", False): ("5", "400"),
    ("procaine", False): ("10", "600"),
}


def bounded(limits):
    """The limits as they count: for one procedure never above what no page lifts."""
    counted = dict(limits)
    for (drug, adrenaline, hours), numbers in limits.items():
        if hours is None:
            pairs = zip(numbers, MOST[drug, adrenaline], strict=True)
            counted[drug, adrenaline, hours] = tuple(
                bound if n is None else min(n, bound, key=Fraction) for n, bound in pairs
            )
    return counted


# Steroids: 4 mg of triamcinolone do as much as 4 of methylprednisolone and 0.75 of dexamethasone.
AS_TRIAMCINOLONE = {
    "triamcinolone": Fraction(1),
    "methylprednisolone": Fraction(1),
    "dexamethasone": Fraction(400, 75),
}
LABEL_MOST = {"triamcinolone": 80, "methylprednisolone": 80, "dexamethasone": 8}
ANSWERS = ["within", "reason", "two people"]


def steroid_answer(now, before, limits):
    """`now`: (drug, mg, regions of its sites); `before`: with how many days ago, too; `limits`: {(drug, "visit"): mg}.

    "region" and "year" are limits of triamcinolone. More than twice a limit, or one that is missing, takes two people.
    """
    if not now:
        return "within"
    shares = [sum(_share(mg, _visit_limit(drug, limits)) for drug, mg, _regions in now)]
    for region in {region for _drug, _mg, regions in now for region in regions}:
        lately = [*now, *(dose[:3] for dose in before if dose[3] <= 7 * 12)]
        mg = sum(AS_TRIAMCINOLONE[d] * m * Fraction(r.count(region), len(r)) for d, m, r in lately if r)
        shares.append(_share(mg, limits.get(("triamcinolone", "region"))))
    year = [*now, *(dose[:3] for dose in before if dose[3] <= 365)]
    total = sum(AS_TRIAMCINOLONE[drug] * mg for drug, mg, _regions in year)
    shares.append(_share(total, limits.get(("triamcinolone", "year"))))
    worst = max(shares)
    return ANSWERS[(worst > 1) + (worst > 2)]


def _visit_limit(drug, limits):
    own = limits.get((drug, "visit"))
    if own is None and ("triamcinolone", "visit") in limits:
        own = limits["triamcinolone", "visit"] / AS_TRIAMCINOLONE[drug]
    return None if own is None else min(own, LABEL_MOST[drug])


def _share(mg, limit):
    return Fraction(10**6) if limit is None else mg / Fraction(limit)


# What was given before: (state, hours ago, whether it was signed on its day, mL)
NOT_GIVEN = {"nobody", "another"}


def counted(records, *, begins, now):
    """mL of the records that count within 24 hours of `now`; the visit itself began at `begins`. Times are aware."""
    return sum(Fraction(ml) for state, starts, signed, ml in records if _counts(state, starts, signed, begins, now))


def _counts(state, starts, signed, begins, now):
    if state in NOT_GIVEN:
        return False
    if abs(starts - begins) < A_DAY:
        return True
    midnight = starts.replace(hour=0, minute=0, second=0, microsecond=0) + A_DAY
    latest = signed if signed is not None and signed.date() == starts.date() else min(midnight, now)
    return latest >= now - A_DAY
