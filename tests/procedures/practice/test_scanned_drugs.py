"""A scanner types into the field of the lot: product, lot and date are filled in, without JavaScript too."""

import pytest
from django.urls import reverse

from clinic.models import Role
from procedures.models import DrugAdministration, Preparation
from procedures.records import pack_codes
from tests import factories
from tests.factories import NOW, at
from tests.procedures.practice.record_pages import address_of, drug_row, errors, typed, values
from tests.web import NOT_YOURS, as_, main_words, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 10:42"), tick=False)]
GTIN = "04006381333931"
CODE = f"]d201{GTIN}1727120010ab12\x1d21XYZ9"


@pytest.fixture
def known(visit):
    """The pack is lidocaine, as two people have said."""
    code = pack_codes.name(GTIN, Preparation.objects.get(pk="lidocaine-1"), by=factories.user(), at=NOW)
    return pack_codes.confirm(code, by=factories.user(), at=NOW)


def send(client, visit, row, **changes):
    return client.post(address_of(visit), typed(visit, row, **changes))


def shown(answer):
    row = values(answer, "drugs")[0]
    return row["preparation"], row["lot"], row["expires_on"]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("button", ["draft", "review"])
def test_scan_fills_in_product_lot_and_date_and_saves_nothing_yet(client, visit, button):
    answer = send(client, visit, drug_row(preparation="", lot=CODE, expires_on=""), **{button: "1"})

    assert shown(answer) == ("lidocaine-1", "AB12", "2027-12-31")
    assert DrugAdministration.objects.count() == 0
    assert "Scanned: Lidocaine 1 %." in main_words(answer)


def test_number_of_the_pack_is_kept_with_the_lot_it_was_scanned_with(client, visit):
    kept = {"pack": f"{GTIN}:AB12"}

    send(client, visit, drug_row(lot="ab12", **kept), draft="1")
    first = DrugAdministration.objects.get().gtin
    page = client.get(address_of(visit))
    send(client, visit, drug_row(lot="another", **kept), draft="1", seen=page.context["seen"])

    assert (first, DrugAdministration.objects.get().gtin) == (GTIN, "")
    assert page.context["forms"].drugs.forms[0]["pack"].value() == f"{GTIN}:AB12"


@pytest.mark.usefixtures("known")
def test_wrong_product_is_said_at_once_and_before_signing(client, visit):
    Preparation.objects.create(pk="saline", name="Saline 0.9 %", drug_id="lidocaine")
    row = drug_row(preparation="saline", lot=CODE, expires_on="")

    at_once = send(client, visit, row, draft="1")
    row = drug_row(preparation="saline", lot="AB12", expires_on="2027-12-31", pack=f"{GTIN}:AB12")
    before_signing = send(client, visit, row, review="1")

    sentence = (
        "The pack that was scanned is Lidocaine 1 %. Here stands Saline 0.9 %. Look at the pack, and correct one."
    )
    assert shown(at_once) == ("saline", "AB12", "2027-12-31")
    assert sentence in main_words(at_once)
    assert ("id_drugs-0-preparation", sentence) in errors(before_signing)


def test_pack_that_nobody_knows_asks_for_its_product(client, visit):
    answer = send(client, visit, drug_row(preparation="", lot=CODE, expires_on=""), draft="1")

    assert shown(answer) == ("", "AB12", "2027-12-31")
    assert f"Pack {GTIN} is new here: choose its product." in main_words(answer)


@pytest.mark.parametrize("code", [f"01{GTIN[:-1]}217271231", "]d2" + "x" * 80])
def test_code_that_cannot_be_read_is_an_error_at_the_lot(client, visit, code):
    answer = send(client, visit, drug_row(lot=code), draft="1")

    (found,) = errors(answer)
    assert (found[0], "scan the square code once more" in found[1].lower()) == ("id_drugs-0-lot", True)


def test_expired_pack_is_said(client, visit):
    answer = send(client, visit, drug_row(lot=f"01{GTIN}1726013110A1", expires_on=""), draft="1")
    again = send(client, visit, drug_row(lot="A1", expires_on=shown(answer)[2]), draft="1")

    assert [field for field, _sentence in errors(again)] == ["id_drugs-0-expires_on"]


@pytest.mark.usefixtures("known")
def test_chip_of_a_lot_brings_its_pack_along(client, visit):
    send(client, visit, drug_row(lot="AB12", pack=f"{GTIN}:AB12"), draft="1")
    other = factories.arrived(practitioner=visit.practitioner, starts_at=at("2026-03-02 10:30"))
    empty = client.get(address_of(other)).context["forms"]

    (lot,) = empty.shelf.lots["lidocaine-1"]

    assert lot.as_json() == {"lot": "AB12", "expires_on": "2028-01-31", "pack": f"{GTIN}:AB12"}


@pytest.mark.usefixtures("known")
def test_script_of_the_page_is_told_what_to_fill_in(client, visit):
    def read(code, **more):
        return client.post(reverse("practice-pack-read"), {"code": code} | more)

    whole, refused = read(CODE), read("LX1")
    lost, old = read(f"01{GTIN}1727123110A121X"), read(f"01{GTIN}1726013110A1")

    fields = {"pack": f"{GTIN}:AB12", "lot": "AB12", "expires_on": "2027-12-31", "preparation": "lidocaine-1"}
    words = "Scanned: Lidocaine 1 %."
    assert whole.json() == {"fields": fields, "product": words, "words": words, "is_other": False, "is_wrong": False}
    assert (refused.status_code, "Scan the square code once more" in refused.json()["refusal"]) == (400, True)
    assert (lost.json()["fields"]["lot"], "Type the lot from the label" in lost.json()["words"]) == ("", True)
    assert (old.json()["is_wrong"], "This lot expired on" in old.json()["words"]) == (True, True)


def test_only_physicians_read_packs(visit):
    answer = as_(factories.user(Role.DESK)).post(reverse("practice-pack-read"), {"code": CODE})

    assert refusal(answer) == NOT_YOURS


def test_camera_may_be_used_on_the_record_alone(client, visit):
    assert client.get(address_of(visit))["Permissions-Policy"].startswith("camera=(self), ")
    assert client.get(reverse("practice"))["Permissions-Policy"].startswith("camera=(), ")


@pytest.mark.browser
@pytest.mark.usefixtures("known")
def test_scanner_types_into_the_field_of_the_lot(client, visit, browser_page, live):
    """As a keyboard scanner does: every letter, Ctrl+] for the separator, Enter at the end."""
    page = browser_page("desk")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live.url}
    page.context.add_cookies([cookie])
    page.goto(address_of(visit))
    lot = page.locator("[name='drugs-0-lot']")

    lot.focus()
    for part in CODE.split("\x1d"):
        lot.press_sequentially(part)
        page.keyboard.press("Control+]" if part.endswith("12") else "Enter")
    page.get_by_text("Scanned: Lidocaine 1 %.").wait_for()

    filled = {
        name: page.input_value(f"[name='drugs-0-{name}']") for name in ("preparation", "lot", "expires_on", "pack")
    }
    assert filled == {"preparation": "lidocaine-1", "lot": "AB12", "expires_on": "2027-12-31", "pack": f"{GTIN}:AB12"}
    assert page.evaluate("document.activeElement.name") == "drugs-0-volume_ml"
    assert page.url.endswith(address_of(visit))

    page.fill("[name='drugs-0-lot']", "OTHER")
    page.keyboard.press("Tab")
    assert page.input_value("[name='drugs-0-pack']") == ""
