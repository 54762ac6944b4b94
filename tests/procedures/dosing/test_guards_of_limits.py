"""The limits of doses are not edited by whom they guard: two people, a source, bounds that no page lifts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib import references
from procedures.dosing import bounds, limit_effects, limits, record_dose
from procedures.dosing.ceilings import Ceiling
from procedures.models import DoseLimit, DosePeriod, Drug, Procedure
from tests import factories
from tests.factories import NOW
from tests.procedures.dosing.dosed_records import DAY, draft, physician, proposed_limit, signed

pytestmark = pytest.mark.django_db


def test_who_proposes_a_limit_does_not_sign_it():
    by = physician()
    limit = proposed_limit(factories.dose_limit(), by=by, max_mg=Decimal(100))

    with pytest.raises(MoveNotAllowed, match="You proposed this limit"):
        limits.sign_limit(limit, by=by, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        DoseLimit.objects.filter(pk=limit.pk).update(signed_by=by, signed_at=NOW)

    assert limits.sign_limit(limit, by=physician(), at=NOW).is_signed


def test_a_proposal_stays_as_it_was_proposed_until_it_is_signed():
    limit = proposed_limit(factories.dose_limit(), max_mg=Decimal(100))

    for change in ({"max_mg": Decimal(300)}, {"source": "Mine"}, {"proposed_by": None}):
        with pytest.raises(IntegrityError, match="proposed anew"), transaction.atomic():
            DoseLimit.objects.filter(pk=limit.pk).update(**change)


def test_a_newer_version_of_which_nobody_knows_the_proposer_is_not_signed():
    first = factories.dose_limit()
    unknown = DoseLimit.objects.create(
        profile=first.profile, drug=first.drug, max_mg=100, source="https://label.example/", version=2
    )

    with pytest.raises(MoveNotAllowed, match="Nobody knows any more"):
        limits.sign_limit(unknown, by=physician(), at=NOW)


@pytest.mark.parametrize(
    ("source", "is_reference"),
    [
        ("typed from memory", False),
        ("From memory, see https://label.example/", False),
        ("In my experience 2 mL are enough, 2026", False),
        ("NHS 2020", False),
        ("A book", False),
        ("Xylocaine SmPC, https://www.medicines.org.uk/emc/product/11612", True),
        ("doi 10.1503/cmaj.220835", True),
        ("PMID 2457347", True),
        ("Am Fam Physician 2014;89:956", True),
        ("ISBN 978-3-16-148410-0", True),
    ],
)
def test_source_is_a_reference_that_somebody_else_can_look_up(source, is_reference):
    assert (references.refusal_of(source) == "") is is_reference


def test_limits_without_a_reference_or_above_the_bound_are_neither_proposed_nor_signed():
    first = factories.dose_limit()
    for field, wrong in (
        ("source", {"source": "typed from memory", "max_mg": Decimal(100)}),
        ("mg_per_kg", {"mg_per_kg": Decimal(45)}),
        ("max_mg", {"mg_per_kg": Decimal(4), "max_mg": Decimal(2000)}),
    ):
        with pytest.raises(DomainError) as refused:
            proposed_limit(first, **wrong)
        assert refused.value.field == field

    numbers = {"source": "https://label.example/", "mg_per_kg": 45, "max_mg": 2000}
    row = DoseLimit.objects.create(profile=first.profile, drug=first.drug, with_adrenaline=True, **numbers)
    with pytest.raises(MoveNotAllowed, match="No limit of Lidocaine is above 7 mg/kg or 500 mg, whoever signs it"):
        limits.sign_limit(row, by=physician(), at=NOW)


def test_database_refuses_a_limit_above_the_bound_whoever_writes_it():
    limit = factories.dose_limit(signed=False, max_mg=Decimal(2000))
    by = physician().pk

    with pytest.raises(IntegrityError, match="bounds of the program"), transaction.atomic(), connection.cursor() as sql:
        sql.execute("UPDATE procedures_doselimit SET signed_at = %s, signed_by_id = %s", [NOW, by])
    unknown = DoseLimit(profile=limit.profile, drug=Drug.objects.create(slug="new", name="New", kind="other"), max_mg=1)
    unknown.signed_at, unknown.signed_by_id, unknown.source = NOW, by, "x"
    with pytest.raises(IntegrityError, match="bounds of the program"), transaction.atomic():
        unknown.save()


def test_drug_without_a_known_bound_gets_no_limit():
    key = limits.LimitKey.of(factories.dose_limit("articaine", signed=False))

    with pytest.raises(DomainError, match="No source for the most of Articaine is known"):
        limits.propose_limit(key, numbers={"max_mg": Decimal(1)}, source="https://a.example/", by=physician(), at=NOW)


@pytest.mark.parametrize(
    ("numbers", "kg", "mg"),
    [
        ({"mg_per_kg": Decimal(45), "max_mg": Decimal(2000)}, 70, 300),  # the cap of the bound
        ({"mg_per_kg": Decimal(45), "max_mg": Decimal(2000)}, 50, 250),  # its mg per kg
        ({"mg_per_kg": Decimal("4.5")}, 120, 300),  # a limit without a cap has one
        ({"max_mg": Decimal(200)}, 30, 150),  # and one without mg per kg, too
        ({"mg_per_kg": Decimal(3), "max_mg": Decimal(200)}, 50, 150),
    ],
)
def test_no_row_lifts_the_bound_of_the_meter(numbers, kg, mg):
    limit = DoseLimit(drug_id="lidocaine", period=DosePeriod.PROCEDURE, **numbers)

    assert Ceiling(limit, Decimal(kg), 0).mg == mg


def test_anaesthetic_stays_on_the_meter_whatever_the_catalogue_calls_it(signed_limits):
    record = draft("25")
    Drug.objects.filter(pk="lidocaine").update(kind="other")

    assert record_dose.of_record(Procedure.objects.get(pk=record.pk)).needs_second_person


def test_limits_that_come_with_the_program_are_within_the_bounds_and_can_be_looked_up():
    call_command("loaddata", "regions", "drugs", "dose_limits", "steroid_limits", verbosity=0)
    by = physician()

    found = {str(limit): limits.signing_refusal(limit, by=by) for limit in DoseLimit.objects.all()}

    assert {name: refusal for name, refusal in found.items() if refusal} == {}
    assert all(references.refusal_of(bound.source) == "" for bound in bounds.BOUNDS.values())


def test_effect_counts_what_the_limit_would_have_allowed_and_stopped_in_last_years_records(signed_limits):
    for ml, days_ago in (("15", 10), ("19", 20), ("5", 400)):
        record = draft(ml)
        Procedure.objects.filter(pk=record.pk).update(performed_on=DAY - timedelta(days=days_ago))
        signed(record)
    old = DoseLimit(drug_id="lidocaine", mg_per_kg=Decimal("4.5"), max_mg=Decimal(160), period="procedure")
    new = DoseLimit(drug_id="lidocaine", mg_per_kg=Decimal("4.5"), max_mg=Decimal(200), period="procedure")

    effect = limit_effects.effect_of(new, old, on=DAY)
    reverse = limit_effects.effect_of(old, new, on=DAY)

    assert (effect.doses, effect.above_before, effect.above_after, effect.highest_mg) == (2, 1, 0, 190)
    assert (effect.allowed, effect.stopped, reverse.allowed, reverse.stopped) == (1, 0, 0, 1)
