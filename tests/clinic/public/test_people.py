"""The page of the people who treat: who they are, and their credentials of today."""

import html
import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from model_bakery import baker

from clinic.models import CredentialKind, Practitioner
from clinic.website import page_cache
from tests import factories
from tests.web import NOT_FOUND, refusal

pytestmark = pytest.mark.django_db


def make_physician(name, **credential):
    physician = baker.make(Practitioner, name=name, role="physician", languages="English, Polish", about="Listens.")
    if credential:
        baker.make("clinic.Credential", practitioner=physician, kind=CredentialKind.ULTRASOUND, **credential)
    return physician


def cards(client):
    """The text of each card."""
    shown = client.get(reverse("people")).content.decode()
    return [" ".join(card.split("</article>")[0].split()) for card in shown.split("<article")[1:]]


def test_person_is_shown_with_languages_and_words(client):
    make_physician("Dr Lee")

    (card,) = cards(client)

    assert "Dr Lee" in card
    assert "Listens." in card
    assert "Speaks English, Polish" in card


@time_machine.travel("2026-03-10 12:00Z")
@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_shown"),
    [
        (date(2026, 3, 10), None, True),
        (date(2025, 1, 1), date(2026, 3, 10), True),
        (date(2025, 1, 1), date(2026, 3, 9), False),
        (date(2026, 3, 11), None, False),
    ],
)
def test_ultrasound_is_shown_only_while_the_credential_is_valid(client, valid_from, valid_to, is_shown):
    make_physician("Dr Lee", valid_from=valid_from, valid_to=valid_to)

    (card,) = cards(client)

    assert ("Ultrasound" in card) is is_shown


def test_somebody_who_no_longer_works_here_is_not_shown(client):
    baker.make(Practitioner, name="Dr Gone", role="physician", is_active=False)

    assert cards(client) == []


def test_doctors_and_physiotherapists_stand_under_their_own_heading(client):
    make_physician("Dr Lee")
    baker.make(Practitioner, name="Kim Roe", role="physiotherapist")

    shown = client.get(reverse("people")).content.decode()

    order = ["Pain doctors", "Dr Lee", "Physiotherapists", "Kim Roe"]
    assert [shown.index(word) for word in order] == sorted(shown.index(word) for word in order)


@pytest.mark.parametrize("count", [1, 5])
def test_people_page_asks_the_database_as_often_for_many_as_for_one(client, django_assert_max_num_queries, count):
    for number in range(count):
        make_physician(f"Dr {number}", valid_from=date(2020, 1, 1))

    with django_assert_max_num_queries(3):
        client.get(reverse("people"))


# One person's page


def page_of(client, person, **more):
    response = client.get(person.get_absolute_url(), **more)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def offers():
    return factories.visit_type(slug="talk", is_consultation=True), factories.visit_type(
        slug="with-ultrasound", name="With ultrasound", needs_ultrasound=True, position=1
    )


@time_machine.travel(factories.NOW)
def test_next_free_time_is_that_of_the_booking_page(client, offers):
    factories.room()
    person, busy = factories.practitioner(), factories.practitioner()
    first = factories.at("2026-03-02 09:00")
    factories.appointment(starts_at=first, practitioner=busy, visit_type=offers[0])

    free, taken = (re.search(r'button-primary" href="([^"]+)"', page_of(client, who))[1] for who in (person, busy))

    assert free == f"/book/talk/?practitioner={person.pk}&amp;from=2026-03-02"
    assert "Book Monday 2 March, 09:00" in page_of(client, person)
    assert "Book Monday 2 March, 09:30" in page_of(client, busy)
    assert f"practitioner={busy.pk}" in taken
    booking = client.get(html.unescape(free)).content.decode()
    assert f'<option value="{person.pk}" selected>' in booking


@time_machine.travel(factories.NOW)
def test_somebody_without_free_time_leads_to_the_others(client, offers):
    person = factories.practitioner(hours=None)

    assert "No time is free in the weeks that can be booked." in page_of(client, person)


@time_machine.travel(factories.NOW)
@pytest.mark.parametrize(
    ("valid_to", "words"),
    [
        (None, "Ultrasound-guided injection"),
        (date(2026, 3, 2), "valid until 2 March 2026"),
        (date(2026, 3, 1), ""),
    ],
)
def test_only_a_credential_valid_today_is_told_and_opens_its_visits(client, offers, valid_to, words):
    person = make_physician("Dr Lee", valid_from=date(2025, 1, 1), valid_to=valid_to)

    shown = page_of(client, person)

    assert words in shown
    assert ("Proof of skill" in shown) is bool(words)
    assert ("/book/with-ultrasound/" in shown) is bool(words)


def test_address_outlives_a_change_of_name(client):
    person = make_physician("Dr Žemaitė Lee")
    old = person.get_absolute_url()
    Practitioner.objects.filter(pk=person.pk).update(name="Dr Roe")

    assert old == f"/people/dr-zemaite-lee-{person.pk}/"
    assert client.get(old).headers["Location"] == f"/people/dr-roe-{person.pk}/"


@pytest.mark.parametrize("slug", ["dr-lee", "dr-lee-99999", "9" * 40])
def test_person_who_does_not_work_here_is_not_found(client, slug):
    gone = baker.make(Practitioner, name="Dr Gone", role="physician", is_active=False)

    assert refusal(client.get(reverse("person", args=[slug]))) == NOT_FOUND
    assert refusal(client.get(gone.get_absolute_url())) == NOT_FOUND


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "initials"), [("Dr Ieva Brandt", "IB"), ("Jonas Kovač", "JK"), ("Prof. Lee", "L"), ("Dr", "D")]
)
def test_initials_leave_titles_out(name, initials):
    assert Practitioner(name=name).initials == initials


@time_machine.travel(factories.NOW)
def test_page_of_a_person_asks_the_database_three_times(client, offers, django_assert_max_num_queries):
    factories.room()
    person = factories.practitioner(ultrasound=True)
    page_of(client, person)
    page_cache._pages.clear()

    with django_assert_max_num_queries(3):
        page_of(client, person)
