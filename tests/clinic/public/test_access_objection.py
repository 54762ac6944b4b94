"""The link in the message that somebody was given access."""

import pytest
from django.urls import reverse

from clinic.models import WorkItem
from clinic.people import access, objections
from clinic.people.access import Right
from tests import factories
from tests.factories import NOW
from tests.web import NOT_FOUND, main_words, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def given():
    right = Right("email", "ona@mail.example", factories.patient(), "helper", "document", "Ona Secret")
    return access.grant_after_seeing(right, by=factories.user("desk"), at=NOW)


def page_of(given):
    return reverse("access-objection", args=[objections.LINK.token_for(given.pk)])


def test_the_link_says_for_whom_and_ends_it_when_it_is_wrong(client, given):
    asked = main_words(client.get(page_of(given)))
    stood = given.is_current
    answer = client.post(page_of(given), follow=True)

    given.refresh_from_db()
    assert ("For Rasa E." in asked, "o…@mail.example" in asked, "Secret" in asked) == (True, True, False)
    assert (stood, given.is_current, answer.status_code) == (True, False, 410)
    assert "This right has ended." in main_words(answer)
    assert WorkItem.objects.get().kind == "access_objected"


def test_an_old_link_and_a_made_up_one_end_nothing(client, given, time_machine):
    made_up = page_of(given)[:-2] + "/"
    time_machine.shift(objections.OPEN_FOR * 2)

    assert refusal(client.post(made_up)) == NOT_FOUND
    assert "This link is too old." in main_words(client.post(page_of(given)))
    given.refresh_from_db()
    assert given.is_current
