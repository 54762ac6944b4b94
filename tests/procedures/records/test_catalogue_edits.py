"""Whatever is done to the catalogue, a signed record's page, PDF and hash stay as they are."""

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.approvals import changes, rows
from clinic.approvals.changes import Proposal
from clinic.models import ChangeVerb
from procedures.models import BodyRegion, DoseLimit, DoseProfile, Drug, Muscle, Preparation, ProcedureDefinition
from procedures.records import record_checks
from tests import factories
from tests.factories import NOW
from tests.procedures.records.sealed_records import sql
from tests.web import main_words

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

CATALOGUE = [Preparation, Drug, Muscle, BodyRegion, ProcedureDefinition, DoseProfile]


@pytest.fixture
def record():
    factories.protocol()
    BodyRegion.objects.get_or_create(key="head", defaults={"name": "Head"})
    return factories.signed(signed_at=NOW)


@pytest.fixture
def reader(client):
    client.force_login(factories.user("physician"))
    return client


def shown(reader, record):
    pdf = reader.get(reverse("practice-record-pdf", args=[record.appointment_id, record.pk])).content
    page = main_words(reader.get(record.get_absolute_url()))
    (seal,) = record.seals.values_list("sha256", flat=True)
    return page, pdf, seal, record_checks.verify().faults


def by_the_orm(model, word):
    for row in model.objects.all():
        row.name = word
        row.save()


def approved(model, word):
    """As a manager proposes it and a physician puts it in force; the factories' other rows are not whole enough."""
    row = (model if model in (Preparation, Drug) else Drug).objects.first()
    before = rows.snapshot(row)
    row.name = word
    after = rows.snapshot(row)
    change = changes.propose(Proposal(row, ChangeVerb.CHANGE, before, after), by=factories.user(), at=NOW)
    if change:
        changes.approve(change, by=factories.user(), at=NOW)


def by_hand(model, word):
    sql(f"UPDATE {model._meta.db_table} SET name = %s", word)


def strengths(model, word):
    sql("UPDATE procedures_preparation SET mg_per_ml = %s, has_adrenaline = NOT has_adrenaline", len(word))
    sql("UPDATE procedures_drug SET kind = 'other', name = %s", word)
    sql("UPDATE procedures_muscle SET region_id = 'head', latin = %s, lung_risk = 'yes'", word)
    sql("UPDATE clinic_practitioner SET name = %s", word)


def new_limits(model, word):
    for limit in DoseLimit.objects.in_force():
        DoseLimit.objects.filter(pk=limit.pk).update(replaced_at=NOW)


EDITS = st.tuples(
    st.sampled_from([by_the_orm, approved, by_hand, strengths, new_limits]),
    st.sampled_from(CATALOGUE),
    st.sampled_from(["Saline 0.9 %", "elbow", "Ąžuolas"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDITS, min_size=1, max_size=6))
def test_signed_record_stays_through_every_sequence_of_edits(record, reader, edits):
    before = shown(reader, record)

    with transaction.atomic():
        for edit, model, word in edits:
            edit(model, word)
        after = shown(reader, record)
        transaction.set_rollback(True)

    assert after == before
