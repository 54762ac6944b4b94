"""A muscle that is not in the list: planned, agreed to and recorded in words; and the same order in plan and record."""

import pytest

from procedures.consent import record_problems
from procedures.forms.practice.muscle_choices import choices_of, regions_of
from procedures.forms.practice.plans import rows_of
from procedures.forms.practice.record_choices import Shelf
from procedures.forms.practice.record_sites import SiteForm
from procedures.models import Muscle, MuscleGeometry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def free():
    names = {"name": "another muscle of the leg", "latin": "another muscle"}
    return factories.muscle(is_free_entry=True, has_middle=True, **names)


def sent(**fields):
    row = {"muscle": "", "side": "left", "which_muscle": ""} | fields
    data = {f"sites-0-{name}": value for name, value in row.items()}
    return rows_of(data | {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "0"})


@pytest.mark.parametrize(("words", "is_asked"), [("", True), (" ", True), ("m. popliteus", False)])
def test_plan_asks_which_muscle_it_is(free, words, is_asked):
    rows = sent(muscle=free.pk, which_muscle=words)

    assert ([*rows.forms[0].errors], rows.forms[0].asks_which) == (["which_muscle"] if is_asked else [], True)


def test_plan_of_a_muscle_that_there_is_twice_has_no_middle(free):
    paired = factories.muscle(latin="m. masseter")

    assert sent(muscle=paired.pk, side="middle").forms[0].errors == {
        "side": ["Masseter has a left and a right, and no middle. Choose the side."]
    }
    assert sent(muscle=free.pk, side="middle", which_muscle="m. alius").is_valid()


def test_record_of_another_muscle_than_was_planned_differs(free):
    site = factories.site(muscle=free, which_muscle="M. popliteus")
    draft = factories.draft(sites=[site])
    plan = draft.appointment.procedure_plan

    plan.sites.update(which_muscle="m. popliteus")
    same = record_problems.differences(draft, plan)
    plan.sites.update(which_muscle="m. plantaris")
    other = record_problems.differences(draft, plan)

    assert (same, len(other)) == ([], 2)
    assert other[0] == "M. plantaris: planned left, recorded not at all"
    assert str(draft.sites.get()) == "M. popliteus, left"


def test_plan_and_record_have_the_muscles_in_one_order_with_any_other_last(free):
    names = {"Zygomaticus": "a cheek", "Alaris": "z nose"}
    made = {latin: factories.muscle(latin=f"m. {latin.lower()}", name=name) for latin, name in names.items()}

    shelf = Shelf(on=factories.NOW.date())
    plan = choices_of(regions_of(Muscle.objects.select_related("region")))

    assert shelf.muscle_choices == plan == rows_of().empty_form.fields["muscle"].choices
    assert [pk for pk, _label in plan[1][1]] == [made["Alaris"].pk, made["Zygomaticus"].pk, free.pk]


@pytest.mark.parametrize(
    ("typed", "is_said"),
    [
        ({}, True),
        ({"needle_gauge": "22"}, False),
        ({"needle_gauge": "22", "depth_mm": "8"}, True),
        ({"needle_gauge": "22", "depth_mm": "40"}, False),
        ({"needle_gauge": "22", "depth_mm": "85"}, True),
        ({"needle_gauge": "22", "depth_mm": "x"}, False),
    ],
)
def test_row_says_how_deep_its_muscle_lies_until_the_needle_is_chosen_and_when_the_depth_is_unusual(typed, is_said):
    deep = factories.muscle(latin="m. piriformis")
    known = {"depth_from_mm": 30, "depth_to_mm": 80, "needle_gauge": 22, "needle_length_mm": 89}
    MuscleGeometry.objects.create(muscle=deep, source="Book", danger_mm=85, danger="nerve", **known)

    form = SiteForm(initial={"muscle": deep.pk} | typed, shelf=Shelf(on=factories.NOW.date()), on=factories.NOW.date())

    words = "Usual 30 to 80 mm, needle 22 G 89 mm · danger from 85 mm"
    assert (form.usual_depth.words, form.says_depth) == (words, is_said)
