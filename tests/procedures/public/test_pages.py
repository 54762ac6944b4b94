"""The public pages: the catalogue's text and few queries."""

import re

import pytest
from django.urls import reverse
from model_bakery import baker

from aftercare.models import AftercareProtocol
from clinic.models import Page, VisitType
from clinic.scheduling import timetable
from clinic.templatetags.words import Block, after_colon, before_colon, blocks, points
from procedures.models import BodyRegion, ProcedureDefinition, Risk, Urgency
from procedures.views.public.risks import after_first_list
from tests.procedures.public.catalogue_pages import (
    PAGES,
    PROCEDURES,
    REGIONS,
    WRITTEN_PAGES,
    every_page,
    read,
)
from tests.web import NOT_FOUND, refusal

pytestmark = pytest.mark.django_db


def visible(text):
    """Every line of a text as the page shows it, without the mark of a point and what comes before a colon."""
    lines = [line.removeprefix("- ") for line in text.splitlines() if line.strip()]
    return [part for line in lines for part in line.split(": ")]


@pytest.mark.parametrize("slug", WRITTEN_PAGES)
def test_page_says_the_words_of_the_catalogue(client, catalogue, slug):
    page = Page.objects.get(slug=slug)

    html = read(client, slug)

    words = [page.title, page.lead, *(section.heading for section in page.sections.all())]
    words += [line for section in page.sections.all() for line in visible(section.body)]
    assert [word for word in words if word not in html] == []


@pytest.mark.parametrize("key", REGIONS)
def test_region_page_says_what_people_feel_and_what_to_do(client, catalogue, key):
    region = BodyRegion.objects.get(key=key)

    html = read(client, "region", [key])

    words = [region.name, *visible(region.felt_like), *visible(region.what_we_do), *visible(region.see_a_doctor_first)]
    assert [word for word in words if word not in html] == []


@pytest.mark.parametrize("slug", PROCEDURES)
def test_procedure_page_says_the_words_of_the_catalogue(client, catalogue, slug):
    definition = ProcedureDefinition.objects.get(slug=slug)

    html = read(client, "procedure", [slug])

    words = [definition.name, definition.summary, *definition.step_list, definition.good_when]
    words += visible(definition.what_you_may_feel)
    assert [word for word in words if word not in html] == []


@pytest.mark.parametrize(("slug", "minutes"), [("trigger-point-block", 40), ("ultrasound-guided-block", 45)])
def test_minutes_come_from_the_visit_type(client, catalogue, slug, minutes):
    VisitType.objects.filter(slug=slug).update(usual_sites=3)

    html = read(client, "procedure", [slug])

    assert f"<dt> minutes in all, with 3 knots </dt> <dd>{minutes + 5}</dd>" in html


@pytest.mark.parametrize("slug", PROCEDURES)
def test_minutes_of_the_parts_add_up(client, catalogue, slug):
    html = read(client, "procedure", [slug])

    total, *parts = map(int, re.findall(r"<dt> ?minutes [^<]*</dt> <dd>(\d+)</dd>", html))
    assert (total, sum(parts)) == (VisitType.objects.get(slug=slug).minutes,) * 2


@pytest.mark.parametrize(
    ("text", "urgent", "later"),
    [
        ("Call if:\n\n- a\n- b\n\nSee a doctor if:\n\n- c", "Call if:\n\n- a\n- b", "See a doctor if:\n\n- c"),
        ("Call if:\n\n- a", "Call if:\n\n- a", ""),
        ("No list.\n\nAt all.", "No list.\n\nAt all.", ""),
        ("", "", ""),
    ],
)
def test_first_list_holds_the_signs_of_an_emergency(text, urgent, later):
    assert after_first_list(text) == (urgent, later)


def test_procedure_page_of_a_new_patient_leads_to_a_consultation_first(client, catalogue):
    html = read(client, "procedure", ["trigger-point-block"])

    button = re.search(r'<a class="button-primary" href="([^"]+)"', html)[1]
    assert button == reverse("book-times", args=["consultation"])


@pytest.mark.parametrize("reviewed_on", [None, "2026-03-05"])
def test_procedure_page_says_whether_a_doctor_has_signed_it(client, catalogue, reviewed_on):
    ProcedureDefinition.objects.update(reviewed_on=reviewed_on)

    html = read(client, "procedure", ["trigger-point-block"])

    assert ("Our doctors have not signed this page yet." in html) is (reviewed_on is None)
    assert ("Our doctors last checked this page on 5 March 2026." in html) is (reviewed_on is not None)


def test_risks_page_tells_each_risk_with_its_source(client, catalogue):
    html = read(client, "risks")

    for risk in Risk.objects.all():
        words = [
            risk.name,
            risk.meaning,
            risk.feels_like,
            risk.how_common,
            risk.what_to_do,
            risk.call_when,
            risk.source,
        ]
        assert [word for word in words if word not in html] == []


