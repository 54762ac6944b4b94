"""What is signed stays unchanged: tested on the database itself, in plain SQL."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from clinic.middleware import DomainErrorMiddleware
from clinic.models import IncomingMessage
from clinic.people import merging
from procedures.models import (
    Addendum,
    Complication,
    Consent,
    ConsentText,
    DoseLimit,
    DoseProfile,
    DrugAdministration,
    InjectionSite,
    PainScore,
    Procedure,
    ProcedurePlan,
    Screening,
    ScreeningAnswer,
    ScreeningQuestion,
    SecondApproval,
    UltrasoundImage,
    VoidRequest,
)
from procedures.records import seals
from tests import factories
from tests.factories import NOW
from tests.procedures.records.sealed_records import close, closed, refused, sql, table, written

pytestmark = pytest.mark.django_db

PARTS = {
    InjectionSite: "depth_mm = 19",
    DrugAdministration: "lot = 'B2'",
    PainScore: "score = 0",
    Complication: "what_was_done = 'Nothing.'",
    UltrasoundImage: "caption = 'Another'",
}


def copy_of(model, **changes):
    """INSERT ... SELECT of the only row, with another key."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changes.get(column, column) for column in columns)
    return f"INSERT INTO {table(model)} ({', '.join(columns)}) SELECT {values} FROM {table(model)}"


@pytest.fixture
def record():
    return closed()


@pytest.mark.parametrize(
    "change",
    [
        "note = 'Something else'",
        "performed_on = '2026-03-01'",
        "needles_out = 0",
        "signed_at = NULL, signed_by_id = NULL, status = 'draft'",
        "signed_at = '2020-01-01T00:00:00Z'",
        "status = 'entered-in-error'",  # nobody asked for it
    ],
)
def test_signed_record_is_not_changed(record, change):
    assert refused(f"UPDATE procedures_procedure SET {change}")
    assert sql("UPDATE procedures_procedure SET note = note") == 1  # nothing of it changes


def test_signed_record_is_not_deleted_nor_written_over(record):
    assert refused("DELETE FROM procedures_procedure")
    assert refused(copy_of(Procedure))
    if connection.vendor == "sqlite":
        draft = {"status": "'draft'", "signed_at": "NULL", "signed_by_id": "NULL"}
        assert refused(copy_of(Procedure, **draft).replace("INSERT", "INSERT OR REPLACE", 1))
        for way in ("REPLACE", "IGNORE"):
            assert refused(f"UPDATE OR {way} procedures_procedure SET note = 'x'")
    assert Procedure.objects.get().is_signed


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_parts_of_a_signed_record_stay_and_those_of_a_draft_do_not(model):
    other = written(factories.arrived(starts_at=factories.at("2026-03-03 10:00")))
    part = model.objects.get() if model is not PainScore else model.objects.first()
    move = f"UPDATE {table(model)} SET procedure_id = %s WHERE id = %s"

    assert sql(f"UPDATE {table(model)} SET {PARTS[model]} WHERE id = %s", part.pk) == 1

    record = closed(factories.arrived(starts_at=factories.at("2026-03-04 10:00")))
    own = record._meta.get_field(model._meta.get_field("procedure").remote_field.related_name).related_model
    of_record = own.objects.filter(procedure=record).first()
    assert refused(f"UPDATE {table(model)} SET {PARTS[model]} WHERE id = %s", of_record.pk)
    assert refused(f"DELETE FROM {table(model)} WHERE id = %s", of_record.pk)
    assert refused(move, record.pk, part.pk)
    assert refused(move, other.pk, of_record.pk)
    assert sql(f"UPDATE {table(DrugAdministration)} SET site_id = NULL WHERE procedure_id = %s", other.pk)
    assert sql(f"UPDATE {table(UltrasoundImage)} SET site_id = NULL WHERE procedure_id = %s", other.pk)
    assert sql(f"DELETE FROM {table(model)} WHERE id = %s", part.pk) == 1


def test_nothing_is_added_to_a_signed_record_but_notes(record):
    new = {"moment": "'third'", "sha256": "'1'", "name": "'other'"}
    assert [model for model in PARTS if not refused(copy_of(model, **new))] == []

    Addendum.objects.create(procedure=record, text="Called.", by=factories.user())

    assert refused(f"UPDATE {table(Addendum)} SET text = 'Never called.'")
    assert refused(f"DELETE FROM {table(Addendum)}")


def test_record_is_voided_once_two_people_agree():
    record = closed()
    void = "UPDATE procedures_procedure SET status = 'entered-in-error'"
    asked = VoidRequest.objects.create(
        procedure=record, reason="Wrong patient.", asked_by=factories.user(), injected="nobody"
    )

    assert refused(void)
    asked.agreed_by, asked.agreed_at = factories.user(), NOW
    asked.save()
    assert refused(f"{void}, note = 'Gone'")
    assert sql(void) == 1

    assert refused("UPDATE procedures_procedure SET status = 'signed'")
    assert refused(f"UPDATE {table(VoidRequest)} SET reason = 'x'")
    assert refused(f"DELETE FROM {table(VoidRequest)}")
    assert refused(f"UPDATE {table(InjectionSite)} SET depth_mm = 1")


def test_what_was_agreed_without_being_asked_is_refused(record):
    one, other = factories.user(), factories.user()

    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
        VoidRequest.objects.create(
            procedure=record, reason="x", injected="nobody", asked_by=one, agreed_by=other, agreed_at=NOW
        )


