"""A product whose name and numbers contradict each other is refused: in the catalogue, the database, a record."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from procedures.dosing import contradictions
from procedures.models import Preparation
from procedures.records import signing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue():
    call_command("loaddata", "drugs", verbosity=0)


def product(**fields):
    usual = {"drug_id": "lidocaine", "name": "Lidocaine 1 %", "mg_per_ml": Decimal(10)}
    return Preparation(slug="new", **usual | fields)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, []),
        ({"name": "Lidocaine 10 % + adrenaline", "mg_per_ml": Decimal(2)}, ["mg_per_ml", "has_adrenaline"]),
        ({"name": "Lidocaine 1 %", "mg_per_ml": Decimal("1")}, ["mg_per_ml"]),
        ({"name": "Lidocaine 0,25 %", "mg_per_ml": Decimal("2.5")}, []),
        ({"name": "Lidocaine 20 mg/mL"}, ["mg_per_ml"]),
        ({"name": "Xylocaine 1% epinephrine"}, ["has_adrenaline"]),
        ({"name": "Lidocaine 1 % without adrenaline"}, []),
        ({"drug_id": "triamcinolone", "name": "Kenalog", "has_adrenaline": True}, ["has_adrenaline"]),
        ({"drug_id": "saline", "name": "Saline 0.9 %", "mg_per_ml": None}, []),
    ],
)
def test_name_is_held_against_strength_and_adrenaline(fields, wrong):
    assert [field for field, _sentence in contradictions.of_product(product(**fields))] == wrong


def test_nothing_in_the_first_catalogue_contradicts_itself():
    for each in Preparation.objects.all():
        assert [
            *contradictions.of_product(each),
            *contradictions.of_ingredients(each, list(each.ingredients.all())),
        ] == []


@pytest.mark.parametrize("name", ["Lidocaine 1 % + adrenaline", "Lidocaine 1 % EPINEPHRINE"])
def test_database_refuses_a_product_on_the_shelf_that_names_adrenaline_and_has_none(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        product(name=name).save()

    product(name=name, is_active=False).save()
    assert Preparation.objects.get(pk="new").name == name


def test_manager_cannot_propose_a_contradiction(client, manager):
    sent = {
        "slug": "new",
        "drug": "lidocaine",
        "name": "Lidocaine 10 % + adrenaline",
        "mg_per_ml": "2",
        "is_active": "on",
    }
    sent |= {"ingredients": ["adrenaline"], "additives": "plain"}

    page = client.post(reverse("admin:procedures_preparation_add"), sent)

    assert set(page.context["adminform"].form.errors) == {"mg_per_ml", "has_adrenaline", "additives"}


def test_record_with_such_a_product_is_not_signed():
    record = factories.draft()
    Preparation.objects.filter(pk="lidocaine-1").update(mg_per_ml=Decimal(2))

    (sentence,) = [each for each in signing.missing(record) if "catalogue" in each]

    assert sentence.startswith("Lidocaine 1 % cannot be right in the catalogue: The name says 10 mg in 1 mL")
