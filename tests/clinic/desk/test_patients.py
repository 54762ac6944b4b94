"""Finding a patient at the desk, and one patient's page."""

import pytest
from django.urls import reverse

from aftercare.work_kinds import PHYSIOTHERAPY_LATE
from clinic.models import AppointmentStatus, AuditAction, AuditEvent, Patient, Role, WorkItem
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import NOT_FOUND, as_, heading, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
SEARCH = "/desk/patients/"


def address_of(patient):
    return reverse("desk-patient", args=[patient.pk])


# Finding


def test_search_lists_who_fits_with_birth_date_and_contacts(page):
    named("Ona", "Petrauskienė", phone="+37061234567", email="ona@mail.example")
    named("Jonas", "Other")

    content = text(page.get(SEARCH, {"q": "petrausk on"}))

    for words in ["1 patient", "Ona Petrauskienė", "29 Feb 1980", "+370 612 34567", "ona@mail.example"]:
        assert words in content
    assert "Jonas Other" not in content


def test_search_answers_while_typing_with_the_same_part_of_the_page(page):
    named("Ona", "Petrauskienė")

    whole = page.get(SEARCH, {"q": "ona"}).content.decode()
    part = page.get(SEARCH, {"q": "ona"}, headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<section id="found"')
    assert part.strip() in whole


def test_search_says_nothing_before_something_is_asked(page):
    named("Ona", "Petrauskienė")

    content = text(page.get(SEARCH))

    assert "Ona" not in content
    assert "Nobody found" not in content


def test_search_says_when_nobody_fits_and_offers_to_add_somebody(page):
    content = page.get(SEARCH, {"q": "Ona Nauja"}).content.decode()

    assert "Nobody found" in content
    assert 'href="/desk/book/new/?q=Ona%20Nauja"' in content


def test_search_for_booking_leads_to_the_booking(page):
    patient = named("Ona", "Petrauskienė")

    assert f'href="/desk/patients/{patient.pk}/book/"' in page.get("/desk/book/", {"q": "ona"}).content.decode()


def test_search_asks_as_often_for_three_patients_as_for_one(page):
    named("Ona", "One", phone="+37061234567")
    once = queries_of(page, SEARCH, {"q": "ona"})
    named("Ona", "Two", phone="+37061234568")
    named("Ona", "Three", phone="+37061234569")

    assert queries_of(page, SEARCH, {"q": "ona"}) == once


def test_very_long_question_is_answered(page):
    answer = page.get(SEARCH, {"q": "ona " * 200})

    assert answer.status_code == 200
    assert heading(answer) == heading(page.get(SEARCH))


# One patient


def test_page_shows_visits_contacts_messages_and_work(page):
    patient = named("Ona", "Petrauskienė", phone="+37061234567", email="ona@mail.example")
    a_visit("2026-03-03 09:00", patient=patient)
    a_visit("2026-02-02 09:00", patient=patient, status=AppointmentStatus.FULFILLED)
    a_visit("2026-03-05 09:00", patient=patient, status=AppointmentStatus.PENDING, held_until=at("2026-03-02 12:05"))
    factories.message(patient=patient, subject="Come tomorrow")
    WorkItem.objects.create(
        key="x",
        kind=PHYSIOTHERAPY_LATE.code,
        patient=patient,
        what_to_say="Please call",
        due_at=at("2026-03-01 09:00"),
    )
    a_visit("2026-03-04 09:00", patient=named("Jonas", "Other"))

    answer = page.get(address_of(patient))
    content = text(answer)

    for words in ["Ona Petrauskienė", "born 29 February 1980", "+370 612 34567", "ona@mail.example", "Please call"]:
        assert words in content
    for words in ["Tue 3 Mar 2026, 09:00", "Mon 2 Feb 2026, 09:00", "Come tomorrow", "Physiotherapy not booked"]:
        assert words in content
    assert ("Wed 4 Mar" in content, "Thu 5 Mar" in content, "Jonas" in content) == (False, False, False)


def test_reading_the_page_is_audited(page, desk):
    patient = named("Ona", "Petrauskienė")

    page.get(address_of(patient))

    assert list(AuditEvent.objects.about_patients().values_list("patient", "by", "action", "what")) == [
        (patient.pk, desk.pk, AuditAction.READ, "patient")
    ]


def test_page_of_a_merged_patient_leads_to_the_one_it_became(page):
    old, new = named("Ona", "Old"), named("Ona", "New")
    Patient.objects.filter(pk=old.pk).update(merged_into=new)

    assert page.get(address_of(old)).url == address_of(new)


def test_page_asks_as_often_for_three_visits_as_for_one(page):
    patient = named("Ona", "Petrauskienė")

    def add(number):
        a_visit(f"2026-03-0{number} 15:00", patient=patient)
        a_visit(f"2026-02-0{number} 15:00", patient=patient)
        factories.message(patient=patient)

    add(3)
    once = queries_of(page, address_of(patient))
    add(4)
    add(5)

    assert queries_of(page, address_of(patient)) == once


def test_pages_are_for_desk_and_manager(page):
    patient = named("Ona", "Petrauskienė")

    for role, seen, books in [("desk", 200, 200), ("manager", 200, 403), ("physician", 403, 403), (None, 403, 403)]:
        client = as_(factories.user(role))
        pages = [client.get(path) for path in (SEARCH, address_of(patient))]
        assert [answer.status_code for answer in pages] == [seen, seen]
        assert (str(patient) in text(pages[1])) == (seen == 200)
        assert client.get("/desk/book/").status_code == books


def test_the_manager_is_offered_no_booking(page):
    patient = named("Ona", "Petrauskienė")
    manager = as_(factories.user(Role.MANAGER))

    for path in (SEARCH + "?q=ona", address_of(patient)):
        assert "/book/" not in text(manager.get(path)).split("<main")[1].split("</main>")[0]


def test_unknown_patient_is_not_found(page):
    assert refusal(page.get("/desk/patients/999999/")) == NOT_FOUND
