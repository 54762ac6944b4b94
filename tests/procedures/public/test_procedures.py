"""Procedure pages and the front page: pictures, what was counted, the first week, questions, all from rows."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse

from aftercare.models import AftercareProtocol
from procedures.models import PICTURES, Frequency, ProcedureDefinition, ProcedureQuestion, Risk
from tests.procedures.public.catalogue_pages import PROCEDURES, read

pytestmark = pytest.mark.django_db


def part(html, anchor):
    found = html[html.index(f'id="{anchor}"') :]
    return found[: found.index("</section>")]


@pytest.mark.once
@pytest.mark.parametrize("name", PICTURES)
def test_every_drawing_exists_and_is_decoration(name):
    svg = render_to_string("components/_figure_step.html", {"name": name})
    other = render_to_string("components/_figure_step.html", {"name": "nothing"})

    assert svg.count("<path") > 4
    assert svg != other
    assert 'aria-hidden="true"' in svg


@pytest.mark.parametrize("slug", PROCEDURES)
def test_each_step_has_its_picture(client, catalogue, slug):
    definition = ProcedureDefinition.objects.get(slug=slug)

    steps = part(read(client, "procedure", [slug]), "steps")

    assert steps.count("<li>") == steps.count('class="figure-step"') == len(definition.step_list)


def test_step_without_a_picture_still_says_its_words(client, catalogue):
    ProcedureDefinition.objects.update(steps="First.\n\nSecond.", step_pictures="talk")

    steps = part(read(client, "procedure", ["trigger-point-block"]), "steps")

    assert steps.count('class="figure-step"') == 1
    assert re.findall(r"<p>(.*?)</p>", steps) == ["First.", "Second."]


@pytest.mark.once
def test_unknown_picture_is_refused_with_the_names_there_are():
    definition = ProcedureDefinition(step_pictures="talk\ndance")

    with pytest.raises(ValidationError) as refused:
        definition.clean_fields(exclude=["slug", "name", "guidance", "visit_type", "summary", "steps"])

    assert "“dance”" in refused.value.message_dict["step_pictures"][0]
    assert "needle-seen" in refused.value.message_dict["step_pictures"][0]


@pytest.mark.parametrize("frequency", Frequency.values)
def test_each_risk_stands_where_it_was_counted_with_its_source(client, catalogue, frequency):
    group = part(read(client, "procedure", ["trigger-point-block"]), frequency)

    told = list(Risk.objects.filter(frequency=frequency))
    assert group.count("<details") == len(told) > 0
    assert [risk.slug for risk in told if not {risk.how_common, risk.source} <= set(texts(group))] == []


def texts(html):
    """The text between tags; sources without the word itself."""
    return [text.strip().removeprefix("Source: ") for text in re.findall(r">([^<]+)<", html)]


def test_what_nobody_counted_is_never_called_common_or_rare(catalogue):
    uncounted = Risk.objects.filter(how_common__startswith="Nobody has counted")

    assert set(uncounted.values_list("frequency", flat=True)) == {Frequency.UNCOUNTED}
    assert Risk.objects.get(slug="pneumothorax").frequency == Frequency.UNCOUNTED


@pytest.mark.parametrize(
    ("hours", "days", "words"),
    [
        (48, 7, ["Lift nothing heavy for 48 hours.", "Still lift nothing heavy.", "Day 2", "By day 7"]),
        (24, 5, ["Lift nothing heavy for 24 hours.", "When 24 hours are over", "By day 5"]),
    ],
)
def test_first_week_comes_from_the_protocol_in_force(client, catalogue, hours, days, words):
    AftercareProtocol.objects.update(lifting_hours=hours, physiotherapy_days=days)

    week = part(read(client, "procedure", ["trigger-point-block"]), "afterwards")

    assert [word for word in words if word not in week] == []
    assert ("Still lift nothing heavy." in week) is (hours > 24)
    assert f"Physiotherapy within {days} days" in week


def test_first_week_is_that_of_the_procedures_own_protocol(client, catalogue):
    own = ProcedureDefinition.objects.get(slug="ultrasound-guided-block")
    AftercareProtocol.objects.create(name="Own", definition=own, lifting_hours=30)

    weeks = {slug: part(read(client, "procedure", [slug]), "afterwards") for slug in PROCEDURES}

    assert {slug: "No heavy lifting: 30 hours" in week for slug, week in weeks.items()} == {
        "trigger-point-block": False,
        "ultrasound-guided-block": True,
    }


def test_page_without_a_protocol_leaves_the_week_out(client, catalogue):
    AftercareProtocol.objects.update(is_current=False)

    assert 'id="afterwards"' not in read(client, "procedure", ["trigger-point-block"])


@pytest.mark.parametrize("slug", PROCEDURES)
def test_page_answers_its_own_questions_in_order(client, catalogue, slug):
    hidden = ProcedureQuestion.objects.first()
    ProcedureQuestion.objects.filter(pk=hidden.pk).update(is_active=False)

    asked = re.findall(r"<summary>(.*?)</summary>", part(read(client, "procedure", [slug]), "questions"))

    own = ProcedureQuestion.objects.filter(definitions__slug=slug, is_active=True)
    assert asked == [question.question for question in own]
    assert hidden.question not in asked


def test_page_without_questions_says_nothing_of_them(client, catalogue):
    ProcedureQuestion.objects.all().delete()

    assert 'id="questions"' not in read(client, "procedure", ["trigger-point-block"])


def test_with_and_without_ultrasound_stand_side_by_side(client, catalogue):
    html = read(client, "procedure", ["trigger-point-block"])

    heads = re.findall(r'<th scope="col">(.*?)</th>', html)
    assert heads == ["Trigger point block", "Ultrasound-guided block"]
    assert "Nobody has counted by how much." in html


def test_single_procedure_is_compared_with_nothing(client, catalogue):
    ProcedureDefinition.objects.filter(slug="ultrasound-guided-block").update(is_active=False)

    assert 'id="comparison"' not in read(client, "procedure", ["trigger-point-block"])


def test_front_page_shows_what_matters_first(client, catalogue):
    html = read(client, "home")

    order = [
        "A trigger point is a small sore knot",
        'class="figure-body"',
        "Where does it hurt? </a>",
        "Book a visit</a>",
    ]
    main = html[html.index("<main") :]
    assert [main.index(words) for words in order] == sorted(main.index(words) for words in order)
    steps = part(html, "how-it-goes")
    assert steps.count("<li>") == steps.count('class="figure-step"') == 4
    assert reverse("clinic") in main
