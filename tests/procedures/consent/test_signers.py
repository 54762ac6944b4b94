"""Who may sign a consent: the patient, or who decides for them; another name is seen before the needle."""

from datetime import date, timedelta

import pytest

from clinic import work_kinds, worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Patient, WorkItem
from procedures.consent import consents, record_problems, signers
from procedures.models import Consent, ConsentText, Procedure
from tests import factories
from tests.procedures.consent import signatures

pytestmark = pytest.mark.django_db
ON_THE_DAY = factories.at("2026-03-02 09:50")
GUARDIAN, LEGAL, PATIENT = "guardian", "legal", "patient"


def child(visit):
    visit.patient.birth_date = date(2015, 5, 1)
    visit.patient.save()
    return visit


def signed(visit, **signature):
    return signatures.sign(signatures.planned(visit), at=ON_THE_DAY, **signature)


def sentences(visit):
    """Why a record of this visit cannot be signed for want of consent."""
    what = {"patient": visit.patient, "performed_by": visit.practitioner, "performed_on": visit.on}
    what["definition"] = visit.procedure_plan.definition
    record, _is_new = Procedure.objects.get_or_create(appointment=visit, defaults=what)
    return [problem.sentence for problem in record_problems.problems(record) if problem.field == "no_consent_reason"]


@pytest.mark.parametrize(
    ("name", "is_own"),
    [
        ("Rasa Ona Žemaitė-Example", True),
        ("example RASA", True),
        ("Rasa Zemaite", True),
        ("Rasa Maiden", True),  # her name of before
        ("Example Žemaitė", False),  # no first name: a parent may be called so
        ("Rasa Petra Example", False),
        ("Jonas Example", False),
        ("Rasa Other", False),
    ],
)
def test_own_name_is_known_in_any_order_and_a_word_that_the_file_lacks_is_not(name, is_own):
    patient = Patient(
        birth_date=date(1980, 1, 1), given_name="Rasa Ona", family_name="Žemaitė-Example", former_names="Maiden"
    )

    assert signers.is_own_name(name, patient) == is_own


@pytest.mark.parametrize("signed_as", ["", "else", GUARDIAN])
def test_consent_by_another_name_is_stopped(visit, signed_as):
    with pytest.raises(DomainError) as refusal:
        signed(visit, name="Jonas Other", signed_as=signed_as)

    assert refusal.value.field == "signed_as"
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "signed_as"), [("Rasa Example", ""), ("Rasa Example", GUARDIAN), ("Ona Example", PATIENT)]
)
def test_child_does_not_sign(visit, name, signed_as):
    with pytest.raises(DomainError) as refusal:
        signed(child(visit), name=name, signed_as=signed_as)

    assert refusal.value.field == "signed_as"


@pytest.mark.parametrize("signed_as", [PATIENT, LEGAL])
def test_record_waits_until_somebody_has_seen_who_signed_by_another_name(visit, signed_as):
    consent, colleague = signed(visit, name="Jonas Other", signed_as=signed_as), factories.user()
    (sentence,) = sentences(visit)
    assert "“Jonas Other” signed the consent" in sentence

    consents.note_signer(consent, by=colleague, at=ON_THE_DAY)

    assert sentences(visit) == []
    consent.refresh_from_db()
    assert (consent.signed_as, consent.signer_seen_by, consent.signer_seen_at) == (signed_as, colleague, ON_THE_DAY)


def test_consent_from_before_this_was_asked_waits_too(visit):
    signatures.planned(visit).consents.create(
        **{"patient": visit.patient, "text": ConsentText.objects.get(), "words": "Yes.", "words_sha256": "-"},
        signed_name="Jonas Other",
        signed_by=factories.user(),
        signed_at=ON_THE_DAY,
    )

    assert len(sentences(visit)) == 1


def test_name_that_the_desk_has_corrected_since_needs_no_look(visit):
    consent = signed(visit, name="Rasa Newname", signed_as=PATIENT)
    assert signers.is_open(consent)

    visit.patient.family_name = "Newname"
    visit.patient.save()
    consent.refresh_from_db()

    assert not signers.is_open(consent)


def test_guardian_who_was_seen_is_known_also_the_next_time(visit):
    patient = child(visit).patient
    what = {"cause": patient.pk, "patient": patient, "what_to_say": "Ask.", "due_at": ON_THE_DAY}
    worklist.open(work_kinds.GUARDIAN_UNKNOWN, **what)
    patient.guardians.create(name="Ona Example")  # named by a booking, seen by nobody
    first = signed(visit, name="Ona Example", signed_as=GUARDIAN)
    assert signers.is_open(first)

    consents.note_signer(first, by=factories.user(), at=ON_THE_DAY)
    consents.withdraw(first, by=factories.user(), at=ON_THE_DAY)
    again = signed(visit, name="ona example", signed_as=GUARDIAN)

    assert (again.is_signer_known, signers.is_open(again)) == (True, False)
    assert patient.guardians.get().seen_by is not None
    assert WorkItem.objects.get(kind=work_kinds.GUARDIAN_UNKNOWN.code).status == "cancelled"


def test_account_that_the_desk_gave_to_who_decides_is_known(visit):
    account, at_the_desk = factories.account_of(visit.patient, relation=LEGAL), factories.user()

    def is_known(by):
        return signers.entitled(visit.patient, "Jonas Other", LEGAL, by=by, at=ON_THE_DAY).is_known

    assert not is_known(account)
    visit.patient.access.update(granted_by=at_the_desk, proof="papers", holder="Jonas Other")
    assert (is_known(account), is_known(at_the_desk)) == (True, True)  # here, by the name that the desk wrote


def test_consent_that_was_taken_back_needs_nobody_to_look(visit):
    consent = signed(visit, name="Jonas Other", signed_as=LEGAL)
    consents.withdraw(consent, by=factories.user(), at=ON_THE_DAY + timedelta(minutes=1))

    with pytest.raises(MoveNotAllowed):
        consents.note_signer(consent, by=factories.user(), at=ON_THE_DAY)