def test_risks_stand_in_the_order_of_their_urgency(client, catalogue):
    html = read(client, "risks")

    groups = [html.index(f'id="{group}"') for group in ["at-once", "same-day", "can-wait"]]
    assert groups == sorted(groups)
    place = {Urgency.EMERGENCY: 0, Urgency.TODAY: 1, Urgency.TELL_US: 2, Urgency.HERE: 2}
    for risk in Risk.objects.all():
        at = html.index(f'id="{risk.slug}"')
        assert sum(start < at for start in groups) - 1 == place[risk.urgency], risk


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (48, "To be safe, we ask you for 48 hours, that is 2 days."),
        (24, "We ask you for 24 hours, that is 1 day."),
        (36, "We ask you for 36 hours."),
    ],
)
def test_aftercare_page_says_how_long_not_to_lift(client, catalogue, hours, words):
    AftercareProtocol.objects.update(lifting_hours=hours)

    assert f"Lift nothing heavy for 1 to 2 days. {words}" in read(client, "aftercare")


def test_aftercare_page_leads_to_physiotherapy(client, catalogue):
    html = read(client, "aftercare")

    assert re.search(r'<a class="button-primary" href="([^"]+)"', html)[1] == reverse("my")


def test_aftercare_page_takes_its_numbers_from_the_protocol_in_force(client, catalogue):
    baker.make("aftercare.AftercareProtocol", name="General", version=2, lifting_hours=24, physiotherapy_days=5)

    html = read(client, "aftercare")

    assert "<dt>hours without heavy lifting</dt> <dd>24</dd>" in html
    assert "<dt>days in which to see our physiotherapist</dt> <dd>5</dd>" in html


@pytest.mark.parametrize("name", ["risks", "aftercare"])
def test_lung_warning_stands_with_the_number_to_call(client, catalogue, settings, name):
    settings.EMERGENCY_NUMBER = "999"

    html = read(client, name)

    warning = html[html.index('id="lung"') :]
    warning = warning[: warning.index("</section>")]
    for words in ["two days", "sharp pain when you breathe in", "short of breath", "cough", "heart race"]:
        assert words in warning
    assert "Say that you had a needle near the chest. Do not wait for the clinic. Do not fly or dive" in warning
    assert 'href="tel:999"' in warning


@every_page
def test_page_has_one_next_step(client, catalogue, name, arguments):
    html = read(client, name, arguments)

    assert html.count('class="button-primary"') == 1
    assert html.count("<h1") == 1


def test_titles_and_descriptions_are_unique(client, catalogue):
    pages = [read(client, name, arguments) for name, arguments in PAGES]

    titles = [re.search(r"<title>(.*?) · ", html)[1].strip() for html in pages]
    descriptions = [re.search(r'<meta name="description" content="(.*?)">', html)[1].strip() for html in pages]
    assert len(set(titles)) == len(set(descriptions)) == len(PAGES)
    assert "" not in titles + descriptions


@every_page
def test_page_asks_the_database_at_most_three_times(client, catalogue, django_assert_max_num_queries, name, arguments):
    read(client, "glossary")  # what a process reads once a minute, not for each page
    timetable.current()  # and what it reads again only when hours or people change

    with django_assert_max_num_queries(3):
        read(client, name, arguments)


@pytest.mark.parametrize(("name", "argument"), [("region", "tail"), ("procedure", "massage")])
def test_what_does_not_exist_is_not_found(client, catalogue, name, argument):
    assert refusal(client.get(reverse(name, args=[argument]))) == NOT_FOUND


def test_procedure_that_is_not_on_offer_is_not_found(client, catalogue):
    ProcedureDefinition.objects.filter(slug="trigger-point-block").update(is_active=False)

    assert client.get(reverse("procedure", args=["trigger-point-block"])).status_code == 404
    assert reverse("procedure", args=["trigger-point-block"]) not in read(client, "procedures")


@every_page
def test_page_is_only_read(client, name, arguments):
    answer = client.post(reverse(name, args=arguments))

    assert (answer.status_code, "POST" in answer["Allow"]) == (405, False)


@pytest.mark.parametrize("name", ["home", "where-does-it-hurt"])
def test_body_picture_leads_to_every_region(client, catalogue, name):
    html = read(client, name)

    for key in REGIONS:
        assert f'href="{reverse("region", args=[key])}"' in html


def test_belly_pain_is_sent_to_the_own_doctor(client, catalogue):
    assert "Belly pain? See your own doctor." in read(client, "where-does-it-hurt")


def test_words_of_the_manager_never_become_html(client, catalogue):
    Page.objects.get(slug="home").sections.update(body="- A: <b>bold</b>\n\n<script>alert(1)</script>")

    response = client.get(reverse("home"))

    assert b"<script>alert" not in response.content
    assert b"<b>bold" not in response.content


def test_blocks_are_paragraphs_and_lists():
    text = "One line\nand the next.\n\n- first\n-  second \nAfter the list.\n\n\nLast."

    assert blocks(text) == [
        Block(is_list=False, lines=("One line and the next.",)),
        Block(is_list=True, lines=("first", "second")),
        Block(is_list=False, lines=("After the list.",)),
        Block(is_list=False, lines=("Last.",)),
    ]
    assert blocks("") == []
    assert points(text) == ["first", "second"]


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [("Today: rest.", "Today", "rest."), ("No colon", "", "No colon"), ("A: b: c", "A", "b: c")],
)
def test_colon_parts_a_point_from_its_name(line, before, after):
    assert (before_colon(line), after_colon(line)) == (before, after)
