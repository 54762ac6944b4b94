"""Side, depth and needle: what no body allows is refused, what is unusual or dangerous is asked about."""

import json
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from procedures.models import BodyRegion, ClinicRule, DepthHint, MuscleGeometry, Procedure, SiteSet
from procedures.records import completeness, geometry, signing, suggestions
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
FIXTURES = Path("procedures/fixtures")
REASON = "Two spots, 3 cm apart, the needle seen all the way."


def muscle(*, depths=(10, 25), danger=None, **fields):
    made = factories.muscle(latin="m. probatus", **fields)
    known = {"depth_from_mm": depths[0], "depth_to_mm": depths[1], "needle_gauge": 25, "needle_length_mm": 110}
    more = {"danger_mm": danger, "danger": "lung"} if danger else {}
    MuscleGeometry.objects.create(muscle=made, source="Book 2020", **known, **more)
    return made


def found(*sites, **once):
    return [(each.part, each.field) for each in completeness.problems(factories.draft(sites=list(sites), once=once))]


def sentences(*sites):
    draft = factories.draft(sites=list(sites))
    return [each.sentence for each in signing.warnings(draft) if each.field == "geometry_reason"]


ASKED = [("record", "geometry_reason")]


@pytest.mark.parametrize(
    ("depth", "problems"),
    [(9, ASKED), (10, []), (25, []), (26, ASKED), (75, ASKED), (76, [("sites", "depth_mm"), *ASKED])],
)
def test_depth_outside_of_the_muscles_range_is_asked_about_and_three_times_as_deep_refused(depth, problems):
    assert found(factories.site(muscle=muscle(), depth_mm=depth, needle_length_mm=110)) == problems


def test_the_question_names_the_range_and_its_source():
    site = factories.site(muscle=muscle(depths=(30, 80)), depth_mm=8)

    assert sentences(site) == ["Probatus, 8 mm deep: usual are 30 to 80 mm. (Book 2020)"]


def test_muscle_of_which_no_depth_is_known_is_not_asked_about():
    assert found(factories.site(muscle=factories.muscle(), depth_mm=80, needle_length_mm=110)) == []


@pytest.mark.parametrize(("depth", "is_asked"), [(30, False), (31, True)])
def test_from_the_depth_of_a_danger_on_two_letters_are_no_reason(depth, is_asked):
    near_lung = muscle(depths=(5, 30), danger=31)
    visit = factories.arrived()

    def asked(reason):
        site = factories.site(muscle=near_lung, depth_mm=depth)
        draft = factories.draft(visit, sites=[site], once={"geometry_reason": reason, "definition": definition})
        return [(problem.part, problem.field) for problem in geometry.problems(draft, list(draft.sites.all()))]

    definition = factories.definition()
    problem = ASKED if is_asked else []
    assert (asked(""), asked("ok"), asked(REASON)) == (problem, problem, [])


def rhomboid():
    """With the clinic's own hints: the rib at 21, 24 and 27 mm by body mass index."""
    made = factories.muscle(slug="rhomboids", latin="mm. rhomboidei")
    for row in json.loads((FIXTURES / "depth_hints.json").read_text()):
        fields = {**row["fields"], "muscle": made}
        bounds = {name: fields[name] and Decimal(fields[name]) for name in ("bmi_from", "bmi_below")}
        DepthHint.objects.create(**fields | bounds)
    return made


@pytest.mark.parametrize(
    ("kg", "depth", "is_asked"),
    [
        *((60, 20, False), (60, 21, True), (70, 23, False), (70, 24, True)),
        *((90, 26, False), (90, 36, True), (None, 20, False), (None, 21, True)),
    ],
)
def test_hint_stops_where_it_says_that_the_rib_is(kg, depth, is_asked):
    """Rhomboid, 36 mm deep, was signed without a word. BMI 20.8, 24.2 and 31.1; unknown: the nearest rib counts."""
    visit = factories.arrived()
    if kg:
        visit.patient.measurements.create(
            weight_kg=kg, height_cm=170, measured_on=visit.on, noted_by=factories.user("physician")
        )
    draft = factories.draft(visit, sites=[factories.site(muscle=rhomboid(), depth_mm=depth)])

    asked = geometry.problems(draft, list(draft.sites.select_related("muscle")))

    assert [problem.field for problem in asked] == (["geometry_reason"] if is_asked else [])


@pytest.mark.parametrize(
    ("depth", "reason", "is_asked"),
    [(33, "", False), (34, "", True), (34, "Thin needle, seen", False), (38, "ok, seen", True), (38, REASON, False)],
)
def test_needle_is_longer_than_its_depth_and_never_in_to_the_hub(depth, reason, is_asked):
    site = factories.site(needle_length_mm=38, depth_mm=depth)

    assert found(site, geometry_reason=reason) == (ASKED if is_asked else [])


