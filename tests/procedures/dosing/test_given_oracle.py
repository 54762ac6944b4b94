"""What counts within 24 hours, of signed, late, void and unsigned records: random histories against the oracle."""

import os
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from django.utils import timezone

from procedures.dosing import record_dose
from procedures.models import DrugAdministration, Procedure, VoidRequest
from procedures.records import seals
from tests import factories
from tests.procedures.dosing import dose_oracle
from tests.procedures.dosing.dosed_records import draft

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.repeated_queries_allowed]

CASES = 100_000 if os.environ.get("CHAOS") == "full" else 150
HOURS_AGO = [2, 5, 20, 23, 26, 30, 47, 70, 24 * 60]
VOID = {"as-written": "as-written", "otherwise": "otherwise", "nobody": "nobody", "another": "another"}
STATES = ["signed", "late", "draft", *VOID]


@pytest.fixture
def world(signed_limits):
    """A draft of today, and earlier visits of the same patient, whose records each case makes anew."""
    patient = factories.patient()
    record = draft("1", patient=patient)
    begins = record.appointment.starts_at
    visits = [factories.arrived(patient=patient, starts_at=begins - timedelta(hours=hours)) for hours in HOURS_AGO]
    elsewhere = factories.arrived(patient=factories.patient())
    seals.lift()
    yield record, visits, elsewhere
    seals.seal(None, "default")


def random_history(chance, visits):
    """(state, visit, mL) of one to four records, each of another visit."""
    chosen = chance.sample(visits, chance.randint(1, 4))
    return [(chance.choice(STATES), visit, Decimal(chance.randint(1, 400)) / 100) for visit in chosen]


def written(history, record, elsewhere):
    """Make the records; returns what the oracle is told of them."""
    by, told = record.performed_by.user or factories.user(), []
    for state, visit, ml in history:
        starts = timezone.localtime(visit.starts_at)
        signed = None if state == "draft" else starts + timedelta(minutes=20, days=30 if state == "late" else 0)
        status = "draft" if state == "draft" else "entered-in-error" if state in VOID else "signed"
        made = Procedure.objects.create(
            **{"appointment": visit, "patient": visit.patient, "definition": record.definition, "status": status},
            **{"performed_by": record.performed_by, "performed_on": starts.date()},
            **({} if signed is None else {"signed_at": signed, "signed_by": by}),
        )
        product = record.drugs.get().preparation
        made.drugs.create(preparation=product, volume_ml=ml, lot="A", expires_on="2030-01-01", given_on=starts.date())
        if state in VOID:
            seen = elsewhere if state == "another" else None
            VoidRequest.objects.create(
                procedure=made, reason="-", asked_by=by, injected=VOID[state], injected_visit=seen
            )
        told.append((state, starts, signed, ml))
    return told


def forget(record):
    others = Procedure.objects.exclude(pk=record.pk)
    for model in (VoidRequest, DrugAdministration):
        rows = model.objects.filter(procedure__in=others)
        rows._raw_delete(rows.db)
    others._raw_delete(others.db)


def test_no_earlier_dose_is_left_out_that_the_oracle_counts(world, capsys):
    record, visits, elsewhere = world
    chance, wrong, some = Random(24), [], 0
    begins = timezone.localtime(record.appointment.starts_at)
    now = begins + timedelta(minutes=30)

    for _ in range(CASES):
        history = random_history(chance, visits)
        told = written(history, record, elsewhere)
        expected = dose_oracle.counted(told, begins=begins, now=now)
        found = sum(Fraction(each.drug.volume_ml) for each in record_dose.earlier(record, at=now) if each.counts)
        some += bool(expected)
        if found != expected:
            wrong.append((told, found, expected))
        forget(record)

    with capsys.disabled():
        print(f"\nhistory oracle: {CASES:,} random histories, {some:,} with something that counts; {len(wrong)} differ")
    assert wrong == []
    assert CASES // 4 < some < CASES
