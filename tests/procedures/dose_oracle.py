"""Dose limits once more, by somebody else: whole fractions, straight from the text of the rules, to check the app by.

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
    for now, doses in ((True, given), (False, before)):
        for drug, adrenaline, strength, volume in doses:
            pair = used.setdefault((drug, adrenaline), [Fraction(0), Fraction(0)])
            milligrams = Fraction(strength) * Fraction(volume)
            pair[1] += milligrams
            if now:
                pair[0] += milligrams
    total = Fraction(0)
    for (drug, adrenaline), (now, in_a_day) in used.items():
        if (drug, adrenaline, None) not in limits:
            return "over", None
        once = most(limits[drug, adrenaline, None], kg) * keep
        day = most(limits.get((drug, adrenaline, 24)) or limits[drug, adrenaline, None], kg) * keep
        total += max(now / once, in_a_day / day)
    return WORDS[(total > Fraction(8, 10)) + (total > 1)], total


def most(limit, kg):
    per_kg, cap = limit
    candidates = []
    if per_kg is not None:
        candidates.append(Fraction(per_kg) * Fraction(kg))
    if cap is not None:
        candidates.append(Fraction(cap))
    return sorted(candidates)[0]
