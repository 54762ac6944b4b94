"""Which account may act for which patient."""

import pytest

from clinic.models import Patient, PatientAccess, User
from clinic.people import access
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def patients_of(user):
    return sorted(Patient.objects.visible_to(user).values_list("given_name", flat=True))


# Proof of an address


def test_grant_after_proof_gives_all_the_patients_of_a_shared_family_address():
    for name in ("Ona", "Jonas"):
        factories.patient(given_name=name, email="family@mail.example")
    factories.patient(given_name="Stranger", email="stranger@mail.example")
    user = factories.user(email="family@mail.example")

    for _twice in range(2):
        access.grant_after_proof(user, "email", user.email)

    assert patients_of(user) == ["Jonas", "Ona"]
    assert list(PatientAccess.objects.values_list("relation", "until")) == [("family", None)] * 2


@pytest.mark.parametrize("written", ["Rasa@Mail.Example", "RASA@MAIL.EXAMPLE", "rasa@mail.example"])
def test_grant_after_proof_reads_an_address_in_any_case(written):
    factories.patient(email=written)
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user, "email", user.email)

    assert patients_of(user) == ["Rasa"]


def test_grant_after_proof_leaves_an_access_that_was_ended():
    patient, user = factories.patient(email="rasa@mail.example"), factories.user(email="rasa@mail.example")
    access.grant_after_proof(user, "email", user.email)
    PatientAccess.objects.update(until=NOW)

    access.grant_after_proof(user, "email", user.email)

    assert patients_of(user) == []
    assert list(patient.access.values_list("until", flat=True)) == [NOW]


def test_grant_after_proof_counts_only_addresses_that_were_booked_with():
    """The desk may enter a neighbour's address to reach somebody; that gives the neighbour no access."""
    factories.patient(email="rasa@mail.example", was_booked_with=False)
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user, "email", user.email)

    assert patients_of(user) == []


def test_grant_after_proof_leaves_out_an_address_that_is_no_longer_used():
    patient = factories.patient(email="rasa@mail.example")
    patient.contacts.update(until=NOW)
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user, "email", user.email)

    assert patients_of(user) == []


def test_grant_after_proof_leaves_out_a_duplicate_that_was_merged():
    duplicate = factories.patient(given_name="Double", email="rasa@mail.example")
    duplicate.merged_into = factories.patient(email="rasa@mail.example")
    duplicate.save()
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user, "email", user.email)

    assert patients_of(user) == ["Rasa"]


def test_grant_keeps_the_relation_it_began_with():
    patient, user = factories.patient(), factories.user()
    access.grant(user, patient, relation="self")

    access.grant(user, patient, relation="family")

    assert [row.relation for row in PatientAccess.objects.all()] == ["self"]


@pytest.mark.parametrize("email", ["rasa@mail.example", "RASA@mail.example"])
def test_account_for_is_one_account_in_any_case(email):
    assert access.account_for("email", "rasa@mail.example") == access.account_for("email", email)
    assert User.objects.count() == 1
