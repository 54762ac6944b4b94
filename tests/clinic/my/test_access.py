"""The patient sees who may see, and takes it back."""

import pytest
from django.urls import reverse

from clinic.models import AccessEnd, AuditEvent, Patient, PatientAccess
from tests import factories
from tests.factories import NOW
from tests.web import NOT_FOUND, main_words, refusal, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def me():
    return factories.patient()


def access_of(me, relation, email):
    return factories.account_of(me, relation=relation, email=email).patient_access.get()


def end(client, row):
    return client.post(reverse("my-access-end", args=[row.pk]))


def test_everybody_who_may_see_stands_there_with_half_an_address(client, me):
    sign_in(client, me)
    access_of(me, "helper", "daughter@mail.example")
    access_of(factories.patient(), "self", "somebody@mail.example")

    page = main_words(client.get(reverse("my-access")))

    assert "You , the patient since 2 March 2026" in page
    assert "d…@mail.example , somebody the patient trusts" in page
    assert ("daughter@" in page, "s…@" in page) == (False, False)
    assert list(AuditEvent.objects.filter(patient=me).values_list("what", flat=True)) == ["who may see"]


def test_the_patient_takes_it_back_after_a_question(client, me):
    sign_in(client, me)
    row = access_of(me, "helper", "daughter@mail.example")

    asked = main_words(client.get(reverse("my-access-end", args=[row.pk])))
    stood = row.is_current
    answer = end(client, row)

    row.refresh_from_db()
    assert ("d…@mail.example sees nothing" in asked, stood) == (True, True)
    assert (answer.url, row.is_current, row.ended_why) == (reverse("my-access"), False, AccessEnd.PATIENT)
    assert list(Patient.objects.acted_for_by(row.user)) == []


def test_who_helps_gives_up_the_own_access_and_no_other(client, me):
    own = access_of(me, "helper", "daughter@mail.example")
    patients = access_of(me, "self", "rasa@mail.example")
    client.force_login(own.user)

    answers = [end(client, patients).status_code, end(client, own).status_code]

    assert answers == [409, 302]
    assert [row.user for row in PatientAccess.objects.current()] == [patients.user]


@pytest.mark.parametrize("relation", ["guardian", "legal"])
def test_what_papers_give_is_taken_back_at_the_desk_only(client, me, relation):
    sign_in(client, me)
    row = access_of(me, relation, "court@mail.example")

    assert "Please ask our desk" in main_words(end(client, row))
    assert PatientAccess.objects.get(pk=row.pk).until is None


def test_the_access_of_a_stranger_is_not_found(client, me):
    sign_in(client, me)

    assert refusal(end(client, access_of(factories.patient(), "self", "somebody@mail.example"))) == NOT_FOUND
