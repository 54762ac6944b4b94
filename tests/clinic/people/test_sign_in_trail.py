"""The audit trail knows who signed in, who could not, who was locked out, and who was refused what."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, Role
from tests import factories
from tests.clinic.sign_in import CODE_PAGE, PASSWORD, WORK, ask_for_code, sent_code
from tests.web import as_

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
HERE = "127.0.0.1"


def trail():
    """Kind, who did it, to which account, what, from where."""
    events = AuditEvent.objects.exclude(kind="").order_by("pk")
    return list(events.values_list("kind", "by__email", "account__email", "what", "address"))


@pytest.fixture
def rasa(desk_colleague):
    return "rasa@clinic.example"


def test_signing_in_and_out_is_noted(client, rasa):
    client.post(WORK, {"login": rasa, "password": PASSWORD})
    client.post(reverse("account_logout"))

    assert trail() == [("sign-in", rasa, None, "", HERE), ("sign-out", rasa, None, "", HERE)]


def test_wrong_password_is_noted_for_its_account_and_what_was_typed_is_not(client, rasa):
    client.post(WORK, {"login": rasa, "password": "wrong"})
    client.post(WORK, {"login": "my-secret@example.org", "password": "wrong"})

    assert trail() == [
        ("sign-in-failed", None, rasa, "password", HERE),
        ("sign-in-failed", None, None, "password", HERE),
    ]


def test_password_of_an_account_that_may_use_none_is_noted(client, rasa, desk_colleague):
    desk_colleague.employments.update(until=factories.HIRED)

    client.post(WORK, {"login": rasa, "password": PASSWORD})

    assert trail() == [("sign-in-failed", None, rasa, "a password that no longer counts", HERE)]


def test_wrong_code_is_noted(client, booked_patient):
    ask_for_code(client, "ona@example.org")
    wrong = "000000" if sent_code() != "000000" else "000001"

    client.post(CODE_PAGE, {"code": wrong})

    assert trail() == [("sign-in-failed", None, "ona@example.org", "code", HERE)]


def test_lockout_is_noted_once_however_often_somebody_goes_on(client, rasa):
    for _ in range(12):
        client.post(WORK, {"login": rasa, "password": "wrong"})

    assert [event for event in trail() if event[0] == "lockout"] == [("lockout", None, rasa, "", HERE)]


def test_page_that_is_refused_is_noted_with_its_name_and_number():
    patient, visit = factories.user(), factories.appointment()
    client = as_(patient)

    for _ in range(2):
        client.get(reverse("desk-appointment", args=[visit.pk]))  # not for this role
        client.get(reverse("my-cancel", args=[visit.pk]))  # somebody else's

    assert trail()[1:] == [
        ("denied", patient.email, None, f"desk-appointment {visit.pk}", HERE),
        ("denied", patient.email, None, f"my-cancel {visit.pk}", HERE),
    ]


@pytest.mark.parametrize("path", ["/desk/", "/no-such-page/", "/book/nothing/token-that-is-secret/booked/"])
def test_stranger_or_a_wrong_address_is_no_refusal(path):
    Client().get(path)
    as_(factories.user(Role.DESK)).get(path)

    assert [event[0] for event in trail()] == ["sign-in"]