def consent(record):
    plan = ProcedurePlan.objects.create(
        appointment=record.appointment,
        patient=record.patient,
        definition=record.definition,
        guidance="landmark",
        guidance_reason="Thin.",
        planned_by=factories.user(),
    )
    fields = {"words": "I agree.", "words_sha256": "0" * 64, "signed_name": "Rasa", "signed_by": factories.user()}
    text = ConsentText.objects.create(version=1)
    return Consent.objects.create(plan=plan, patient=record.patient, text=text, **fields)


def screening(record):
    answers = Screening.objects.create(patient=record.patient, outcome="amber", answered_by=factories.user())
    question = ScreeningQuestion.objects.create(slug="fever", text="Fever?", amber_answer="yes")
    answers.answers.create(question=question, answer="yes", is_amber=True)
    return answers


def test_consent_keeps_its_words_and_may_be_confirmed_and_withdrawn_once(record):
    given, by = consent(record), factories.user().pk
    own = f"UPDATE {table(Consent)} SET"

    assert [
        change
        for change in (
            "words = 'x'",
            "words_sha256 = 'x'",
            "signed_name = 'x'",
            "language = 'lt'",
            "signed_here = TRUE",
        )
        if not refused(f"{own} {change}")
    ] == []
    assert sql(f"{own} confirmed_at = signed_at, confirmed_by_id = %s", by) == 1
    assert sql(f"{own} withdrawn_at = signed_at, withdrawn_by_id = %s", by) == 1
    assert refused(f"{own} withdrawn_at = NULL, withdrawn_by_id = NULL")
    assert refused(f"DELETE FROM {table(Consent)}")
    assert Consent.objects.get() == given


def test_safety_answers_are_reviewed_and_never_changed(record):
    screening(record)
    review = f"UPDATE {table(Screening)} SET reviewed_at = answered_at, reviewed_by_id = answered_by_id"

    assert refused(f"UPDATE {table(Screening)} SET outcome = 'green'")
    assert sql(f"{review}, review_note = 'Fine.'") == 1
    assert refused(f"DELETE FROM {table(Screening)}")
    assert refused(f"UPDATE {table(ScreeningAnswer)} SET answer = 'no', is_amber = FALSE")
    assert refused(f"DELETE FROM {table(ScreeningAnswer)}")


def test_signed_limit_is_replaced_not_changed():
    drug = factories.drug().preparation.drug
    profile = DoseProfile.objects.create(slug="strict", name="Strict")
    limit = DoseLimit.objects.create(profile=profile, drug=drug, mg_per_kg=3, source="x")
    own = f"UPDATE {table(DoseLimit)} SET"

    assert sql(f"{own} mg_per_kg = 4") == 1
    assert sql(f"{own} signed_at = %s, signed_by_id = %s", timezone.now(), factories.user().pk) == 1
    assert [
        change
        for change in ("mg_per_kg = 9", "max_mg = 900", "signed_at = NULL, signed_by_id = NULL")
        if not refused(f"{own} {change}")
    ] == []
    assert sql(f"{own} replaced_at = signed_at") == 1
    assert refused(f"{own} replaced_at = NULL")
    assert refused(f"DELETE FROM {table(DoseLimit)}")
    assert DoseLimit.objects.get() == limit


def test_second_persons_reason_is_written_once():
    draft = written()
    SecondApproval.objects.create(
        procedure=draft, reason="Large patient.", version="x", share="1.1", by=factories.user()
    )
    close(draft)

    assert refused(f"UPDATE {table(SecondApproval)} SET reason = 'x'")
    assert refused(f"DELETE FROM {table(SecondApproval)}")
    assert refused(copy_of(SecondApproval, version="'y'"))


def test_words_of_people_stay_as_they_came_and_only_whose_they_are_is_decided():
    sms = IncomingMessage.objects.create(provider_reference="SM1", number="+37061234567", body="It hurts")

    assert refused(f"UPDATE {table(IncomingMessage)} SET body = 'x'")
    assert refused(f"UPDATE {table(IncomingMessage)} SET number = 'x'")
    assert refused(f"DELETE FROM {table(IncomingMessage)}")
    assert IncomingMessage.objects.filter(pk=sms.pk).update(whose="nobody", taken_for="words", decided_at=NOW) == 1


def test_signed_rows_follow_their_patient_into_the_row_that_counts_and_nowhere_else(record):
    consent(record), screening(record)
    stranger, into = factories.patient(), factories.patient()
    models = [Procedure, Consent, Screening]
    assert [m for m in models if not refused(f"UPDATE {table(m)} SET patient_id = %s", stranger.pk)] == []

    merging.merge(record.patient, into, by=None, at=NOW, reason="booked twice")

    assert [model.objects.get().patient for model in models] == [into] * 3
    assert refused(f"UPDATE {table(Procedure)} SET patient_id = %s", record.patient.pk)


def test_a_refusal_of_the_database_is_a_sentence_and_no_crash(record):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        record.drugs.all().delete()

    answer = DomainErrorMiddleware(lambda request: HttpResponse()).process_exception(
        RequestFactory().get("/"), caught.value
    )

    assert answer.status_code == 409
    assert "This record is signed and cannot be changed." in answer.content.decode()


def test_seals_come_back_when_they_were_lifted(record):
    seals.lift()
    assert sql("UPDATE procedures_procedure SET note = 'x'") == 1

    seals.seal(None, using="default")

    assert refused("UPDATE procedures_procedure SET note = 'y'")


@pytest.mark.postgresql
@pytest.mark.parametrize("model", sorted({rule.model for rule in seals.rules()}, key=table), ids=table)
def test_no_sealed_table_is_emptied(model):
    assert refused(f"TRUNCATE {table(model)} CASCADE")
