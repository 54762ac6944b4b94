"""A file is corrected: the trail keeps what it said, the search still finds it, and nobody overwrites unseen."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from clinic.errors import ChangedMeanwhile, PatientMerged
from clinic.models import AuditEvent, IdentifierKind, Patient, PatientChange, PatientDetails, Sex
from clinic.people import corrections, identifiers, merging, patient_search
from clinic.people.corrections import Why
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague():
    return factories.user()


def correct(patient, by, reason="Married.", seen=None, **values):
    seen = corrections.version(patient) if seen is None else seen
    return corrections.correct(patient, values, Why(by=by, at=NOW, reason=reason), seen=seen)


def found(words):
    return patient_search.find_patients(words, limit=5).patients


def trail(patient):
    return list(patient.changes.order_by("pk").values_list("field", "before", "after", "reason"))


def test_corrected_name_is_in_the_trail_and_both_are_found(colleague):
    rasa = factories.patient(family_name="Kazlaitė")

    changed = correct(rasa, colleague, family_name="Kazlauskienė")

    assert (changed, str(rasa)) == (["family_name"], "Rasa Kazlauskienė")
    assert trail(rasa) == [("family_name", "Kazlaitė", "Kazlauskienė", "Married.")]
    assert [found("kazlaite"), found("kazlauskiene rasa")] == [[rasa], [rasa]]
    assert AuditEvent.objects.filter(patient=rasa, by=colleague, action="U").count() == 1


def test_trail_is_not_rewritten(colleague):
    rasa = factories.patient()
    correct(rasa, colleague, family_name="Two")

    with pytest.raises(DatabaseError), transaction.atomic():
        PatientChange.objects.update(before="Nobody")

    assert [change[1] for change in trail(rasa)] == ["Example"]


def test_each_former_name_stays_found(colleague):
    rasa = factories.patient(given_name="Rasa", family_name="One")
    correct(rasa, colleague, family_name="Two")
    correct(rasa, colleague, given_name="Rosa", family_name="Three")

    assert Patient.objects.get(pk=rasa.pk).former_names == "Rasa One\nRasa Two"
    assert [found("rasa one"), found("two"), found("rosa three")] == [[rasa]] * 3


def test_corrected_birth_date_is_found_by_both_days(colleague):
    rasa = factories.patient()

    correct(rasa, colleague, birth_date=date(1981, 3, 1))

    assert [found("29.2.1980"), found("1.3.1981"), found("rasa 29.2.1980")] == [[rasa]] * 3
    assert trail(rasa) == [("birth_date", "1980-02-29", "1981-03-01", "Married.")]


def test_what_stays_the_same_leaves_no_trail(colleague):
    rasa = factories.patient()

    assert correct(rasa, colleague, given_name="Rasa", must_know="", sex=None, gp="") == []
    assert (PatientChange.objects.count(), PatientDetails.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_everything_a_file_holds_is_kept_and_taken_back(colleague):
    rasa = factories.patient()
    said = {"sex": Sex.FEMALE, "must_know": "Deaf in the left ear", "language": "lt", "needs_interpreter": True}
    said |= {"address": "12 Elm\nVilnius", "insurer": "Sodra", "insurance_number": "77", "gp": "Dr Elm", "kin": "Jonas"}

    correct(rasa, colleague, **said)
    kept = Patient.objects.select_related("details").get(pk=rasa.pk)

    assert [getattr(kept, name, None) or getattr(kept.details, name) for name in said] == list(said.values())

    correct(kept, colleague, **dict.fromkeys(said, ""))
    emptied = Patient.objects.select_related("details").get(pk=rasa.pk)

    assert (emptied.sex, emptied.must_know, emptied.details.needs_interpreter, emptied.details.kin) == (
        None,
        None,
        False,
        "",
    )


def test_page_opened_before_a_change_overwrites_nothing(colleague):
    rasa = factories.patient()
    seen = corrections.version(rasa)
    correct(rasa, colleague, family_name="Two")

    with pytest.raises(ChangedMeanwhile):
        correct(rasa, colleague, seen=seen, family_name="Three")

    assert Patient.objects.get(pk=rasa.pk).family_name == "Two"


def test_merged_entry_is_not_corrected(colleague):
    rasa, other = factories.patient(), factories.patient()
    Patient.objects.filter(pk=rasa.pk).update(merged_into=other)

    with pytest.raises(PatientMerged):
        correct(rasa, colleague, family_name="Two")


def test_only_name_is_one_name(colleague):
    rasa = factories.patient()

    correct(rasa, colleague, given_name="", family_name="Suharto")

    assert (str(rasa), rasa.called, rasa.short_name) == ("Suharto", "Suharto", "Suharto")


# The number of a document


def numbered(colleague, number="390 0101-1234", kind=IdentifierKind.NATIONAL, **more):
    rasa = factories.patient(**more)
    correct(rasa, colleague, identifier=(kind, number))
    return Patient.objects.select_related("details").get(pk=rasa.pk)


def test_number_is_encrypted_and_found_however_it_is_written(colleague):
    rasa = numbered(colleague)
    row = PatientDetails.objects.values().get()

    assert identifiers.number_of(rasa.details) == "390 0101-1234"
    assert "1234" not in repr(row) + repr(trail(rasa))
    assert [found("39001011234"), found("3900101 1234"), found("390.0101-1234")] == [[rasa]] * 3
    assert [found("390010112345"), found("3900101123")] == [[], []]


def test_number_goes_with_its_document_and_comes_back_under_another(colleague):
    rasa = numbered(colleague)

    correct(rasa, colleague, identifier=("", ""))
    assert PatientDetails.objects.values_list("identifier_kind", "identifier_mark").get() == ("", "")

    correct(rasa, colleague, identifier=(IdentifierKind.PASSPORT, "LT 999 888"))
    assert [change[1:3] for change in trail(rasa)] == [
        ("", "national or tax number"),
        ("national or tax number", ""),
        ("", "passport"),
    ]


def test_new_key_reads_and_finds_what_an_old_one_wrote(colleague, settings):
    settings.IDENTIFIER_KEYS = ["old"]
    rasa = numbered(colleague)
    settings.IDENTIFIER_KEYS = ["new", "old"]

    assert (identifiers.number_of(rasa.details), found("39001011234")) == ("390 0101-1234", [rasa])

    settings.IDENTIFIER_KEYS = ["new"]
    assert (identifiers.number_of(rasa.details), found("39001011234")) == (None, [])


# Two files become one


def merged(duplicate, into, by):
    merging.merge(duplicate, into, by=by, at=NOW, reason="same phone")
    return Patient.objects.select_related("details").get(pk=into.pk)


def test_merge_loses_nothing_that_either_file_says(colleague):
    into, duplicate = factories.patient(), factories.patient(given_name="Rosa", family_name="Else")
    correct(into, colleague, must_know="Deaf", gp="Dr Elm", desk_notes="Comes by bus.")
    correct(duplicate, colleague, must_know="Wheelchair", gp="Dr Oak", kin="Jonas", sex=Sex.FEMALE)
    correct(duplicate, colleague, identifier=(IdentifierKind.PASSPORT, "LT 999 888"), desk_notes="Pays in cash.")

    one = merged(duplicate, into, colleague)

    assert (one.must_know, one.sex, one.former_names) == ("Deaf; Wheelchair", "female", "Rosa Else")
    details = one.details
    assert (details.gp, details.kin, details.desk_notes) == ("Dr Elm", "Jonas", "Comes by bus.\nPays in cash.")
    assert identifiers.number_of(details) == "LT 999 888"
    assert [found("rosa else"), found("LT999888"), found("rasa")] == [[one]] * 3


def test_merge_takes_over_the_only_file_as_it_is(colleague):
    into, duplicate = factories.patient(), numbered(colleague)

    one = merged(duplicate, into, colleague)

    assert (identifiers.number_of(one.details), found("39001011234")) == ("390 0101-1234", [one])


def test_number_of_a_merged_entry_is_found_beside_another(colleague):
    into, duplicate = numbered(colleague, number="LT 1111"), numbered(colleague, number="LT 2222")

    one = merged(duplicate, into, colleague)

    assert [found("LT1111"), found("LT 2222")] == [[one], [one]]
