"""What the database itself refuses in a record, and what a record computes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from procedures.models import Addendum, DrugAdministration, InjectionSite, PainScore, Procedure
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return factories.draft(sites=[factories.site()], drugs=[factories.drug()], pain=(7, 3))


def refused(name, model, **changes):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.update(**changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"side": ""}, "injection_site_has_a_side"),
        ({"side": "both"}, "injection_site_has_a_side"),
        ({"guidance": ""}, "injection_site_says_its_guidance"),
        ({"needle_gauge": 17}, "injection_site_needle_gauge"),
        ({"needle_gauge": 35}, "injection_site_needle_gauge"),
        ({"needle_length_mm": 9}, "injection_site_needle_length"),
        ({"needle_length_mm": 121}, "injection_site_needle_length"),
        ({"muscle": None}, "muscle"),
    ],
)
def test_database_refuses_an_injection_site_that_does_not_say_where(draft, changes, name):
    refused(name, InjectionSite, **changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"lot": ""}, "drug_has_a_lot"),
        ({"expires_on": date(2026, 3, 1)}, "drug_had_not_expired"),
        ({"expires_on": None}, "expires_on"),
        ({"volume_ml": Decimal("0")}, "drug_volume_is_possible"),
        ({"volume_ml": Decimal("-1")}, "drug_volume_is_possible"),
        ({"volume_ml": Decimal("100.01")}, "drug_volume_is_possible"),
    ],
)
def test_database_refuses_a_drug_without_lot_or_that_had_expired(draft, changes, name):
    refused(name, DrugAdministration, **changes)


def test_database_takes_a_drug_on_its_last_day(draft):
    assert DrugAdministration.objects.update(expires_on=draft.performed_on) == 1


def test_database_refuses_pain_over_ten_and_two_answers_for_one_moment(draft):
    refused("pain_score_0_to_10", PainScore, score=11)

    with pytest.raises(IntegrityError), transaction.atomic():
        draft.pain_scores.create(moment="before", score=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "signed"},
        {"status": "signed", "signed_at": NOW},
        {"signed_at": NOW},
        {"status": "half", "signed_at": None},
    ],
)
def test_database_refuses_a_signature_that_does_not_say_when_and_by_whom(draft, changes):
    refused("procedure_signed_says_when_and_by_whom|sealed", Procedure, **changes)


def test_database_refuses_an_empty_addendum(draft):
    with pytest.raises(IntegrityError, match="addendum_says_something"), transaction.atomic():
        Addendum.objects.create(procedure=draft, text="", by=factories.user())


def test_database_refuses_two_records_of_one_visit(draft):
    fields = {"appointment": draft.appointment, "patient": draft.patient, "definition": draft.definition}

    with pytest.raises(IntegrityError), transaction.atomic():
        Procedure.objects.create(**fields, performed_by=draft.performed_by, performed_on=draft.performed_on)


@pytest.mark.parametrize(
    ("mg_per_ml", "volume", "mg"),
    [("10", "2", Decimal("20")), ("2.5", "0.5", Decimal("1.25")), (None, "3", None)],
)
def test_drug_computes_its_milligrams_exactly(mg_per_ml, volume, mg):
    drug = factories.drug(volume_ml=Decimal(volume))
    drug.preparation.mg_per_ml = mg_per_ml and Decimal(mg_per_ml)

    assert drug.mg == mg


def test_record_knows_its_pain_and_whether_it_was_near_the_lung(draft):
    near = factories.draft(
        factories.arrived(starts_at=factories.at("2026-03-03 10:00")),
        sites=[factories.site(muscle=factories.muscle(lung_risk="upper"))],
        pain=(0, None),
    )

    assert (draft.pain_before, draft.pain_after, draft.has_lung_risk) == (7, 3, False)
    assert (near.pain_before, near.pain_after, near.has_lung_risk) == (0, None, True)
