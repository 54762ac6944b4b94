"""Steroids: what is held against the limits of a visit, a region and a year, and how much of each needs what."""

import os
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from procedures.dosing import steroids
from procedures.dosing.steroids import Amount, Dose
from tests.procedures.dosing import dose_oracle

pytestmark = pytest.mark.once

CASES = 100_000 if os.environ.get("CHAOS") == "full" else 5_000
VISIT, WEEKS, YEAR = "procedure", "12-weeks", "year"
LIMITS = {
    ("triamcinolone", VISIT): Decimal(40),
    ("methylprednisolone", VISIT): Decimal(20),
    ("dexamethasone", VISIT): Decimal(4),
    ("triamcinolone", WEEKS): Decimal(40),
    ("triamcinolone", YEAR): Decimal(120),
}


def dose(mg, drug="triamcinolone", *regions):
    regions = regions or ("neck",)
    parts = {region: Fraction(regions.count(region), len(regions)) for region in regions}
    return Dose(drug, Fraction(mg), parts)


def amount(now, *, limits=LIMITS, **before):
    return steroids.hold(now, limits=limits, **before).amount


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([dose("40")], Amount.WITHIN),
        ([dose("40.01")], Amount.ABOVE),
        ([dose("80")], Amount.ABOVE),
        ([dose("80.01")], Amount.FAR),
        ([dose("4000"), dose("400", "dexamethasone")], Amount.FAR),
        ([dose("20", "methylprednisolone")], Amount.WITHIN),
        ([dose("20.5", "methylprednisolone")], Amount.ABOVE),
        ([dose("4", "dexamethasone")], Amount.WITHIN),
        ([dose("20"), dose("10", "methylprednisolone")], Amount.WITHIN),  # half of each
        ([dose("20"), dose("11", "methylprednisolone")], Amount.ABOVE),
        ([dose("1", "cortivazol")], Amount.FAR),  # nobody has compared it
    ],
)
def test_visit_is_held_against_the_limit_of_each_steroid_and_their_sum(now, expected):
    assert amount(now) == expected


def test_region_counts_what_it_got_in_twelve_weeks_and_no_other_region():
    neck_before, hip_before = dose("30"), dose("30", "triamcinolone", "hip")

    assert amount([dose("20")], in_weeks=[hip_before]) == Amount.WITHIN
    assert amount([dose("20")], in_weeks=[neck_before]) == Amount.ABOVE
    assert amount([dose("40", "triamcinolone", "neck", "hip", "hip", "hip")], in_weeks=[neck_before]) == Amount.WITHIN
    assert amount([dose("40")], in_weeks=[neck_before, neck_before]) == Amount.FAR


def test_year_counts_all_steroids_as_triamcinolone():
    dexamethasone = dose("3.75", "dexamethasone", "hip")  # as 20 mg

    assert amount([dose("40")], in_year=[dexamethasone] * 4) == Amount.WITHIN
    assert amount([dose("40")], in_year=[dexamethasone] * 5) == Amount.ABOVE
    assert amount([dose("40")], in_year=[dexamethasone] * 11) == Amount.FAR


@pytest.mark.parametrize("missing", [("triamcinolone", VISIT), ("triamcinolone", WEEKS), ("triamcinolone", YEAR)])
def test_limit_that_nobody_signed_needs_two_people(missing):
    limits = {key: mg for key, mg in LIMITS.items() if key != missing}

    assert amount([dose("1")], limits=limits) == Amount.FAR


def test_steroid_without_a_limit_of_its_own_has_that_of_triamcinolone_and_never_above_its_label():
    limits = {key: mg for key, mg in LIMITS.items() if key[0] == "triamcinolone"}
    high = limits | {("triamcinolone", VISIT): Decimal(400), ("triamcinolone", WEEKS): Decimal(400)}

    (of_visit, *_rest) = steroids.hold([dose("1", "dexamethasone")], limits=limits).held
    (of_high, *_rest) = steroids.hold([dose("1")], limits=high).held

    assert (of_visit.most_mg, of_high.most_mg) == (Fraction("7.5"), 80)


def test_without_a_steroid_there_is_nothing_to_hold():
    assert steroids.hold([], in_year=[dose("999")], limits=LIMITS) is None


# Against the oracle


def random_case(chance):
    drugs = list(dose_oracle.AS_TRIAMCINOLONE)

    def one():
        regions = [chance.choice(["neck", "hip", "head"]) for _ in range(chance.randint(1, 4))]
        mg = Fraction(chance.choice([1, 4, 5, 10, 15, 20, 30, 40, 60, 80]))
        return (chance.choice(drugs), mg, regions)

    now = [one() for _ in range(chance.choice([0, 1, 1, 1, 2, 3]))]
    before = [(*one(), chance.choice([1, 30, 83, 84, 85, 200, 364, 365, 366])) for _ in range(chance.randint(0, 5))]
    limits = {("triamcinolone", "visit"): 40, ("triamcinolone", "region"): 40, ("triamcinolone", "year"): 120}
    limits |= {("methylprednisolone", "visit"): 20, ("dexamethasone", "visit"): 4}
    for key in list(limits):
        if chance.random() < 0.05:
            del limits[key]
        elif chance.random() < 0.2:
            limits[key] *= chance.choice([2, 3, 10])
    return now, before, {key: Fraction(mg) for key, mg in limits.items()}


def found_for(now, before, limits):
    periods = {"visit": VISIT, "region": WEEKS, "year": YEAR}
    in_force = {(drug, periods[period]): mg for (drug, period), mg in limits.items()}
    given = [dose(mg, drug, *regions) for drug, mg, regions in now]
    past = [(dose(mg, drug, *regions), days) for drug, mg, regions, days in before]
    in_weeks, in_year = ([each for each, days in past if days <= most] for most in (84, 365))
    held = steroids.hold(given, in_weeks=in_weeks, in_year=in_year, limits=in_force)
    return held.amount if held else Amount.WITHIN


def test_no_steroid_passes_that_the_oracle_stops(capsys):
    chance, counted, wrong = Random(141), dict.fromkeys(dose_oracle.ANSWERS, 0), []
    answers = dict(zip(Amount, dose_oracle.ANSWERS, strict=True))

    for _ in range(CASES):
        case = random_case(chance)
        expected, found = dose_oracle.steroid_answer(*case), answers[found_for(*case)]
        counted[expected] += 1
        if found != expected:
            wrong.append((case, found, expected))

    with capsys.disabled():
        print(f"\nsteroid oracle: {CASES:,} random cases, {counted}; {len(wrong)} differ")
    assert wrong == []
    assert min(counted.values()) > CASES // 20
