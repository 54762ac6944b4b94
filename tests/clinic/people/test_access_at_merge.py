"""Two entries become one, and nobody sees more by it than before."""

from datetime import timedelta

import pytest

from clinic.messaging import contacts, preferences, stop_links
from clinic.models import AccessEnd, AuditEvent, Patient, PatientAccess
from clinic.people import access, merging
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def seen_here(**fields):
    """A patient with a visit that has taken place."""
    patient = factories.patient(**fields)
    past = NOW - timedelta(days=next(factories.numbers))
    factories.appointment(patient=patient, starts_at=past, status="fulfilled")
    return patient


def booked_only(**fields):
    patient = factories.patient(**fields)
    factories.appointment(patient=patient, starts_at=NOW + timedelta(days=next(factories.numbers)))
    return patient


def merge(duplicate, into):
    merging.merge(duplicate, into, by=factories.user("desk"), at=NOW, reason="same name and birth date")


def seen_by(account):
    """What this account acts for once it has signed in again by a code to its own address."""
    access.grant_after_proof(account, "email", account.email)
    return list(Patient.objects.acted_for_by(account))


def test_stranger_who_booked_in_the_name_of_a_patient_sees_nothing_after_the_merge():
    """An anonymous booking with a patient's name and birth date and another e-mail address."""
    patient, double = seen_here(email="rasa@mail.example"), booked_only(email="stranger@mail.example")
    stranger = factories.user(email="stranger@mail.example")
    before = seen_by(stranger)

    merge(double, patient)

    assert (before, seen_by(stranger)) == ([double], [])
    assert PatientAccess.objects.get(user=stranger).ended_why == AccessEnd.MERGE


def test_nor_if_the_entry_of_the_stranger_is_the_one_that_stays():
    patient, double = seen_here(email="rasa@mail.example"), booked_only(email="stranger@mail.example")
    stranger = factories.user(email="stranger@mail.example")
    seen_by(stranger)

    merge(patient, double)

    assert seen_by(stranger) == []


def test_nor_by_a_first_code_after_the_merge():
    patient, double = seen_here(email="rasa@mail.example"), booked_only(email="stranger@mail.example")

    merge(double, patient)

    assert seen_by(factories.user(email="stranger@mail.example")) == []


def test_nor_by_a_first_code_to_an_address_of_the_entry_that_stays():
    patient, double = seen_here(email="rasa@mail.example"), seen_here(email="stranger@mail.example")

    merge(patient, double)

    assert [seen_by(factories.user(email=f"{name}@mail.example")) for name in ("stranger", "rasa")] == [[], []]


def test_corrected_address_opens_nothing_until_a_colleague_gives_it_access():
    patient = seen_here(email="rasa@mail.example")
    contacts.fix_contact(patient.contacts.get(), value="stranger@mail.example", by=None, at=NOW)

    assert [seen_by(factories.user(email=f"{name}@mail.example")) for name in ("stranger", "rasa")] == [[], []]


def test_nothing_is_sent_to_the_strangers_address_and_it_is_still_found():
    patient, double = seen_here(email="", phone="+37061234567"), booked_only(email="stranger@mail.example")

    merge(double, patient)

    patient = Patient.objects.prefetch_related("contacts").get(pk=patient.pk)
    assert (patient.email, patient.phone) == ("", "+37061234567")
    assert [c.value for c in preferences.contacts_by_channel(patient).values()] == ["+37061234567"]
    assert list(patient.contacts.filter(value="stranger@mail.example").values_list("until", flat=True)) == [NOW]


def test_the_patients_own_account_keeps_the_entry_that_was_looked_after():
    patient, double = seen_here(email="rasa@mail.example"), booked_only(email="new@mail.example")
    own = factories.user(email="rasa@mail.example")
    seen_by(own)

    merge(double, patient)

    assert seen_by(own) == [patient]
    assert PatientAccess.objects.get(user=own).until is None


@pytest.mark.parametrize("stays", ["patient", "double"])
def test_who_could_open_both_opens_the_one_that_is_left(stays):
    patient, double = seen_here(email="rasa@mail.example"), seen_here(email="rasa@mail.example")
    own = factories.user(email="rasa@mail.example")
    seen_by(own)

    merge(*((double, patient) if stays == "patient" else (patient, double)))

    assert seen_by(own) == [patient if stays == "patient" else double]


def test_a_session_that_is_open_goes_on_for_who_could_open_both_by_one_address():
    """The second booking was made after the last time they signed in."""
    double = seen_here(email="rasa@mail.example")
    own = factories.user(email="rasa@mail.example")
    seen_by(own)
    patient = seen_here(email="Rasa@mail.example")

    merge(double, patient)

    assert list(Patient.objects.acted_for_by(own)) == [patient]


def test_two_entries_that_were_both_looked_after_open_to_nobody_who_opened_one():
    patient, double = seen_here(email="rasa@mail.example"), seen_here(email="other@mail.example")
    accounts = [factories.user(email=f"{name}@mail.example") for name in ("rasa", "other")]
    for account in accounts:
        seen_by(account)

    merge(double, patient)

    assert [seen_by(account) for account in accounts] == [[], []]
    assert {event.patient for event in AuditEvent.objects.filter(what__contains="who may see")} == {patient, double}


def test_an_access_that_was_ended_does_not_come_back():
    patient, double = seen_here(email="rasa@mail.example"), seen_here(email="rasa@mail.example")
    own = factories.user(email="rasa@mail.example")
    seen_by(own)
    access.end(PatientAccess.objects.get(user=own, patient=patient), why=AccessEnd.PATIENT, at=NOW)

    merge(double, patient)

    assert seen_by(own) == []


def test_link_in_a_reminder_to_a_strangers_address_leads_nowhere():
    patient, double = seen_here(email="rasa@mail.example"), booked_only(email="stranger@mail.example")
    shared = booked_only(email="rasa@mail.example")
    tokens = [stop_links.LINK.token_for(entry.pk) for entry in (double, shared)]

    for entry in (double, shared):
        merge(entry, patient)

    assert [stop_links.LINK.find(token) for token in tokens] == [None, (patient, None)]
