"""The page of the people who treat: who they are, and what they have proof of today."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from model_bakery import baker

from clinic.models import CredentialKind, Practitioner

pytestmark = pytest.mark.django_db


def make_physician(name, **credential):
    physician = baker.make(Practitioner, name=name, role="physician", languages="English, Polish", about="Listens.")
    if credential:
        baker.make("clinic.Credential", practitioner=physician, kind=CredentialKind.ULTRASOUND, **credential)
    return physician


def cards(client):
    """The text of each card."""
    html = client.get(reverse("people")).content.decode()
    return [" ".join(card.split("</article>")[0].split()) for card in html.split("<article")[1:]]


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

    html = client.get(reverse("people")).content.decode()

    order = ["Pain doctors", "Dr Lee", "Physiotherapists", "Kim Roe"]
    assert [html.index(word) for word in order] == sorted(html.index(word) for word in order)


@pytest.mark.parametrize("count", [1, 5])
def test_people_page_asks_the_database_as_often_for_many_as_for_one(client, django_assert_max_num_queries, count):
    for number in range(count):
        make_physician(f"Dr {number}", valid_from=date(2020, 1, 1))

    with django_assert_max_num_queries(3):
        client.get(reverse("people"))
