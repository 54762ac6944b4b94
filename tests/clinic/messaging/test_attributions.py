"""Whom an SMS is about, when several patients or none have its number: a person says it, and may correct it."""

import pytest
from django.core.management import call_command

from clinic.messaging import attributions, conversations, incoming
from clinic.messaging.incoming import Sms
from clinic.models import AuditEvent, IncomingMessage, Message, WorkItem
from clinic.people import merging
from tests import factories
from tests.factories import NOW, numbers

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PHONE = "+37061234567"


@pytest.fixture(autouse=True)
def words_to_look_for():
    call_command("loaddata", "symptom_words", verbosity=0)


@pytest.fixture
def family():
    return factories.patient(phone=PHONE), factories.patient(phone=PHONE)


def write(words="Can we come later?"):
    return incoming.receive(Sms(PHONE, words, f"SM{next(numbers)}"), at=NOW)


def items():
    return set(WorkItem.objects.requested().values_list("kind", "patient"))


def written_by(patient):
    return list(IncomingMessage.objects.about(patient))


def decide(sms, *patients, by):
    return attributions.decide(sms, list(patients), by=by, at=NOW)


def test_nobody_is_guessed_when_a_family_shares_a_phone(family):
    sms = write()

    assert (sms.whose, [written_by(patient) for patient in family]) == ("shared", [[], []])
    assert items() == {("sms_whose", None)}
    assert "Rasa" not in Message.objects.get().body
    assert list(IncomingMessage.objects.undecided()) == [sms]


def test_decision_moves_the_words_the_work_and_the_answer_to_that_patient(family, desk):
    _mother, child = family
    sms = write()

    assert decide(sms, child, by=desk).whose == "known"
    decide(sms, child, by=desk)

    assert [written_by(patient) for patient in family] == [[], [sms]]
    assert items() == {("sms", child.pk)}
    assert Message.objects.get(purpose="we-have-it").patient == child
    assert list(AuditEvent.objects.about_patients().values_list("patient", "by", "what")) == [
        (child.pk, desk.pk, "an SMS is about this patient")
    ]


def test_wrong_decision_is_corrected_and_both_sides_are_audited(family, desk):
    mother, child = family
    sms = write()
    decide(sms, child, by=desk)

    decide(sms, mother, by=desk)

    assert [written_by(patient) for patient in family] == [[sms], []]
    assert items() == {("sms", mother.pk)}
    assert AuditEvent.objects.filter(patient=child, what="an SMS is not about this patient", by=desk).exists()
    assert sms.about_patients.count() == 2
    decide(sms, child, by=desk)
    assert items() == {("sms", child.pk)}


def test_both_or_none_of_them(family, desk):
    sms, other = write(), write()

    decide(sms, *family, by=desk)
    decide(other, by=desk)

    assert [written_by(patient) for patient in family] == [[sms], [sms]]
    assert items() == {("sms", patient.pk) for patient in family}
    other.refresh_from_db()
    assert (other.whose, other.decided_by) == ("nobody", desk)
    assert not IncomingMessage.objects.undecided().exists()


def test_red_words_of_a_shared_phone_are_urgent_before_anybody_has_decided(family, desk):
    mother, _child = family
    sms = write("It hurts to breathe")
    assert items() == {("sms_whose", None), ("sms_red", None)}

    decide(sms, mother, by=desk)

    assert items() == {("sms_red", mother.pk)}


def test_red_words_that_somebody_has_dealt_with_are_not_urgent_again(family, desk):
    mother, _child = family
    sms = write("It hurts to breathe")
    WorkItem.objects.get(kind="sms_red").complete(by=desk, note="Called, an ambulance is there.")

    decide(sms, mother, by=desk)

    assert items() == set()


def test_two_entries_that_were_one_person_need_no_decision(family, desk):
    mother, double = family
    sms = write("It is sore")

    merging.merge(double, mother, by=desk, at=NOW, reason="same phone")

    assert (written_by(mother), items()) == ([sms], {("sms", mother.pk)})


def test_what_somebody_wrote_moves_when_two_entries_are_merged(desk):
    double, patient = factories.patient(phone=PHONE), factories.patient()
    sms = write()

    merging.merge(double, patient, by=desk, at=NOW, reason="same birth date")

    assert (written_by(patient), written_by(double), items()) == ([sms], [], {("sms", patient.pk)})


# Who may read


def test_a_physiotherapist_reads_what_the_own_patients_wrote():
    own, other = factories.patient(), factories.patient()
    person = factories.colleague("physiotherapist")
    factories.appointment(patient=own, practitioner=person, visit_type=factories.physiotherapy(), starts_at=NOW)
    physician = factories.colleague()

    assert set(conversations.readable_by(person.user)) == {own}
    assert set(conversations.readable_by(physician.user)) == {own, other}
    assert set(conversations.readable_by(factories.user("manager"))) == set()
    assert set(conversations.readable_by(factories.account_of(own))) == set()
