"""Whom a signed-in person may book for, and what requires a consultation first."""

import pytest
from django.urls import reverse

from clinic.models import AccessRelation, Appointment, Patient, PatientAccess
from tests import factories
from tests.clinic.public.booking_pages import ANSWERS, held_page, hold

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.NOW, tick=False)]


def test_procedure_asks_a_stranger_to_sign_in_or_to_consult_first(client, doctor):
    factories.room()
    block = factories.visit_type(slug="block", needs_consultation_first=True)
    hold(client, block, doctor)

    page = client.get(held_page(block)).content.decode()

    assert ("Have you been here before?" in page, 'name="given_name"' in page) == (True, False)


def test_procedure_cannot_be_booked_past_the_page_that_asks(client, doctor):
    factories.room()
    block = factories.visit_type(slug="block", needs_consultation_first=True)
    hold(client, block, doctor)
    client.post(held_page(block), ANSWERS)

    answer = client.post(held_page(block, "book-check"))

    assert (answer.status_code, Patient.objects.count()) == (409, 0)
    assert "A consultation comes first" in answer.content.decode()


def test_signed_in_patient_books_for_herself(client, me, consultation, doctor):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), {"patient": me.pk})

    client.post(held_page(consultation, "book-check"))

    assert Appointment.objects.get().patient == me


def test_own_name_typed_again_makes_no_second_entry(client, me, consultation, doctor):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), {"patient": "new"})
    own = {"given_name": me.given_name, "family_name": me.family_name.upper()}
    born = {"birth_date_day": "29", "birth_date_month": "2", "birth_date_year": "1980"}

    page = client.post(held_page(consultation) + "?new", ANSWERS | own | born, follow=True).content.decode()
    client.post(held_page(consultation, "book-check"))

    assert f"<dd>{me}</dd>" in page
    visit = Appointment.objects.get()
    assert (visit.patient, visit.reason, Patient.objects.count()) == (me, "My neck", 1)


def test_two_entries_of_one_name_are_told_apart(client, me, consultation, doctor):
    child = factories.patient(given_name=me.given_name, family_name=me.family_name)
    Patient.objects.filter(pk=child.pk).update(birth_date="2015-05-01")
    PatientAccess.objects.create(user=me.access.get().user, patient=child, relation=AccessRelation.FAMILY)
    hold(client, consultation, doctor)

    page = client.get(held_page(consultation)).content.decode()

    assert [page.count(f"born {day}") for day in ("29 February 1980", "1 May 2015")] == [1, 1]


def test_nobody_books_for_somebody_who_has_died(client, me, consultation, doctor):
    Patient.objects.filter(pk=me.pk).update(died_on="2026-02-27")
    hold(client, consultation, doctor)

    page = client.post(held_page(consultation), {"patient": me.pk}).content.decode()

    assert ('name="patient"' in page, Appointment.objects.filter(patient=me).count()) == (False, 0)


def test_signed_in_patient_cannot_book_for_a_stranger(client, me, consultation, doctor):
    stranger = factories.patient()
    hold(client, consultation, doctor)

    page = client.post(held_page(consultation), {"patient": stranger.pk}).content.decode()

    assert "Please check your answers" in page
    assert stranger.appointments.count() == 0


def test_signed_in_parent_books_for_a_child_and_may_act_for_it(client, me, consultation, doctor):
    hold(client, consultation, doctor)
    answer = client.post(held_page(consultation), {"patient": "new"})
    client.post(answer["Location"], ANSWERS | {"email": "", "phone": "+37061234567"})

    client.post(held_page(consultation, "book-check"))

    child = Appointment.objects.get().patient
    assert str(child) == "Marta O'Neil"
    assert "Marta" in client.get(reverse("my")).content.decode()
