"""Who may act for a child, and until when."""

from datetime import date, timedelta

import pytest

from clinic.models import AccessEnd, AccessProof, Patient, PatientAccess, WorkItem
from clinic.people import access, coming_of_age, registration
from clinic.people.access import Right
from tests import factories
from tests.factories import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
BORN, OF_AGE = date(2008, 5, 4), at("2026-05-04 00:00")
PARENTS = "parents@mail.example"


@pytest.fixture
def child():
    newcomer = factories.newcomer(birth_date=BORN, email=PARENTS, guardian="Ona New")
    return registration.register(newcomer, at=NOW)


def seen_by(account):
    access.grant_after_proof(account, "email", account.email)
    return list(Patient.objects.acted_for_by(account))


def test_the_booking_of_a_child_keeps_who_the_guardian_is(child):
    assert list(child.guardians.values_list("name", "since", "seen_by")) == [("Ona New", NOW, None)]


@pytest.mark.parametrize("is_for_self", [True, False])
def test_whoever_books_for_a_child_acts_for_it_as_a_guardian_until_it_is_of_age(is_for_self):
    account = factories.user()

    registration.register(factories.newcomer(birth_date=BORN, account=account, is_for_self=is_for_self), at=NOW)

    assert list(account.patient_access.values_list("relation", "expires_at")) == [("guardian", OF_AGE)]


def test_a_code_to_the_address_of_a_childs_booking_opens_it_until_the_child_is_of_age(child, time_machine):
    account = access.account_for("email", PARENTS)

    time_machine.move_to(OF_AGE - timedelta(seconds=1))
    as_a_child = seen_by(account)
    time_machine.move_to(OF_AGE)

    assert (as_a_child, seen_by(account)) == ([child], [])


def test_an_address_that_nobody_has_used_before_opens_nothing_once_the_child_is_of_age(child, time_machine):
    time_machine.move_to(OF_AGE)

    assert seen_by(access.account_for("email", PARENTS)) == []


def test_at_18_the_guardians_end_and_the_desk_gives_the_patient_the_access(child, time_machine):
    account = access.account_for("email", PARENTS)
    seen_by(account)
    time_machine.move_to(OF_AGE)

    for _twice in range(2):
        coming_of_age.end_guardians(at=OF_AGE)

    assert PatientAccess.objects.get().ended_why == AccessEnd.AGE
    assert list(child.guardians.values_list("until", flat=True)) == [OF_AGE]
    assert list(child.contacts.values_list("was_booked_with", flat=True)) == [False]
    assert list(WorkItem.objects.values_list("kind", "patient")) == [("of_age", child.pk)]


def test_what_the_desk_gave_the_child_itself_stays(child):
    own = Right("email", "jonas@mail.example", child, "self", "document", "Jonas New")
    access.grant_after_seeing(own, by=factories.user("desk"), at=NOW)

    coming_of_age.end_guardians(at=OF_AGE)

    assert [row.address for row in PatientAccess.objects.current(at=OF_AGE)] == ["jonas@mail.example"]


def test_nothing_ends_the_day_before_and_nothing_of_those_who_came_as_adults(child):
    adult = registration.register(factories.newcomer(email="adult@mail.example"), at=NOW)

    coming_of_age.end_guardians(at=OF_AGE - timedelta(seconds=1))
    coming_of_age.end_guardians(at=NOW)

    assert all(contact.was_booked_with for contact in [*child.contacts.all(), *adult.contacts.all()])


def test_a_guardian_whom_the_desk_has_seen_is_noted(child):
    desk = factories.user("desk")
    right = Right("email", "ona@mail.example", child, "guardian", "papers", "Ona New")
    access.grant_after_seeing(right, by=desk, at=NOW)

    assert list(child.guardians.values_list("name", "seen_by")) == [("Ona New", None), ("Ona New", desk.pk)]


def test_who_only_helps_decides_nothing(child):
    helper, guardian = (factories.account_of(child, relation=relation) for relation in ("helper", "guardian"))
    accounts = [helper, guardian, factories.user()]

    assert [access.may_decide(account, child) for account in accounts] == [False, True, False]


def book_for(patient):
    return factories.book(at("2026-03-04 10:00"), patient=patient)


def asked():
    return list(WorkItem.objects.filter(kind="guardian_unknown").values_list("patient", "status"))


def test_a_child_without_a_guardian_is_asked_about_once_until_one_is_seen():
    factories.room()
    patient = factories.patient()
    Patient.objects.filter(pk=patient.pk).update(birth_date=BORN)
    patient.refresh_from_db()
    book_for(patient)
    first = asked()

    access.grant_after_seeing(
        Right("email", PARENTS, patient, "guardian", AccessProof.PAPERS, holder="Ona New"),
        by=factories.user("desk"),
        at=NOW,
    )
    factories.book(at("2026-03-05 10:00"), patient=patient)

    assert (first, asked()) == ([(patient.pk, "requested")], [(patient.pk, "cancelled")])


def test_nobody_is_asked_whose_guardian_was_named_or_who_is_of_age(child):
    factories.room()
    book_for(child)
    factories.book(at("2026-03-05 10:00"), patient=factories.patient())

    assert asked() == []
