"""What the record's page offers with one tap: patterns of sites, needles, lots; by the server, without JavaScript."""

from datetime import date

import pytest

from clinic.models import AppointmentStatus
from procedures.models import DrugAdministration, PlannedSite, Procedure, ProcedurePlan, ProcedureStatus, SiteSet
from procedures.records import sealed_parts, suggestions
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


@pytest.fixture
def muscles():
    return [factories.muscle(slug=slug, latin=f"m. {slug}") for slug in ("alpha", "beta")]


def places(page):
    return [(row["muscle"], row["side"]) for row in values(page, "sites")]


def test_page_offers_every_muscle_left_and_right_beside_the_picture(client, visit, muscles):
    html = client.get(address_of(visit)).content.decode()

    for value in ("alpha:left", "alpha:right", "beta:left", "beta:right"):
        assert html.count(f'name="add_sites" value="{value}"') == 1
    assert 'id="muscles-neck"' in html


def test_tapped_muscle_becomes_a_site_with_the_needle_of_the_one_above(client, visit, muscles):
    page = client.post(address_of(visit), typed(visit, site_row(muscle="alpha"), add_sites="beta:right"))

    assert places(page) == [("alpha", "left"), ("beta", "right")]
    second = values(page, "sites")[1]
    assert (second["needle_gauge"], second["guidance"], second["depth_mm"], second["is_confirmed"]) == (
        *("25", "landmark"),
        *(None, None),
    )
    assert Procedure.objects.count() == 0


def test_tapped_muscle_takes_the_place_of_an_empty_row(client, visit, muscles):
    page = client.post(address_of(visit), typed(visit, blank_row(0), add_sites="alpha:left"))

    assert places(page) == [("alpha", "left")]


def test_set_adds_the_sites_that_are_not_there_yet(client, visit, muscles):
    usual = SiteSet.objects.create(slug="back", name="Upper back, both sides")
    for side in ("left", "right"):
        usual.items.create(muscle=muscles[0], side=side)

    shown = words(client.get(address_of(visit)))
    page = client.post(address_of(visit), typed(visit, site_row(muscle="alpha"), add_sites="alpha:left,alpha:right"))

    assert "Upper back, both sides" in shown
    assert places(page) == [("alpha", "left"), ("alpha", "right")]


def offered(visit, physician):
    return {pattern.name: pattern.value for pattern in suggestions.patterns(visit, user=physician.user)}


@pytest.mark.repeated_queries_allowed
def test_last_visits_sites_come_back_without_what_must_be_looked_at_anew(client, visit, physician, muscles):
    sites = [factories.site(muscle=muscles[0], side="right"), factories.site(muscle=muscles[1], needle_length_mm=60)]
    earlier = factories.arrived(
        starts_at=at("2026-02-02 10:00"), patient=visit.patient, practitioner=physician, visit_type=visit.visit_type
    )
    factories.signed(signed_at=at("2026-02-02 10:30"), visit=earlier, sites=sites)
    value = offered(visit, physician)["As last time"]

    page = client.post(address_of(visit), typed(visit, blank_row(0), add_sites=value))

    assert value == "alpha:right:landmark:27:40,beta:left:landmark:27:60"
    assert [list(row.values()) for row in values(page, "sites")] == [
        ["alpha", "right", "landmark", None, "27", "40", None, None, None, None, None],
        ["beta", "left", "landmark", None, "27", "60", None, None, None, None, None],
    ]


def test_planned_sites_come_with_one_tap(visit, physician, muscles):
    plan = ProcedurePlan.objects.create(
        appointment=visit,
        patient=visit.patient,
        definition=visit.visit_type.procedure_definitions.get(),
        guidance="ultrasound",
        guidance_reason="near the lung",
        planned_by=physician.user,
    )
    PlannedSite.objects.create(plan=plan, muscle=muscles[0], side="left")

    assert offered(visit, physician) == {"As planned": "alpha:left:ultrasound"}


def test_another_patients_last_visit_is_not_offered(visit, physician):
    factories.draft(factories.arrived(starts_at=at("2026-02-02 10:00")))
    sealed_parts.seal(Procedure.objects.all())
    Procedure.objects.update(status=ProcedureStatus.SIGNED, signed_at=at("2026-02-02 10:30"), signed_by=physician.user)

    assert offered(visit, physician) == {}


def test_needle_is_filled_in_without_javascript(client, visit):
    row = site_row(needle_gauge="", needle_length_mm="")
    sent = typed(visit, row, fill="sites-0-needle_gauge=25&sites-0-needle_length_mm=50")

    page = client.post(address_of(visit), sent)

    assert (values(page, "sites")[0]["needle_gauge"], values(page, "sites")[0]["needle_length_mm"]) == ("25", "50")


