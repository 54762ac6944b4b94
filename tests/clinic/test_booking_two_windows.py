"""Two windows of one browser, and different answers in each."""

import pytest

from clinic.models import Patient
from tests import factories
from tests.clinic.test_booking_pages import ANSWERS, held_page, hold

pytestmark = pytest.mark.django_db


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
    assert answer["Location"] == held_page(consultation, "book-booked")
    assert Patient.objects.get().given_name == "Ben"
