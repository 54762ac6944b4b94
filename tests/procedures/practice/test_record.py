"""Typing a record: what was typed stays, rows come and go, two windows do not overwrite each other."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from procedures.models import BodyRegion, DrugAdministration, InjectionSite, LungRisk, Procedure
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import (
    address_of,
    any_muscle,
    blank_row,
    drug_row,
    errors,
    site_row,
    typed,
    values,
)
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:20"), tick=False)]


def test_form_begins_with_what_the_visit_says_and_without_a_side(client, visit, physician):
    page = client.get(address_of(visit))

    record = page.context["forms"].record
    definition = visit.visit_type.procedure_definitions.get()
    assert (record["performed_by"].value(), record["definition"].value()) == (physician.pk, definition.pk)
    assert values(page, "sites") == [
        {
            "muscle": None,
            "side": None,
            "guidance": "landmark",
            "needle_gauge": None,
            "needle_length_mm": None,
            "no_ultrasound_reason": None,
            "depth_mm": None,
            "twitch": None,
            "pain_felt": None,
            "is_confirmed": None,
            "which_muscle": None,
        }
    ]
    assert " checked" not in page.content.decode()
    assert Procedure.objects.count() == 0


def test_form_names_the_patient_and_every_muscle_by_region_with_the_lung_in_words(client, visit):
    factories.muscle(name="top shoulder muscle", latin="m. trapezius", lung_risk=LungRisk.YES)

    html = client.get(address_of(visit)).content.decode()

    assert "<strong>Rasa Example</strong>" in html
    assert "born 29 February 1980" in html
    assert '<optgroup label="Neck">' in html
    assert "Trapezius · top shoulder muscle · near the lung</option>" in html


def test_draft_with_two_sites_and_two_drugs_comes_back_as_it_was_typed(client, visit):
    second = factories.muscle()
    rows = [
        site_row(1, muscle=second.pk, side="right", needle_length_mm="50"),
        drug_row(1, volume_ml="0.5", lot="LX2"),
        {"sites-TOTAL_FORMS": 2, "drugs-TOTAL_FORMS": 2},
    ]

    answer = client.post(address_of(visit), typed(visit, *rows, draft="1"))

    assert answer["Location"] == address_of(visit)
    sites = InjectionSite.objects.values_list("muscle__name", "side", "guidance", "needle_gauge", "needle_length_mm")
    assert list(sites) == [("calf", "left", "landmark", 25, 38), (second.name, "right", "landmark", 25, 50)]
    drugs = DrugAdministration.objects.values_list("volume_ml", "lot", "expires_on", "given_on")
    expiry, today = date(2028, 1, 31), date(2026, 3, 2)
    assert list(drugs) == [(Decimal("4.00"), "LX1", expiry, today), (Decimal("0.50"), "LX2", expiry, today)]
    page = client.get(address_of(visit))
    assert [row["side"] for row in values(page, "sites")] == ["left", "right"]
    assert [row["lot"] for row in values(page, "drugs")] == ["LX1", "LX2"]
    assert [page.context["forms"].record[name].value() for name in ("pain_before", "pain_after", "note")] == [
        *(7, 3, "all well")
    ]


def test_draft_may_lack_what_signing_needs(client, visit):
    lacking = typed(visit, pain_before="", pain_after="", note="")
    nothing = {name: value for name, value in lacking.items() if not re.match(r"(sites|drugs)-\d", name)}

    client.post(address_of(visit), nothing | {"draft": "1"})

    procedure = Procedure.objects.get()
    assert (procedure.status, procedure.sites.count(), procedure.drugs.count()) == ("draft", 0, 0)


def test_row_that_only_has_what_it_came_with_is_left_out(client, visit):
    client.post(address_of(visit), typed(visit, blank_row(1), {"sites-TOTAL_FORMS": 2}, draft="1"))

    assert InjectionSite.objects.count() == 1


def test_removed_row_is_left_out_whatever_stands_in_it(client, visit):
    wrong = site_row(1, muscle="", needle_gauge="999") | {"sites-1-DELETE": "on", "sites-TOTAL_FORMS": 2}

    client.post(address_of(visit), typed(visit, wrong, draft="1"))

    assert [site.needle_gauge for site in InjectionSite.objects.all()] == [25]


def test_removed_row_is_no_error_and_the_others_keep_their_number(client, visit):
    rows = [
        site_row(0, muscle="", needle_gauge="999") | {"sites-0-DELETE": "on"},
        site_row(1, muscle=any_muscle().pk, side=None) | {"sites-TOTAL_FORMS": 2},
    ]

    page = client.post(address_of(visit), typed(visit, *rows, draft="1"))

    assert errors(page) == [("id_sites-1-side_0", "Choose left, right or middle.")]
    assert "Site 2, Side:" in words(page)


@pytest.mark.parametrize(
    ("button", "part", "number"), [("add_site", "sites", 2), ("add_drug", "drugs", 2), ("add_nothing", "sites", 1)]
)
def test_another_row_without_javascript_keeps_what_was_typed(client, visit, button, part, number):
    half = typed(visit, site_row(side=None, needle_gauge="abc"), pain_before="77", drugs__0__lot="L 9")

    page = client.post(address_of(visit), half | {button: "1"})

    assert len(values(page, part)) == number
    assert values(page, "sites")[0]["needle_gauge"] == "abc"
    assert values(page, "drugs")[0]["lot"] == "L 9"
    assert page.context["forms"].record["pain_before"].value() == "77"
    assert Procedure.objects.count() == 0
    assert (errors(page) == []) is (button != "add_nothing")


def test_another_site_begins_with_the_needle_of_the_one_before_but_without_muscle_and_side(client, visit):
    page = client.post(address_of(visit), typed(visit, add_site="1"))

    assert values(page, "sites")[1] == {
        "muscle": None,
        "side": None,
        "guidance": "landmark",
        "needle_gauge": "25",
        "needle_length_mm": "38",
        "no_ultrasound_reason": None,
        "depth_mm": None,
        "twitch": None,
        "pain_felt": None,
        "is_confirmed": None,
        "which_muscle": None,
    }


@pytest.mark.parametrize(("button", "part", "most"), [("add_site", "sites", 12), ("add_drug", "drugs", 8)])
def test_a_full_list_takes_no_more(client, visit, button, part, most):
    make_row = site_row if part == "sites" else drug_row
    muscle = any_muscle().pk
    full = [make_row(number, **({"muscle": muscle} if part == "sites" else {})) for number in range(most + 1)]

    page = client.post(address_of(visit), typed(visit, *full[:most], {f"{part}-TOTAL_FORMS": most, button: "1"}))
    answer = client.post(address_of(visit), typed(visit, *full, {f"{part}-TOTAL_FORMS": most + 1, "draft": "1"}))

    assert len(values(page, part)) == most
    assert f"One record holds {most} {part} at most." in words(answer)
    assert Procedure.objects.count() == 0


def test_list_may_grow_again_where_rows_were_removed(client, visit):
    muscle = any_muscle().pk
    rows = [site_row(number, muscle=muscle) for number in range(13)]

    client.post(address_of(visit), typed(visit, *rows, {"sites-TOTAL_FORMS": 13, "sites-4-DELETE": "on"}, draft="1"))

    assert InjectionSite.objects.count() == 12


def test_draft_changed_in_another_window_is_not_overwritten_by_chance(client, visit):
    client.post(address_of(visit), typed(visit, note="first window", draft="1"))
    page = client.post(address_of(visit), typed(visit, note="second window", draft="1"))

    assert page.status_code == 409
    assert "This record has been changed in another window" in words(page)
    assert page.context["forms"].record["note"].value() == "second window"
    assert Procedure.objects.get().note == "first window"

    client.post(address_of(visit), typed(visit, note="second window", seen=page.context["seen"], draft="1"))
    assert Procedure.objects.get().note == "second window"


def test_same_draft_sent_twice_is_saved_once(client, visit):
    same = typed(visit, draft="1")

    answers = [client.post(address_of(visit), same) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert InjectionSite.objects.count() == 1


def adds(button):
    """One that adds to the record; the dose is pale until it is calculated again."""
    with button.page.expect_response("**/record/doses/"):
        button.click()
    expect(button.page.locator("[data-dose-meter].is-waiting")).to_have_count(0)


@pytest.fixture
def record(client, visit, browser_page, live):
    any_muscle()
    chest = BodyRegion.objects.create(key="chest", name="Chest", felt_like="-", what_we_do="-", see_a_doctor_first="-")
    factories.muscle(region=chest)
    page = browser_page("desk")
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live.url}])
    page.goto(address_of(visit))
    return page


def test_place_that_is_tapped_is_marked_and_opens_its_muscles(record):
    record.locator("[data-picks=chest] .region-spot").first.click()

    expect(record.locator("[data-region=chest]")).to_have_attribute("open", "")
    expect(record.locator("[data-picks=chest] .region-halo").first).to_have_css("fill", "rgb(194, 65, 45)")  # --ember


def test_rows_are_added_and_removed_in_place(record, axe):
    page = record
    page.fill("#id_sites-0-needle_gauge", "25")

    adds(page.get_by_role("button", name="Add another site"))
    adds(page.get_by_role("button", name="Add another drug"))
    page.locator("#id_sites-1-DELETE").check()

    expect(page.locator("#id_sites-1-needle_gauge")).to_have_value("25")
    expect(page.locator("#id_sites-1-muscle")).to_be_hidden()
    assert page.locator("#id_drugs-1-preparation").evaluate("field => field === document.activeElement") is False
    expect(page.locator("#id_drugs-TOTAL_FORMS")).to_have_value("2")
    assert axe(page) == []


def test_day_shows_the_physicians_own_drafts_that_wait_for_a_signature(client, visit):
    factories.draft(visit)
    other = factories.arrived(starts_at=at("2026-03-02 11:00"), patient=factories.patient(family_name="Foreign"))
    factories.draft(other)

    day = words(client.get(reverse("practice")))

    assert "Not signed yet Rasa Example, Mon 2 Mar, Injection" in day
    assert "Rasa Foreign" not in day
