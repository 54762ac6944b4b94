"""What a record must say before it may be signed, beyond site, drug and pain."""

import pytest

from procedures.errors import RecordIncomplete
from procedures.models import Complication
from procedures.records import completeness, signing
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def found(**parts):
    """(part, field) of each problem of an otherwise complete record."""
    return [(problem.part, problem.field) for problem in completeness.problems(factories.draft(**parts))]


def test_complete_record_has_no_problem():
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"depth_mm": None}, "depth_mm"), ({"twitch": ""}, "twitch"), ({"is_confirmed": False}, "is_confirmed")],
)
def test_each_site_says_its_depth_its_twitch_and_that_the_patient_agreed(changes, field):
    draft = factories.draft(sites=[factories.site(), factories.site(**changes)])

    problem, *others = completeness.problems(draft)

    assert (problem.part, problem.field, problem.row, others) == ("sites", field, draft.sites.last(), [])


@pytest.mark.parametrize("name", ["needles_in", "needles_out", "observation_minutes", "had_complications"])
def test_what_came_afterwards_must_be_said(name):
    assert found(once={name: None}) == [("record", name)]


def test_nought_is_an_answer():
    assert found(once={"needles_in": 0, "needles_out": 0, "observation_minutes": 0}) == []


def wrong(kind="faint"):
    return Complication(kind=kind, what_was_done="Laid down, pulse felt.")


@pytest.mark.parametrize(
    ("had", "rows", "problems"),
    [
        (True, [], [("complications", "kind")]),
        (True, ["faint"], []),
        (False, ["faint"], [("record", "had_complications")]),
        (False, [], []),
    ],
)
def test_what_went_wrong_is_said_with_what_was_done(had, rows, problems):
    assert found(once={"had_complications": had}, complications=[wrong(kind) for kind in rows]) == problems


@pytest.mark.parametrize(
    ("used", "out", "kinds", "problems"),
    [
        (3, 3, [], []),
        (3, 2, [], [("record", "needles_out")]),
        (2, 3, [], [("record", "needles_out")]),
        (3, 2, ["faint"], [("record", "needles_out")]),
        (3, 2, ["needle"], []),
    ],
)
def test_needles_that_were_used_are_counted_out_or_the_missing_one_is_told(used, out, kinds, problems):
    once = {"needles_in": used, "needles_out": out, "had_complications": bool(kinds)}

    assert found(once=once, complications=[wrong(kind) for kind in kinds]) == problems


@pytest.mark.parametrize(
    ("sides", "lungs", "is_asked"),
    [
        (["left", "right"], ["yes", "yes"], True),
        (["left", "right"], ["upper", "yes"], True),
        (["left", "right"], ["yes", "no"], False),
        (["left", "left"], ["yes", "yes"], False),
        (["left", "middle"], ["yes", "yes"], True),
        (["middle", "middle"], ["yes", "upper"], True),
        (["middle"], ["yes"], False),
    ],
)
def test_both_sides_of_the_chest_in_one_visit_need_an_answer(sides, lungs, is_asked):
    sites = [
        factories.site(
            side=side, muscle=factories.muscle(lung_risk=lung, has_middle=True), no_ultrasound_reason="pinched"
        )
        for side, lung in zip(sides, lungs, strict=True)
    ]
    asked = [("record", "both_sides_reason")] if is_asked else []

    assert found(sites=sites) == asked


def test_both_sides_of_the_chest_are_signed_with_a_reason():
    sites = [
        factories.site(side=side, muscle=factories.muscle(lung_risk="yes"), no_ultrasound_reason="pinched away")
        for side in ("left", "right")
    ]
    visit = factories.arrived()

    assert completeness.problems(factories.draft(visit, sites=sites, once={"both_sides_reason": " "})) != []
    assert (
        completeness.problems(
            factories.draft(visit, sites=sites, once={"both_sides_reason": "Thick muscle, held away"})
        )
        == []
    )


def test_a_record_that_lacks_something_is_not_signed():
    factories.protocol()
    draft = factories.draft(sites=[factories.site(is_confirmed=False)])

    with pytest.raises(RecordIncomplete, match="Stop before you inject"):
        signing.sign(draft, by=factories.user("physician"), at=NOW)


def test_draft_keeps_the_drug_with_its_site_and_the_lot_in_capitals():
    left, right = factories.site(side="left"), factories.site(side="right")
    drugs = [factories.drug(lot=" lx-1 ", site=right), factories.drug()]

    draft = factories.draft(sites=[left, right], drugs=drugs)

    assert list(draft.drugs.values_list("site__side", "lot")) == [("right", "LX-1"), (None, "A1")]


def test_version_tells_a_drug_at_one_site_from_the_same_at_another():
    visit = factories.arrived()

    def version(number):
        sites = [factories.site(muscle=muscle) for muscle in muscles]
        return signing.version(
            factories.draft(visit, sites=sites, drugs=[factories.drug(site=sites[number])], once=once)
        )

    muscles = [factories.muscle(), factories.muscle()]
    once = {"definition": factories.definition()}

    assert version(0) == version(0)
    assert version(0) != version(1)
