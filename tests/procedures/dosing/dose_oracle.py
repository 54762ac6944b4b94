"""Dose limits computed a second time: exact fractions, straight from the text of the rules, to check the app.

CLINICAL.md 1.2, 1.3 and 9 and the clinic's rule for 24 hours. Knows nothing of the app's code; numbers are strings.
"""

from fractions import Fraction

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
