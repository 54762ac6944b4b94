"""What a signed record points to reads as it was at the signature, whatever becomes of the catalogue."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures.dosing import record_dose
from procedures.models import (
    BodyRegion,
    DrugAdministration,
    DrugKind,
    InjectionSite,
    Muscle,
    Procedure,
)
from procedures.records import lot_recall, repeat_guard, sealed_parts
from tests import factories
from tests.factories import NOW
from tests.procedures.records.sealed_records import refused, sql

pytestmark = pytest.mark.django_db

EDITS = [
    "UPDATE procedures_preparation SET name = 'Saline', mg_per_ml = 13, has_adrenaline = NOT has_adrenaline",
    "UPDATE procedures_preparation SET additives = 'paraben'",
    "UPDATE procedures_drug SET name = 'Water', kind = 'steroid'",
    "UPDATE procedures_muscle SET name = 'elbow', latin = 'm. novus', region_id = 'head'",
    "UPDATE procedures_bodyregion SET name = 'Elsewhere'",
    "UPDATE procedures_proceduredefinition SET name = 'Massage'",
    "UPDATE clinic_practitioner SET name = 'Somebody Else'",
    "UPDATE procedures_doseprofile SET name = 'Generous'",
]


@pytest.fixture
def record():
    factories.protocol()
    BodyRegion.objects.get_or_create(key="head", defaults={"name": "Head"})
    return factories.signed(signed_at=NOW)


def fresh(record):
    return Procedure.objects.with_all_parts().get(pk=record.pk)


def said(record):
    """All that pages read of a record's keys."""
    record = fresh(record)
    (site,), (drug,) = record.sites.all(), record.drugs.all()
    product, muscle = drug.preparation, site.muscle
    return {
        "record": [str(record.definition), str(record.performed_by), str(record.dose_profile)],
        "muscle": [muscle.name, muscle.latin, muscle.clinical_name, str(muscle.region), muscle.region_id],
        "product": [str(product), product.mg_per_ml, product.has_adrenaline, product.additives, product.drug.name],
        "kind": [product.drug.kind, list(DrugAdministration.objects.of_kind(DrugKind.STEROID))],
        "mg": [drug.mg, str(drug)],
        "recall": [str(given.preparation) for given in lot_recall.recall("A1").given],
        "past": [str(past.region) for past in repeat_guard.past(record.patient, on=record.performed_on)],
    }


@pytest.mark.parametrize("edit", EDITS)
def test_signed_record_reads_as_it_was_whatever_is_edited_by_hand(record, edit):
    before = said(record)

    sql(edit)

    assert said(record) == before


def test_columns_say_it_in_the_database_too(record):
    site, drug = InjectionSite.objects.get(), DrugAdministration.objects.get()

    assert [site.muscle_name, site.region_name] == [Muscle.objects.get().name, site.muscle.region.name]
    assert [drug.product_name, drug.drug_slug, drug.mg_per_ml] == ["Lidocaine 1 %", "lidocaine", Decimal(10)]
    assert [drug.has_adrenaline, drug.mg_given] == [False, Decimal(20)]


def test_draft_reads_the_catalogue_of_today():
    draft = factories.draft()

    sql("UPDATE procedures_preparation SET name = 'Saline', mg_per_ml = 5")

    given = draft.drugs.get()
    assert [str(given.preparation), given.mg, given.product_name] == ["Saline", Decimal(10), ""]


def test_dose_of_24_hours_counts_what_was_given_then(record):
    sql("UPDATE procedures_preparation SET mg_per_ml = 1")
    sql("UPDATE procedures_drug SET kind = 'other'")
    later = factories.draft(patient=record.patient, starts_at=record.appointment.ends_at)

    earlier = record_dose.earlier(later, at=NOW)[0].drug

    assert [earlier.mg, earlier.preparation.drug.kind] == [Decimal(20), "local-anaesthetic"]


def test_what_a_record_pointed_to_is_not_saved_over_the_catalogue(record):
    site = fresh(record).sites.get()

    for act in (site.muscle.save, site.muscle.region.delete):
        with pytest.raises(TypeError):
            act()


def test_columns_are_sealed_with_the_record(record):
    assert refused("UPDATE procedures_drugadministration SET mg_given = 1")
    assert refused("UPDATE procedures_injectionsite SET muscle_name = 'elbow'")
    assert refused("UPDATE procedures_procedure SET definition_name = 'Massage'")


@pytest.mark.parametrize("table", ["injectionsite", "drugadministration"])
def test_no_record_is_signed_that_does_not_say_what_it_points_to(table):
    draft = factories.draft()
    sealed_parts.seal(Procedure.objects.all())
    column = "muscle_name" if table == "injectionsite" else "product_name"
    sql(f"UPDATE procedures_{table} SET {column} = ''")
    by = factories.user().pk

    assert refused(f"UPDATE procedures_procedure SET status = 'signed', signed_at = '2026-03-02', signed_by_id = {by}")
    assert Procedure.objects.get(pk=draft.pk).is_draft


def test_a_list_of_signed_records_asks_as_often_for_three_as_for_one(django_assert_num_queries, record):
    with CaptureQueriesContext(connection) as one:
        look_through()
    for name in ("Jonas Sample", "Petra Person"):
        given_name, family_name = name.split()
        factories.signed(signed_at=NOW, patient=factories.patient(given_name=given_name, family_name=family_name))
    with django_assert_num_queries(len(one)):
        look_through()


def look_through():
    for record in Procedure.objects.with_all_parts():
        assert [site.muscle.region.name for site in record.sites.all()]
        assert [drug.preparation.drug.name for drug in record.drugs.all()]
