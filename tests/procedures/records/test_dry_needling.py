"""Dry needling: planned, agreed to, recorded, signed and followed up without any drug."""

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from clinic.errors import DomainError
from procedures.consent import consents, visit_plans
from procedures.consent.visit_plans import Intended
from procedures.dosing import record_dose
from procedures.models import ConsentText, Procedure, Risk
from procedures.records import completeness, signing
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dry():
    return factories.definition(name="Dry needling", uses_drugs=False)


def drafted(definition, **parts):
    return factories.draft(once={"definition": definition}, **parts)


def test_record_without_a_drug_is_signed_and_its_aftercare_begins(dry):
    factories.protocol()
    draft = drafted(dry, drugs=[])

    signed = signing.sign(draft, by=factories.user("physician"), at=NOW)

    assert (signed.is_signed, signed.care_plan.patient, list(signed.drugs.all())) == (True, draft.patient, [])


def test_dose_of_no_drug_is_nothing_and_nobody_is_asked(dry):
    draft = drafted(dry, drugs=[])

    assert (record_dose.of_record(draft).shown_total, signing.problems(draft)) == (0, [])


@pytest.mark.parametrize(("uses_drugs", "drugs"), [(True, 0), (False, 1)])
def test_drug_is_there_exactly_when_the_procedure_has_one(uses_drugs, drugs):
    draft = drafted(factories.definition(uses_drugs=uses_drugs), drugs=[factories.drug()][:drugs])

    assert [(each.part, each.field) for each in completeness.problems(draft)] == [("drugs", "preparation")]
    with pytest.raises(DatabaseError, match="the record does not say"), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Procedure._meta.db_table} SET status = 'signed', signed_at = %s, signed_by_id = %s WHERE id = %s",
            [NOW, factories.user("physician").pk, draft.pk],
        )


def intended(definition, **more):
    sites = [(factories.muscle(), "left")]
    usual = {"guidance": "landmark", "guidance_reason": "Easy to feel.", "with_steroid": False, "sites": sites}
    return Intended(definition=definition, **usual | more)


def test_consent_says_that_nothing_is_injected_and_names_no_risk_of_a_drug(dry):
    ConsentText.objects.create(version=1, is_current=True, what_happens_dry="A needle.")
    for name, only_with_drugs in (("Bruise", False), ("Toxicity", True)):
        Risk.objects.create(slug=name.lower(), name=name, meaning="M.", urgency="here", only_with_drugs=only_with_drugs)
    visit = factories.arrived()

    plan, _ended = visit_plans.plan(visit, intended(dry), by=factories.user("physician"), at=NOW)

    words = consents.wording_for(plan).words
    assert "Nothing. A thin needle alone goes into the knot." in words
    assert ("Bruise" in words, "Toxicity" in words, "Numbing medicine" in words) == (True, False, False)


def test_dry_needling_is_not_planned_with_a_steroid(dry):
    with pytest.raises(DomainError, match="without a steroid"):
        visit_plans.plan(
            factories.arrived(), intended(dry, with_steroid=True), by=factories.user("physician"), at=timezone.now()
        )


def test_of_the_risks_that_the_clinic_loads_those_of_drugs_are_marked():
    rows = [row["fields"] for row in json.loads(Path("procedures/fixtures/risks.json").read_text())]

    assert {row["slug"] for row in rows if row["only_with_drugs"]} >= {
        "allergic-reaction",
        "local-anaesthetic-toxicity",
    }
    assert all(row["only_with_drugs"] for row in rows if row["only_with_steroid"])
