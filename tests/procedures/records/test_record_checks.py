"""Records are held against their seals: what somebody did behind the triggers is found, and nothing else is."""

import re

import pytest
from django.core.management import CommandError, call_command

from clinic.models import WorkItem
from procedures.models import Procedure, RecordSeal, sha256_of_consent
from procedures.records import record_checks, sealed_content, seals, signing, voiding
from procedures.records.voiding import Said
from tests import factories
from tests.factories import NOW
from tests.procedures.records.sealed_records import sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    factories.protocol()
    record = factories.signed(signed_at=NOW, once={"note": "Tender band."})
    signing.amend(record, text="He called.", by=factories.user(), at=NOW)
    return record


def behind_the_triggers(*statements):
    seals.lift()
    for statement in statements:
        sql(statement)
    seals.seal(None, using="default")


def faults():
    return record_checks.verify().faults


def test_untouched_records_are_as_they_were_signed(record, capsys):
    void = factories.signed(signed_at=NOW, patient=factories.patient(given_name="Jonas", family_name="Sample"))
    request = voiding.ask(void, Said("Wrong patient was written.", "nobody"), by=factories.user(), at=NOW)
    voiding.agree(request, by=factories.user(), at=NOW)
    factories.draft()

    call_command("verify_records")

    assert capsys.readouterr().out == "Records: 2.\nEvery signed record is as it was signed.\n"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE procedures_procedure SET note = 'Nothing.'", "the record says something else now: note"),
        ("UPDATE procedures_injectionsite SET depth_mm = 9", r"injectionsite\) says something else now: depth_mm"),
        ("UPDATE procedures_drugadministration SET mg_given = 260", r"\(drugadministration\) says .*: mg_given"),
        ("UPDATE procedures_drugadministration SET preparation_id = 'other'", "says something else now: preparation"),
        ("DELETE FROM procedures_painscore WHERE moment = 'after'", r"\(painscore\) was added or removed"),
        ("UPDATE procedures_addendum SET text = 'He did not call.'", r"\(addendum\) says something else now: text"),
        ("DELETE FROM procedures_addendum", r"\(addendum\) was added or removed"),
        ("UPDATE procedures_procedure SET status = 'entered-in-error'", "whether it is void is not what was sealed"),
        ("UPDATE procedures_recordseal SET content = '{}' WHERE number = 1", "seal 1 was changed: its hash is another"),
        ("DELETE FROM procedures_recordseal WHERE number = 2", "seal 2 is gone"),
        ("DELETE FROM procedures_recordseal", "seal 1 is gone.*seal 2 is gone"),
    ],
)
def test_what_was_changed_behind_the_triggers_is_found(record, statement, found):
    if "'other'" in statement:
        product = factories.drug().preparation
        product.pk = "other"
        product.save(force_insert=True)

    behind_the_triggers(statement)

    assert re.search(found, " ".join(faults()))
    with pytest.raises(CommandError, match="not as they were signed"):
        call_command("verify_records")


def test_seal_that_was_made_anew_is_given_away_by_the_audit_trail(record):
    seals.lift()
    Procedure.objects.update(note="Nothing.")
    content = sealed_content.canonical(sealed_content.compose(Procedure.objects.get()))
    first = RecordSeal.objects.filter(number=1)
    first.update(content=content, sha256=sealed_content.digest(content))
    seals.seal(None, using="default")

    assert "seal 1 is another than the audit trail noted" in faults()[0]


def test_consent_whose_words_were_changed_is_found(record):
    sha256 = sealed_content.digest("Yes.")
    behind_the_triggers(f"UPDATE procedures_consent SET words_sha256 = '{sha256}'")
    assert faults() == []

    behind_the_triggers("UPDATE procedures_consent SET words = 'No.'")

    assert re.search("its words are not those that were signed", faults()[0])


def test_consent_whose_drawing_was_changed_is_found(record):
    sha256 = sha256_of_consent("Yes.", "{}")
    behind_the_triggers(f"UPDATE procedures_consent SET words_sha256 = '{sha256}', words = 'Yes.', drawn = '{{}}'")
    assert faults() == []

    behind_the_triggers("UPDATE procedures_consent SET drawn = '[]'")

    assert re.search("its words are not those that were signed", faults()[0])


def test_record_that_was_removed_whole_is_missed(record):
    behind_the_triggers(
        *(
            f"DELETE FROM {table}"
            for table in (
                "aftercare_symptomcheck",
                "aftercare_servicerequest",
                "aftercare_careplan",
                *("procedures_recordseal", "procedures_addendum", "procedures_drugadministration"),
                *("procedures_injectionsite", "procedures_painscore", "procedures_procedure"),
            )
        )
    )

    assert faults() == [f"Sealed records are gone: {record.pk}."]


def test_trigger_that_is_away_is_told(record):
    seals.lift()

    assert len(faults()) == len(record_checks.missing_triggers()) > 20
    seals.seal(None, using="default")


def test_merge_and_renamed_people_change_nothing(record):
    sql("UPDATE clinic_practitioner SET name = 'Married Since'")
    sql("UPDATE clinic_user SET name = 'Married Since'")
    sql("UPDATE clinic_patient SET family_name = 'Corrected'")

    assert faults() == []


def test_chore_opens_a_work_item_for_what_differs(record):
    record_checks.look(at=NOW)
    assert not WorkItem.objects.filter(kind="record_differs").exists()

    behind_the_triggers("UPDATE procedures_procedure SET note = 'Nothing.'")
    record_checks.look(at=NOW)

    assert WorkItem.objects.get(kind="record_differs").is_requested


def test_older_records_are_sealed_by_a_chore_and_then_looked_at(record):
    behind_the_triggers("DELETE FROM procedures_recordseal")
    sql_of_audit = record_checks._noted()
    assert sql_of_audit.keys() == {record.pk}  # it was sealed: not taken for an older one
    assert "seal 1 is gone" in faults()[0]

    older = factories.draft()
    seals.lift()
    Procedure.objects.filter(pk=older.pk).update(status="signed", signed_at=NOW, signed_by=factories.user())
    seals.seal(None, using="default")
    assert record_checks.verify().unsealed == 1

    record_checks.seal_older(at=NOW)

    assert [seal.was_late for seal in older.seals.all()] == [True]
    assert record_checks.verify().unsealed == 0
