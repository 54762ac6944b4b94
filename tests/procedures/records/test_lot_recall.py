"""A lot is recalled: every patient who was given it, on one page and as a file that computes nothing."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Role
from procedures.models import DrugAdministration
from procedures.records import lot_recall, signing, voiding
from procedures.records.voiding import Said
from tests import factories, web
from tests.factories import NOW
from tests.web import NOT_YOURS, as_, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("physician")]


def given(lot, day, **more):
    visit = factories.arrived(starts_at=factories.at(f"2026-03-0{day} 10:00"), **more)
    return factories.draft(visit, drugs=[factories.drug(lot=lot)])


@pytest.mark.parametrize("typed", ["BUPI-2603", "bupi-2603", "  Bupi 2603 ", "bupi2603"])
def test_lot_is_found_however_it_is_typed(typed):
    given("bupi-2603", 2), given("BUPI 2603", 3), given("BUPI-2604", 4), given("XBUPI-2603", 5)

    found = lot_recall.recall(typed)

    assert (found.lots, found.patients) == (["BUPI 2603", "BUPI-2603"], 2)


@pytest.mark.parametrize("typed", ["", " ", "--", "%", "_", "BUPI-26", "BUPI%", "' OR 1=1 --"])
def test_what_is_no_lot_of_ours_finds_nobody(typed):
    given("BUPI-2603", 2)

    assert lot_recall.recall(typed).patients == 0


def test_lot_that_an_import_wrote_in_small_letters_is_found():
    given("A1", 2)
    DrugAdministration.objects.update(lot="a-1")

    assert lot_recall.recall("A1").lots == ["a-1"]


def test_drafts_signed_and_void_records_are_found_with_who_and_when(client):
    factories.protocol()
    one, other = factories.user(), factories.user()
    patients = [factories.patient(given_name=name, phone="+37061234567") for name in ("Ona", "Rasa", "Jonas")]
    drafts = [given("A1", day, patient=patient) for day, patient in zip((2, 3, 4), patients, strict=True)]
    for draft in drafts[1:]:
        signing.sign(draft, by=one, at=timezone.now())
    request = voiding.ask(drafts[2], Said("Wrong.", "as-written"), by=one, at=timezone.now())
    voiding.agree(request, by=other, at=timezone.now())

    page = client.get(reverse("practice-lots"), {"lot": "a1"}).content.decode()

    assert "A1: 3 patients" in page
    for words in ("Ona", "29 Feb 1980", "612 34567", "2 Mar 2026", str(drafts[0].performed_by), "Lidocaine 1 %"):
        assert words in page
    words = ("draft", "signed", "void. Was it injected? Yes, as it is written")
    assert [f'label="Record">{status}<' in page for status in words] == [True] * 3
    assert AuditEvent.objects.filter(what="lot recall", patient__in=patients).count() == 3


@pytest.mark.parametrize(
    ("injected", "names_visit", "who"),
    [("otherwise", False, ["Ona"]), ("nobody", False, []), ("another", True, ["Rasa"]), ("another", False, [None])],
)
def test_recall_follows_whether_and_whom_it_was_injected(client, injected, names_visit, who):
    factories.protocol()
    record = signing.sign(given("A1", 2, patient=factories.patient(given_name="Ona")), by=factories.user(), at=NOW)
    visit = factories.arrived(patient=factories.patient(given_name="Rasa"))
    request = voiding.ask(
        record, Said("Wrong.", injected, visit if names_visit else None), by=factories.user(), at=timezone.now()
    )
    voiding.agree(request, by=factories.user(), at=timezone.now())

    found = lot_recall.recall("a1")

    names = [patient and patient.given_name for patient in map(lot_recall.patient_of, found.given)]
    assert (names, found.patients) == (who, len(who))
    text = client.get(reverse("practice-lots-csv"), {"lot": "a1"}).content.decode()
    assert [words in text for words in ("Ona,", "Rasa,", "not known: not Ona")] == [
        "Ona" in who,
        "Rasa" in who,
        None in who,
    ]


def test_page_asks_as_often_for_many_as_for_one(client, django_assert_max_num_queries):
    for day in (2, 3, 4, 5, 6):
        given("A1", day)

    with django_assert_max_num_queries(16):
        client.get(reverse("practice-lots"), {"lot": "A1"})


def test_nothing_typed_and_nobody_found_are_said(client):
    assert "Write the lot number" in client.get(reverse("practice-lots"), {"lot": " "}).content.decode()
    assert "Nobody was given this lot" in client.get(reverse("practice-lots"), {"lot": "Z9"}).content.decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "＋", "\xa0=", "\u200b@", "\v="])
def test_no_value_of_the_file_is_a_formula(client, start):
    name = f"{start}HYPERLINK(1)"
    given("A1", 2, patient=factories.patient(family_name=name, given_name="Ona", phone="+37061234567"))

    answer = client.get(reverse("practice-lots-csv"), {"lot": "a1"})

    header, row = csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"), newline=""))
    assert (len(header), row[0], row[1], row[3]) == (13, f"'{name}", "Ona", "'+37061234567")
    assert [cell for cell in row if cell.lstrip(" ").startswith(lot_recall.STARTS_A_FORMULA)] == []
    assert answer["Content-Disposition"].startswith('attachment; filename="lot-A1-')
    assert AuditEvent.objects.filter(what="lot recall, as a file").count() == 1


def test_file_holds_the_dose_and_the_lot(client):
    draft = given("A1", 2)

    text = client.get(reverse("practice-lots-csv"), {"lot": "a1"}).content.decode()

    drug = draft.drugs.get()
    assert f"{drug.preparation},{Decimal('2.00')},A1,{drug.expires_on},draft" in text


@pytest.mark.parametrize("role", [Role.DESK, Role.PHYSIOTHERAPIST])
def test_only_physicians_and_managers_recall(role):
    given("A1", 2)

    answer = as_(factories.user(role)).get(reverse("practice-lots-csv"), {"lot": "a1"})

    assert refusal(answer) == NOT_YOURS
    assert AuditEvent.objects.about_patients().count() == 0


def test_manager_finds_the_recall_and_no_door_that_is_shut():
    manager = as_(factories.user(Role.MANAGER))

    first = manager.get(reverse("admin:index")).content.decode()
    recall = manager.get(reverse("practice-lots")).content.decode()

    assert f'href="{reverse("practice-lots")}"' in first
    assert f'href="{reverse("desk-hours")}"' in first
    assert f'href="{reverse("practice")}"' not in recall


GTIN, OTHER_GTIN = "04006381333931", "00000096385074"


def scanned(lot, gtin, day):
    visit = factories.arrived(starts_at=factories.at(f"2026-03-0{day} 10:00"))
    return factories.draft(visit, drugs=[factories.drug(lot=lot, gtin=gtin)]).patient


def patients_of(found):
    return {drug.procedure.patient for drug in found.given}


def test_recall_of_a_scanned_pack_leaves_out_other_packs_with_the_same_lot_number():
    this, other, by_hand = scanned("A-1", GTIN, 2), scanned("A1", OTHER_GTIN, 3), scanned("a1", "", 4)

    exact, all_of_them = lot_recall.recall("A1", gtin=GTIN), lot_recall.recall("A1")

    assert (patients_of(exact), exact.other_packs) == ({this, by_hand}, 1)
    assert (patients_of(all_of_them), all_of_them.other_packs) == ({this, other, by_hand}, 0)
    assert patients_of(lot_recall.recall("", gtin=GTIN)) == {this}


@pytest.mark.parametrize("query", [{"lot": f"]d201{GTIN}1727123110A1"}, {"lot": "a1", "gtin": "4006381333931"}])
def test_pack_is_scanned_on_the_page_of_the_recall(client, query):
    scanned("A1", GTIN, 2), scanned("A1", OTHER_GTIN, 3)

    page = web.words(client.get(reverse("practice-lots"), query))
    file = client.get(reverse("practice-lots-csv"), query).content.decode()

    assert "A1: 1 patient" in page
    assert "Left out: 1 that was scanned from another pack" in page
    assert (GTIN in file, OTHER_GTIN in file) == (True, False)


@pytest.mark.parametrize("query", [{"lot": "", "gtin": "12"}, {"lot": "]d2", "gtin": ""}])
def test_recall_refuses_what_is_no_pack(client, query):
    assert "Error:" in web.words(client.get(reverse("practice-lots"), query))