def test_the_clinic_sets_how_much_of_a_needle_stays_outside():
    ClinicRule.objects.create(slug="needle-beyond-depth", name="mm outside", value=10, source="Clinic")

    assert found(factories.site(needle_length_mm=40, depth_mm=31)) == ASKED


@pytest.mark.parametrize(("depth", "is_asked"), [(30, False), (31, True)])
def test_a_quarter_of_a_dry_needle_stays_outside(depth, is_asked):
    """WHO 1999: at least a quarter of the shaft."""
    site = factories.site(needle_length_mm=40, depth_mm=depth)
    dry = factories.definition(uses_drugs=False)

    draft = factories.draft(sites=[site], drugs=[], once={"definition": dry})

    problems = [(each.part, each.field) for each in completeness.problems(draft)]
    assert problems == (ASKED if is_asked else [])


def test_muscle_that_there_is_twice_has_no_middle():
    masseter = factories.muscle(latin="m. masseter")

    assert found(factories.site(muscle=masseter, side="middle")) == [("sites", "side")]
    assert found(factories.site(muscle=factories.muscle(has_middle=True), side="middle")) == []


def test_same_place_twice_is_asked_about():
    same = muscle()
    twice = [factories.site(muscle=same), factories.site(muscle=same)]
    other_side = [factories.site(muscle=same), factories.site(muscle=same, side="right")]

    assert (found(*twice), found(*other_side)) == (ASKED, [])
    assert sentences(factories.site(muscle=same), factories.site(muscle=same)) == [
        "Probatus, left, is written 2 times. For two spots say where each was; else remove one."
    ]


def test_muscle_that_is_not_in_the_list_is_named():
    free = factories.muscle(is_free_entry=True, has_middle=True)

    assert found(factories.site(muscle=free)) == [("sites", "which_muscle")]
    assert found(factories.site(muscle=free, which_muscle="m. popliteus")) == []


@pytest.mark.parametrize("fields", [{"side": "middle"}, {"depth_mm": 40, "needle_length_mm": 40}])
def test_database_signs_no_side_that_is_not_there_and_no_needle_in_to_its_hub_without_a_reason(fields):
    draft = factories.draft(sites=[factories.site(**fields)])

    with pytest.raises(Exception, match="the record does not say"), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Procedure._meta.db_table} SET status = 'signed', signed_at = %s, signed_by_id = %s WHERE id = %s",
            [NOW, factories.user("physician").pk, draft.pk],
        )


def rows(name):
    return json.loads((FIXTURES / f"{name}.json").read_text())


def test_every_muscle_of_the_list_has_its_depth_its_needle_and_a_source():
    muscles = [row for name in ("muscles", "further_muscles") for row in rows(name)]
    listed = {
        row["pk"] for row in muscles if row["model"].endswith(".muscle") and not row["fields"].get("is_free_entry")
    }
    known = {row["pk"]: row["fields"] for row in rows("muscle_geometry") if row["model"].endswith("geometry")}

    assert known.keys() == listed
    for fields in known.values():
        assert fields["depth_from_mm"] < fields["depth_to_mm"] <= fields["needle_length_mm"] - 5
        assert fields["source"]


def test_rows_that_the_clinic_loads_fit_the_database():
    names = ["regions", "body_areas", "muscles", "pain_patterns", "further_muscles", "muscle_geometry"]
    call_command("loaddata", *names, "depth_hints", "site_sets", verbosity=0)

    assert {name: ClinicRule.objects.get(pk=name).value for name in geometry.RULES} == geometry.RULES
    assert BodyRegion.objects.filter(muscles__is_free_entry=True).distinct().count() == 6


def test_no_set_of_sites_holds_both_lungs():
    near = {row["pk"] for row in rows("muscles") if row["fields"]["lung_risk"] != "no"}
    items = [
        row["fields"] for row in rows("site_sets") if "site_set" in row["fields"] and row["fields"]["muscle"] in near
    ]

    for _set, its_items in groupby(items, key=lambda item: item["site_set"]):
        assert len({item["side"] for item in its_items}) == 1


def test_set_with_both_lungs_that_a_clinic_has_made_is_offered_side_by_side():
    made = SiteSet.objects.create(slug="both", name="Upper back")
    near, far = factories.muscle(lung_risk="yes"), factories.muscle()
    for each in (near, far):
        for side in ("left", "right"):
            made.items.create(muscle=each, side=side)

    offered = {
        each.name: each.value for each in suggestions.patterns(factories.arrived(), user=factories.user("physician"))
    }

    assert offered == {f"Upper back: {side}": f"{near.pk}:{side},{far.pk}:{side}" for side in ("left", "right")}
