"""Addresses that lead nowhere, and people who have no workplace: each page says where to go."""

import pytest
from django.urls import reverse

from clinic.models import Role
from tests import factories
from tests.web import as_, text

pytestmark = pytest.mark.django_db
NOWHERE = "/no/such/page/"


def test_stranger_who_is_lost_may_sign_in(client):
    answer = client.get(NOWHERE)

    assert answer.status_code == 404
    assert 'class="button-quiet" href="/accounts/login/code/"' in text(answer)


@pytest.mark.parametrize(("role", "place"), [(None, "my"), (Role.DESK, "desk")])
def test_who_is_signed_in_and_lost_is_led_to_their_own_pages(role, place):
    answer = as_(factories.user(role)).get(NOWHERE)

    assert answer.status_code == 404
    assert f'class="button-primary" href="{reverse(place)}"' in text(answer)
    assert "/accounts/login/code/" not in text(answer)
    assert "sign in first" not in text(answer)


def test_physician_whom_nobody_added_to_the_people_is_told_to_ask():
    answer = as_(factories.user(Role.PHYSICIAN)).get(reverse("workplace"), follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "You have no workplace here yet. Please ask the manager to add you to the people." in text(answer)


def test_icon_that_browsers_ask_for_is_the_clinics_mark(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg")
    assert "/img/mark" in answer["Location"]
