"""New people: a form adds a patient and never finds or changes one."""

import pytest

from clinic.models import Patient, User
from clinic.people import registration
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_register_adds_a_patient_with_the_contacts_they_booked_with():
    patient = registration.register(factories.newcomer(phone="+37061234567"), at=NOW)

    assert (patient.given_name, patient.family_name, str(patient.birth_date)) == ("Jonas", "New", "1975-05-05")
    assert list(patient.contacts.values_list("system", "value", "was_booked_with", "since", "until")) == [
        ("email", "jonas@mail.example", True, NOW, None),
        ("phone", "+37061234567", True, NOW, None),
    ]


def test_register_adds_the_same_person_again_and_leaves_the_first_alone():
    """Anybody can type a name and a birth date: finding a patient by them would give away a stranger's record."""
    first = registration.register(factories.newcomer(), at=NOW)

    second = registration.register(factories.newcomer(phone="+37061234567"), at=NOW)

    assert (first.pk == second.pk, Patient.objects.count(), first.contacts.count()) == (False, 2, 1)


@pytest.mark.parametrize("email", ["jonas@mail.example", "JONAS@Mail.Example"])
def test_register_makes_one_account_per_address_in_any_case_and_gives_it_nothing_yet(email):
    registration.register(factories.newcomer(), at=NOW)
    registration.register(factories.newcomer(email=email), at=NOW)

    account = User.objects.get()
    assert (account.email, account.patient_access.count()) == ("jonas@mail.example", 0)


def test_register_never_changes_an_account_that_is_there():
    doctor = factories.user("physician", email="jonas@mail.example", password="a long password", name="Dr Jonas")

    registration.register(factories.newcomer(), at=NOW)

    [account] = User.objects.all()
    assert (account.pk, account.name, account.check_password("a long password")) == (doctor.pk, "Dr Jonas", True)
    assert account.patient_access.count() == 0


def test_register_without_an_email_makes_no_account():
    patient = registration.register(factories.newcomer(email="", phone="+37061234567"), at=NOW)

    assert (patient.email, patient.phone, User.objects.count()) == ("", "+37061234567", 0)


@pytest.mark.parametrize(("is_for_self", "relation"), [(True, "self"), (False, "family")])
def test_register_lets_the_signed_in_person_act_at_once(is_for_self, relation):
    account = factories.user()

    patient = registration.register(factories.newcomer(account=account, is_for_self=is_for_self), at=NOW)

    assert list(account.patient_access.values_list("patient", "relation", "until")) == [(patient.pk, relation, None)]
