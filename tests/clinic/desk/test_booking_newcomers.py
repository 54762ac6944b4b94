"""The desk books by phone for somebody new."""

import re
from datetime import date

import pytest

from clinic.models import Appointment, AuditAction, AuditEvent, Patient
from tests.clinic.desk.booking_form import address_of, answers, newcomer
from tests.clinic.desk.visits import a_visit
from tests.factories import at
from tests.web import text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 07:00"), tick=False)]
NEW = "/desk/book/new/"


# Somebody new


def test_words_of_the_search_are_written_into_the_form(page, doctor, consultation):
    content = page.get(NEW, {"q": "ona naujokė 27.3.1985 861234567"}).content.decode()

    for value in ["Ona", "Naujokė", "27.03.1985", "861234567"]:
        assert f'value="{value}"' in content


def test_adds_and_books_in_one_step(page, desk, doctor, consultation):
    answer = page.post(NEW, newcomer(doctor, email="Jonas@Mail.example"), follow=True)

    patient = Patient.objects.get()
    assert (patient.given_name, patient.family_name, patient.birth_date) == ("Jonas", "Naujas", date(1975, 5, 5))
    assert sorted(contact.value for contact in patient.contacts.all()) == ["+37061299999", "jonas@mail.example"]
    assert Appointment.objects.get().patient == patient
    assert "Booked: Jonas Naujas" in text(answer)
    assert AuditEvent.objects.filter(patient=patient, action=AuditAction.CREATE, by=desk).count() == 1


def test_somebody_new_sent_twice_is_added_and_booked_once(page, doctor, consultation):
    first = page.post(NEW, newcomer(doctor))
    second = page.post(NEW, newcomer(doctor))

    assert (Patient.objects.count(), Appointment.objects.count()) == (1, 1)
    assert first.url == second.url


def test_a_token_of_another_booking_is_refused_and_adds_nobody(page, doctor, consultation, ona):
    page.post(address_of(ona), answers(doctor))

    answer = page.post(NEW, newcomer(doctor))

    assert answer.status_code == 409
    assert list(Patient.objects.all()) == [ona]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"given_name": ""}, "Write the first name."),
        ({"birth_date": "31.2.1985"}, "This day does not exist."),
        ({"birth_date": "1.1.2199"}, "Please check the year of the birth date."),
        ({"birth_date": ""}, "Ask for the birth date."),
        ({"phone": ""}, "Ask for a phone number or an e-mail"),
        ({"phone": "12"}, "Write the whole phone number"),
        ({"phone": "861299999 ext. 5"}, "Write a number that we can call directly, without an extension."),
        ({"email": "jonas@"}, "Write an e-mail address like ana@example.org."),
    ],
)
def test_what_is_missing_is_asked_for_and_the_rest_stays(page, doctor, consultation, change, sentence):
    content = text(page.post(NEW, newcomer(doctor, **change)))

    assert sentence in content
    assert 'value="Naujas"' in content
    assert re.search(r'value="\d+@2026-03-02T09:00:00\+02:00" checked', content)
    assert Patient.objects.count() == 0


@pytest.mark.parametrize("spelling", ["27.3.1985", "27/03/1985", "1985-03-27", "27 3 1985", "27-3-1985", "27. 3. 1985"])
def test_birth_date_is_read_in_the_usual_spellings(page, doctor, consultation, spelling):
    page.post(NEW, newcomer(doctor, birth_date=spelling))

    assert Patient.objects.get().birth_date == date(1985, 3, 27)


def test_a_taken_time_adds_nobody_and_keeps_what_was_typed(page, doctor, consultation):
    a_visit("2026-03-02 09:00", practitioner=doctor, visit_type=consultation)
    before = Patient.objects.count()

    answer = page.post(NEW, newcomer(doctor))

    assert answer.status_code == 409
    assert Patient.objects.count() == before
    assert ('value="Naujas"' in text(answer), len(answer.context["alternatives"])) == (True, 3)


@pytest.mark.parametrize(
    "same",
    [{"birth_date": "29.2.1980", "family_name": "Petrauskaite", "given_name": "Onutė"}, {"phone": "+370 612 34567"}],
    ids=["birth date and a similar name", "phone"],
)
def test_somebody_alike_is_shown_first_and_nothing_is_lost(page, doctor, consultation, ona, same):
    answer = page.post(NEW, newcomer(doctor, **same))

    content = text(answer)
    assert answer.context["possible_duplicates"] == [ona]
    for words in [
        "Do we know this person already?",
        "It is this person",
        "It is somebody else",
        "born 29 February 1980",
    ]:
        assert words in content
    assert re.search(r'value="\d+@2026-03-02T09:00:00\+02:00" checked', content)
    assert (Patient.objects.count(), Appointment.objects.count()) == (1, 0)


def test_it_is_this_person(page, doctor, consultation, ona):
    page.post(NEW, newcomer(doctor, phone="+37061234567", it_is=str(ona.pk)))

    assert Appointment.objects.get().patient == ona
    assert list(Patient.objects.all()) == [ona]


def test_it_is_somebody_else(page, doctor, consultation, ona):
    page.post(NEW, newcomer(doctor, phone="+37061234567", is_somebody_else="1"))

    assert str(Appointment.objects.get().patient) == "Jonas Naujas"
    assert Patient.objects.count() == 2


@pytest.mark.parametrize("key", ["99999", "x", "", "-1", "9" * 30])
def test_it_is_nobody_we_know(page, doctor, consultation, key):
    assert page.post(NEW, newcomer(doctor, it_is=key)).status_code == 404
    assert Appointment.objects.count() == 0


def test_looking_for_times_judges_nothing_that_is_not_finished(page, doctor, consultation):
    content = text(page.post(NEW, newcomer(doctor, family_name="", birth_date="27.3.", look="1")))

    assert ('value="Jonas"' in content, 'value="27.3."' in content) == (True, True)
    assert "Please check your answers" not in content