@pytest.mark.parametrize("nonsense", [":::", "no-such:up", "alpha:left:x:y:z:w", ",,,", "a" * 5000])
def test_nonsense_in_a_button_is_only_a_row_to_correct(client, visit, muscles, nonsense):
    answer = client.post(address_of(visit), typed(visit, blank_row(0), add_sites=nonsense))

    assert answer.status_code == 200
    assert Procedure.objects.count() == 0


def given(lot, *, expires_on=date(2027, 1, 31), given_on="2026-02-20", **more):
    visit = factories.arrived(starts_at=at(f"{given_on} 10:00"))
    factories.draft(visit, drugs=[factories.drug(lot=lot, expires_on=expires_on, **more)])


def test_recent_lots_of_the_last_90_days_that_may_still_be_used_newest_first():
    given("OLD", given_on="2025-12-01")
    given("EDGE", given_on="2025-12-02")
    given("TODAY", given_on="2026-03-01", expires_on=date(2026, 3, 2))
    given("GONE", expires_on=date(2026, 3, 1))
    given("TWICE", given_on="2026-02-10")
    given("TWICE", given_on="2026-02-24")

    lots = suggestions.recent_lots(on=date(2026, 3, 2))

    assert {product: [lot.lot for lot in found] for product, found in lots.items()} == {
        "lidocaine-1": ["TODAY", "TWICE", "EDGE"]
    }


def test_lot_is_offered_for_the_chosen_product_and_filled_in(client, visit):
    given("LX9")
    half = drug_row(lot="", expires_on="")
    page = client.post(address_of(visit), typed(visit, half, draft="1"))
    fill = "drugs-0-lot=LX9&drugs-0-expires_on=2027-01-31"

    filled = client.post(address_of(visit), typed(visit, half, fill=fill))

    assert fill.replace("&", "&amp;") in page.content.decode()
    assert [values(filled, "drugs")[0][name] for name in ("lot", "expires_on")] == ["LX9", "2027-01-31"]


def test_lot_of_the_first_row_is_offered_to_the_second_of_the_same_product(client, visit):
    second = drug_row(1, lot="", expires_on="") | {"drugs-TOTAL_FORMS": 2}

    page = client.post(address_of(visit), typed(visit, second, draft="1"))

    assert "drugs-1-lot=LX1&amp;drugs-1-expires_on=2028-01-31" in page.content.decode()


def test_drug_goes_to_the_site_of_its_row_even_when_rows_above_are_removed(client, visit):
    pks = [any_muscle().pk, factories.muscle().pk, factories.muscle().pk]
    rows = [
        site_row(number, muscle=pk, side=side)
        for number, (pk, side) in enumerate(zip(pks, ("left", "right", "middle"), strict=True))
    ]
    sent = typed(visit, *rows, drug_row(site="2"), {"sites-TOTAL_FORMS": 3, "sites-0-DELETE": "on"})

    retyped = client.post(address_of(visit), sent | {"add_drug": "1"})
    client.post(address_of(visit), sent | {"draft": "1"})

    assert values(retyped, "drugs")[0]["site"] == "1"
    assert DrugAdministration.objects.get().site.side == "middle"
    assert values(client.get(address_of(visit)), "drugs")[0]["site"] == "1"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"drugs-0-site": "7"}, "This site is not there any more. Choose again."),
        ({"drugs-0-site": "1"}, "Nothing is written at this site. Choose another one."),
    ],
)
def test_drug_for_a_site_that_is_not_there_is_refused(client, visit, changes, sentence):
    page = client.post(address_of(visit), typed(visit, blank_row(1), {"sites-TOTAL_FORMS": 2}, changes, draft="1"))

    assert errors(page) == [("id_drugs-0-site", sentence)]
    assert Procedure.objects.count() == 0


@pytest.mark.parametrize(
    ("confirmed", "is_kept"),
    [("on", True), ("alpha:left", True), ("alpha:right", False), ("beta:left", False), ("", False)],
)
def test_agreement_holds_for_that_muscle_and_side_only(client, visit, muscles, confirmed, is_kept):
    client.post(address_of(visit), typed(visit, site_row(muscle="alpha", is_confirmed=confirmed), draft="1"))

    assert Procedure.objects.get().sites.get().is_confirmed is is_kept


def test_page_of_another_patient_is_refused_and_keeps_what_was_typed(client, visit):
    page = client.post(address_of(visit), typed(visit, patient="0", draft="1"))

    assert page.status_code == 409
    assert "This page was opened for another patient." in words(page)
    assert values(page, "drugs")[0]["lot"] == "LX1"
    assert visit.status == AppointmentStatus.ARRIVED
    assert Procedure.objects.count() == 0
