"""The figure above the rows of sites: each site's number where its muscle lies, as the server draws it."""

import re

import pytest

from procedures.forms.practice.record_figure import Figure, Mark, middle_of
from procedures.models import BodyArea, PainPattern
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of, site_row, typed

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:20"), tick=False)]
# Key, side, and an outline whose middle is at these x and y: the front is left of 152.
SHAPES = {
    "chest-left": ("left", (90, 100)),
    "chest-right": ("right", (60, 100)),
    "back-left": ("left", (210, 100)),
    "spine": ("middle", (228, 120)),
}


def outline(x, y):
    return f"M{x - 5} {y - 5}L{x + 5} {y - 5}L{x + 5} {y + 5}L{x - 5} {y + 5}z"


@pytest.fixture
def muscle():
    muscle = factories.muscle(slug="alpha", latin="m. alpha")
    areas = [
        BodyArea.objects.create(
            slug=key, name=key, view="front", side=side, region=muscle.region, shape=outline(*middle), position=number
        )
        for number, (key, (side, middle)) in enumerate(SHAPES.items())
    ]
    PainPattern.objects.create(muscle=muscle).lies_in.set(areas)
    return muscle


def figure():
    return Figure({area.slug: area for area in BodyArea.objects.all()})


@pytest.mark.parametrize(
    ("side", "areas"),
    [
        ("left", {"chest-left", "back-left", "spine"}),
        ("right", {"chest-right", "spine"}),
        ("middle", {"spine"}),
        ("", set()),
        (None, set()),
    ],
)
def test_site_is_marked_on_its_side_only(muscle, side, areas):
    assert figure().marked_by([(1, "alpha", side)]) == areas


def test_middle_of_a_muscle_without_an_area_there_is_both_sides(muscle):
    BodyArea.objects.get(slug="spine").delete()

    assert figure().marked_by([(1, "alpha", "middle")]) == {"chest-left", "chest-right", "back-left"}


def test_number_stands_once_on_the_front_and_once_on_the_back(muscle):
    marks = figure().marks_of([(1, "alpha", "left"), (2, "alpha", "right"), (3, "alpha", "left"), (4, "gone", "left")])

    assert set(marks) == {Mark(90, 100, "1 3"), Mark(210, 100, "1 3"), Mark(60, 100, "2"), Mark(228, 120, "2")}
    assert {mark.x for mark in marks if mark.is_left} == {60, 210}


@pytest.mark.parametrize("shape", ["M1 1c3 3 4 4 5 5z", ""])
def test_outline_that_cannot_be_measured_has_no_middle(shape):
    assert middle_of(BodyArea(shape=shape)) is None


def test_page_marks_what_is_entered(client, visit, muscle):
    page = client.post(address_of(visit), typed(visit, site_row(muscle="alpha", side="right"), add_site="1"))

    html = page.content.decode()
    assert re.findall(r'class="site-area is-marked" data-area="([^"]+)"', html) == ["chest-right", "spine"]
    marks = re.findall(r'<text class="site-mark[^"]*" x="([\d.]+)" y="([\d.]+)">([^<]+)', html)
    assert set(marks) == {("60.0", "100.0", "1"), ("228.0", "120.0", "1")}
