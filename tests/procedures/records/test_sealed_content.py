"""The whole signed content as one text with its hash: complete, and the same for ever."""

import hashlib
import json

import pytest

from clinic.models import AuditEvent
from procedures.models import RecordSeal
from procedures.records import sealed_content, seals, signing, voiding
from procedures.records.seals import PARTS
from procedures.records.voiding import Said
from tests import factories
from tests.factories import NOW
from tests.procedures.records.sealed_records import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    factories.protocol()
    return factories.signed(signed_at=NOW, once={"note": "Tender band, ąčęėįšųūž."})


def content(record):
    return json.loads(record.seals.get(number=1).content)


def test_signing_seals_every_field_of_the_record_and_its_parts(record):
    sealed = content(record)

    own = {field.name for field in record._meta.concrete_fields} - {"status", "patient"}
    assert sealed["procedure"].keys() == own
    for model in PARTS:
        names = {field.name for field in model._meta.concrete_fields}
        assert [row.keys() for row in sealed[model._meta.model_name]] == [names] * model.objects.count()
    assert sealed["drugadministration"][0]["mg_given"] == "20"
    assert sealed["procedure"]["note"] == "Tender band, ąčęėįšųūž."


def test_seal_is_the_sha256_of_its_text_and_stands_in_the_audit_trail(record):
    seal = record.seals.get()

    assert seal.sha256 == hashlib.sha256(seal.content.encode()).hexdigest()
    noted = AuditEvent.objects.get(kind="record-sealed")
    assert [noted.what, noted.by] == [f"{record.pk}/1 {seal.sha256}", record.signed_by]


def test_what_stood_around_it_is_sealed_too(record):
    around = content(record)["around"]

    (row,) = around["dose"]["rows"]
    assert [around["dose"]["verdict"], row["mg"], row["limit"]["version"]] == ["ok", "20", 1]
    assert around["consent"]["consent"]["words_sha256"] == "-"
    assert around["warnings"] == []


def test_words_name_each_reason_and_answer(record):
    blocks = {block["heading"]: block for block in content(record)["words"]}

    given = blocks["What was given"]
    said = dict(zip(given["columns"], given["rows"][0], strict=True))
    assert [said["Product"], said["Volume (mL)"], said["mg"]] == ["Lidocaine 1 %", "2", "20"]
    assert ["Note", "Tender band, ąčęėįšųūž."] in blocks["Note, only for physicians"]["pairs"]
    assert blocks["Pain from 0 to 10"]["pairs"] == [["Before", "7"], ["10 minutes after", "3"]]
    assert dict(blocks["Dose"]["pairs"])["All together"] == "0.1, within the limits"


def test_notes_and_a_void_are_sealed_after_it(record):
    signing.amend(record, text="He called.", by=factories.user(), at=NOW)
    request = voiding.ask(record, Said("Wrong patient was written.", "nobody"), by=factories.user(), at=NOW)
    voiding.agree(request, by=factories.user(), at=NOW)

    first, note, void = record.seals.all()
    assert [first.of, note.of, void.of] == ["signature", "addendum", "void"]
    assert [json.loads(each.content)["after"] for each in (note, void)] == [first.sha256, note.sha256]
    assert json.loads(note.content)["addendum"]["text"] == "He called."


def test_records_of_before_are_sealed_late_once_and_without_guesses():
    factories.protocol()
    record = factories.signed(signed_at=NOW)
    another = factories.signed(signed_at=NOW, patient=factories.patient(given_name="Jonas", family_name="Sample"))
    _forget_seals()

    made = sealed_content.seal_late(record, at=NOW)

    assert [seal.was_late for seal in made] == [True]
    assert json.loads(made[0].content)["around"] == {}
    assert sealed_content.seal_late(record, at=NOW) == []
    assert [seal.was_late for seal in sealed_content.seals_of(another, at=NOW)] == [True]


def _forget_seals():
    seals.lift()
    RecordSeal.objects.all().delete()
    seals.seal(None, using="default")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procedures_recordseal SET content = '{}'",
        "UPDATE procedures_recordseal SET sha256 = '0'",
        "DELETE FROM procedures_recordseal",
        "INSERT INTO procedures_recordseal (procedure_id, number, of, content, sha256, made_at, was_late)"
        " SELECT procedure_id, 3, 'addendum', '{}', '0', made_at, was_late FROM procedures_recordseal",
    ],
)
def test_seals_are_never_changed_removed_or_put_between(record, statement):
    assert refused(statement)


def test_seal_before_the_signature_is_refused():
    draft = factories.draft()
    row = f"{draft.pk}, 1, 'signature', '{{}}', '0', '2026-03-02', false"

    assert refused(
        "INSERT INTO procedures_recordseal (procedure_id, number, of, content, sha256, made_at, was_late)"
        f" VALUES ({row})"
    )
