"""The desk gives somebody access to a patient after seeing the person, and takes it back."""

import pytest
from django.urls import reverse

from clinic.models import AuditAction, AuditEvent, Patient, PatientAccess, User
from tests import factories
from tests.factories import at
from tests.web import NOT_FOUND, as_, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
ENTERED = {"holder": "Ona Example", "email": "Ona@mail.example", "relation": "helper", "proof": "document"}


@pytest.fixture
def patient():
    return factories.patient(email="rasa@mail.example")


def address_of(patient):
    return reverse("desk-access", args=[patient.pk])


def grant_of(patient):
    return reverse("desk-access-grant", args=[patient.pk])


def acts_for(email):
    return list(Patient.objects.acted_for_by(User.objects.get(email=email)))


def test_access_is_given_with_the_proof_and_everybody_is_told(page, desk, patient):
    answer = page.post(grant_of(patient), ENTERED, follow=True)

    given = PatientAccess.objects.get()
    assert (given.holder, given.relation, given.proof, given.granted_by) == ("Ona Example", "helper", "document", desk)
    assert acts_for("ona@mail.example") == [patient]
    assert "Ona Example can sign in with ona@mail.example now." in text(answer)
    assert AuditEvent.objects.get(action=AuditAction.UPDATE).what == "who may see: given"
    assert list(patient.messages.values_list("address", flat=True)) == ["rasa@mail.example"]


def test_access_that_was_ended_is_given_again(page, patient):
    page.post(grant_of(patient), ENTERED)
    page.post(reverse("desk-access-end", args=[patient.pk, PatientAccess.objects.get().pk]), {"note": "She asked"})
    ended = acts_for("ona@mail.example")

    page.post(grant_of(patient), ENTERED)

    assert (ended, acts_for("ona@mail.example")) == ([], [patient])
    assert PatientAccess.objects.filter(until=None).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"holder": ""}, "holder"),
        ({"email": "ona"}, "email"),
        ({"relation": "guardian"}, "relation"),  # of somebody who is of age
        ({"relation": "family"}, "relation"),
        ({"proof": ""}, "proof"),
        ({"proof": "code"}, "proof"),
        ({"relation": "legal"}, "proof"),  # without papers
        ({"until_on": "2026-03-01"}, "until_on"),
    ],
)
def test_access_needs_a_name_what_they_are_and_a_proof(page, patient, changes, field):
    answer = page.post(grant_of(patient), ENTERED | changes)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert PatientAccess.objects.count() == 0


def test_nobody_gives_access_to_their_own_account(page, desk, patient):
    answer = page.post(grant_of(patient), ENTERED | {"email": desk.email.upper()})

    assert list(answer.context["form"].errors) == ["email"]


def test_access_for_some_time_ends_by_itself(page, patient, time_machine):
    page.post(grant_of(patient), ENTERED | {"until_on": "2026-03-10"})

    time_machine.move_to(at("2026-03-10 23:59"))
    last_evening = acts_for("ona@mail.example")
    time_machine.move_to(at("2026-03-11 00:00"))

    assert (last_evening, acts_for("ona@mail.example")) == ([patient], [])


def test_a_guardians_access_ends_on_the_day_the_child_is_of_age(page, patient, time_machine):
    Patient.objects.filter(pk=patient.pk).update(birth_date=at("2008-05-04 12:00").date())
    page.post(grant_of(patient), ENTERED | {"relation": "guardian"})

    time_machine.move_to(at("2026-05-03 23:59"))
    as_a_child = acts_for("ona@mail.example")
    time_machine.move_to(at("2026-05-04 00:00"))

    assert (as_a_child, acts_for("ona@mail.example")) == ([patient], [])


def test_what_a_merge_shut_out_stands_on_the_page(page, patient):
    double = factories.patient(email="new@mail.example")
    factories.account_of(double, email="new@mail.example")

    answer = page.post(reverse("desk-merge", args=[patient.pk, double.pk]), {"reason": "She says so"}, follow=True)

    assert answer.redirect_chain == [(address_of(patient), 302)]
    assert "two entries were joined, and this account could open one of them only" in text(answer)
    assert "We do not write to these any more, and they open nothing: new@mail.example (2 Mar 2026)" in text(answer)


def test_giving_and_ending_is_for_the_desk(patient):
    account = factories.account_of(patient, email="rasa@mail.example")
    end = reverse("desk-access-end", args=[patient.pk, account.patient_access.get().pk])
    allowed = []

    for role in ["desk", "physician", "physiotherapist", "manager"]:
        client = as_(factories.user(role))
        answers = [client.get(address_of(patient)), client.post(grant_of(patient), {}), client.get(end)]
        allowed.append([answer.status_code for answer in answers])

    assert allowed == [[200, 422, 200], [403, 403, 403], [403, 403, 403], [200, 403, 403]]


def test_a_merged_entry_has_no_such_page(page, patient):
    Patient.objects.filter(pk=patient.pk).update(merged_into=factories.patient())

    assert refusal(page.get(address_of(patient))) == NOT_FOUND
