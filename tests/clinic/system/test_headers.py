"""What every answer says to the browser, and what it keeps to itself."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from clinic.lib import known_devices
from clinic.models import Role
from tests import factories
from tests.clinic.sign_in import PASSWORD, WORK
from tests.web import as_, sign_in

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

PAGES = ["/people/", "/accounts/login/", "/no-such-page/", "/healthz", "/my/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_a_browser_may_do(client, page):
    if page == "/my/":
        sign_in(client, factories.patient())

    answer = client.get(page)

    policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split(";")}
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert (answer["Referrer-Policy"], answer["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
    assert answer["Content-Type"] in ("text/html; charset=utf-8", "application/json")
    assert "Access-Control-Allow-Origin" not in answer


def test_each_cookie_is_for_this_host_and_the_server_alone(desk_colleague):
    client = Client()

    client.post(WORK, {"login": desk_colleague.email, "password": PASSWORD})

    cookies = client.cookies.values()
    assert known_devices.COOKIE in client.cookies
    assert {(cookie["path"], cookie["domain"], cookie["samesite"]) for cookie in cookies} == {("/", "", "Lax")}
    assert [cookie.key for cookie in cookies if not cookie["httponly"]] == []


def test_signing_in_makes_a_new_session(client, desk_colleague):
    client.session["typed"] = "before"
    before = client.session.session_key

    client.post(WORK, {"login": desk_colleague.email, "password": PASSWORD})

    assert client.session.session_key != before


@pytest.mark.parametrize("page", ["/my/", "/desk/", "/desk/patients/"])
def test_pages_of_somebody_are_stored_nowhere(page):
    person = factories.user(Role.DESK) if page.startswith("/desk/") else factories.account_of(factories.patient())

    answer = as_(person).get(page)

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store, private")
    assert "ETag" not in answer


@pytest.mark.parametrize("page", ["/my/", "/desk/", "/practice/"])
def test_every_page_of_somebody_offers_to_sign_out(page):
    people = {"/desk/": Role.DESK, "/practice/": Role.PHYSICIAN}
    person = factories.user(people[page]) if page in people else factories.account_of(factories.patient())

    assert reverse("account_logout") in as_(person).get(page).content.decode()


def test_password_fields_are_masked_and_may_be_filled_in(client):
    page = client.get(WORK).content.decode()
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)[0]

    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page


def test_trace_is_not_answered(client):
    answer = client.trace("/people/", headers={"x-secret": "told back"})

    assert (answer.status_code, b"told back" in answer.content) == (405, False)


def test_an_error_of_ours_says_nothing_of_the_inside(monkeypatch):
    monkeypatch.setattr("clinic.operations.readiness.readiness", lambda: 1 / 0)

    answer = Client(raise_request_exception=False).get("/readyz")

    assert (answer.status_code, answer.templates[0].name) == (500, "500.html")
    assert [word for word in ("ZeroDivision", "Traceback", "readiness") if word in answer.content.decode()] == []
