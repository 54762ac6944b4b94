"""Two windows of one browser, with different answers in each; and the way back to what it holds."""

import pytest
from django.test import Client

from clinic.models import Patient
from tests import factories
from tests.clinic.public.booking_pages import ANSWERS, ask, held_page, hold, type_code

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]


def test_old_page_books_nobody_whom_it_did_not_show(client, time_machine):
    # Given a window that shows Marta's answers
    time_machine.move_to(factories.NOW, tick=False)
    factories.room()
    consultation = factories.visit_type(slug="consultation", is_consultation=True)
    hold(client, consultation, factories.practitioner())
    client.post(held_page(consultation), ANSWERS)
    page = client.get(held_page(consultation, "book-check"))

    # When another window changes them to Ben's, and the first one books
    client.post(held_page(consultation), ANSWERS | {"given_name": "Ben"})
    refused = client.post(held_page(consultation, "book-check"), {"shown": page.context["mark"]})

    # Then nobody is booked before Ben's answers were seen
    words = refused.content.decode()
    assert (refused.status_code, Patient.objects.count()) == (409, 0)
    assert ("Your answers have changed" in words, "Ben" in words) == (True, True)
    answer = client.post(held_page(consultation, "book-check"), {"shown": refused.context["mark"]})
    assert answer["Location"] == held_page(consultation, "book-code")
    assert type_code(client, consultation)["Location"] == held_page(consultation, "book-booked")
    assert Patient.objects.get().given_name == "Ben"


def test_who_goes_back_to_the_times_finds_the_one_that_is_held(client, time_machine):
    # Given a visitor who chose 10:00 and went back
    time_machine.move_to(factories.NOW, tick=False)
    factories.room()
    consultation = factories.visit_type(slug="consultation", is_consultation=True)
    times = consultation.get_absolute_url()
    assert client.get(times).context["live_hold"] is None
    hold(client, consultation, factories.practitioner())

    # Then the page says so, to this browser only, and leads on
    words = client.get(times).content.decode()
    assert ("We keep Monday 2 March, 10:00 for you" in words, held_page(consultation) in words) == (True, True)
    assert Client().get(times).context["live_hold"] is None

    # And says nothing once the ten minutes have passed
    time_machine.shift(601)
    assert client.get(times).context["live_hold"] is None


def test_a_code_books_only_what_was_checked_when_it_was_asked_for(client, time_machine):
    # Given a window that asks for the code
    time_machine.move_to(factories.NOW, tick=False)
    factories.room()
    consultation = factories.visit_type(slug="consultation", is_consultation=True)
    ask(client, consultation, factories.practitioner())

    # When another window changes the answers, and the code is typed
    client.post(held_page(consultation), ANSWERS | {"given_name": "Ben"})
    answer = type_code(client, consultation)

    # Then they are to be checked first
    assert answer["Location"] == held_page(consultation, "book-check")
    assert Patient.objects.count() == 0
