"""Physicians and physiotherapists look for a patient: whom they find, where it leads, and that it is noted."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent, PractitionerRole, Role
from tests import factories
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 09:20"), tick=False)]
ADDRESS = "/practice/patients/"


@pytest.fixture
def physician(client):
    person = factories.colleague()
    client.force_login(person.user)
    return person


@pytest.fixture
def therapist(client):
    person = factories.colleague(Role.PHYSIOTHERAPIST)
    client.force_login(person.user)
    return person


def found(client, query):
    html = client.get(ADDRESS, {"q": query}).content.decode()
    return [name.strip() for name in re.findall(r'<th scope="row">\s*([^<]+)', html)]


def trail(user):
    rows = AuditEvent.objects.filter(by=user).exclude(kind="sign-in").order_by("pk")
    return [(row.kind, row.what, row.patient_id) for row in rows]


@pytest.mark.parametrize("query", ["jon pet", "Petraitis", "27.3.1985", "1985-03-27 jonas", "612 34 567"])
def test_physician_finds_anybody_by_name_birth_date_or_phone(client, physician, query):
    person = factories.patient(given_name="Jonas", family_name="Petraitis", phone="+37061234567")
    person.birth_date = date(1985, 3, 27)
    person.save()
    factories.patient(given_name="Rasa", family_name="Other")

    assert found(client, query) == ["Jonas Petraitis"]


def test_each_search_is_noted_with_whom_it_showed_but_not_what_was_typed(client, physician):
    person = factories.patient(family_name="Petraitis")

    found(client, "Petraitis")
    found(client, "Nobody")
    client.get(ADDRESS)

    assert trail(physician.user) == [
        ("looked-for", "1", None),
        ("", "search for a patient", person.pk),
        ("looked-for", "0", None),
    ]


def test_found_patient_leads_to_the_next_and_the_last_visit(client, physician):
    person = factories.patient(family_name="Petraitis")
    past, next_visit, _later = (
        factories.appointment(patient=person, starts_at=at(f"2026-{day} 10:00")) for day in ("02-09", "03-09", "04-09")
    )

    html = client.get(ADDRESS, {"q": "Petraitis"}).content.decode()

    visits = re.findall(r'href="(/practice/visits/\d+/)"', html)
    assert visits == [f"/practice/visits/{next_visit.pk}/", f"/practice/visits/{past.pk}/"]
    assert f"/practice/patients/{person.pk}/history/" in html


def test_physiotherapist_finds_those_in_their_care_only(client, therapist):
    own, stranger = (factories.patient(given_name=name, family_name="Petraitis") for name in ("Own", "Stranger"))
    kind = factories.visit_type(role=PractitionerRole.PHYSIOTHERAPIST)
    visit = factories.appointment(patient=own, practitioner=therapist, visit_type=kind)
    elsewhere = factories.appointment(patient=own, starts_at=factories.at("2026-03-04 10:00"))

    html = client.get(ADDRESS, {"q": "Petraitis"}).content.decode()

    assert f"/practice/visits/{visit.pk}/" in html
    assert f"/practice/visits/{elsewhere.pk}/" not in html
    assert "Stranger" not in html
    assert "history" not in html
    assert stranger.pk not in [patient for _kind, _what, patient in trail(therapist.user)]


def test_physiotherapist_who_finds_nobody_is_led_to_the_emergency(client, therapist):
    factories.patient(family_name="Petraitis")

    html = client.get(ADDRESS, {"q": "Petraitis"}).content.decode()

    assert "Nobody found" in html
    assert "/practice/emergency-access/" in html.partition("Nobody found")[2]


def test_whose_data_are_locked_is_not_found(client, physician):
    person = factories.patient(family_name="Petraitis")
    person.locked_at = at("2026-03-01 10:00")
    person.save()

    assert found(client, "Petraitis") == []


def test_box_stands_on_the_day_and_says_what_was_looked_for(client, physician):
    day = client.get("/practice/").content.decode()
    page = client.get(ADDRESS, {"q": "jon"}).content.decode()

    assert f'action="{ADDRESS}"' in day
    assert 'value="jon"' in page
    assert "Nobody found" in page


def test_page_asks_the_database_as_often_for_three_patients_as_for_one(client, physician):
    for name in ("Alone", "Third One", "Third Two", "Third Three"):
        factories.appointment(patient=factories.patient(given_name=name, family_name="Petraitis"))

    def queries_of(query):
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS, {"q": query})
        return len(asked)

    assert queries_of("Alone") == queries_of("Third") == queries_of("Alone")
