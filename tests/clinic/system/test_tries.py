"""Who guesses locks out themselves: never the owner, who is elsewhere or has signed in here before."""

import pytest
from django.test import Client

from clinic.lib import known_devices
from clinic.models import Message
from tests.clinic.sign_in import CODE_PAGE, PASSWORD, SIGN_IN, WORK, code_in, newest_code_mail, signed_in

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

FORGOTTEN = "/accounts/password/reset/"
ONA, RASA = "ona@example.org", "rasa@clinic.example"


def at(address):
    """A browser at this address of the network."""
    return Client(REMOTE_ADDR=address)


def try_password(client, password="wrong"):
    return client.post(WORK, {"login": RASA, "password": password})


def ask(client, email=ONA):
    return client.post(SIGN_IN, {"email": email})


def test_a_strangers_wrong_passwords_do_not_lock_the_owner_out(desk_colleague):
    stranger, owner = at("192.0.2.1"), at("198.51.100.2")

    tried = [try_password(stranger).status_code for _ in range(6)]
    try_password(owner, PASSWORD)

    assert tried == [200, 200, 200, 200, 200, 429]
    assert signed_in(owner) == desk_colleague


def test_a_strangers_requests_for_codes_do_not_lock_the_owner_out(booked_patient):
    asked = [ask(at("192.0.2.1")).status_code for _ in range(4)]
    answer = ask(at("198.51.100.2"))

    assert asked == [302, 302, 302, 429]
    assert answer.url == CODE_PAGE
    assert Message.objects.filter(address=ONA).count() == 4


def test_an_ipv6_network_is_one_place(booked_patient):
    asked = [ask(at(f"2001:db8::{number}")).status_code for number in range(1, 5)]

    assert asked == [302, 302, 302, 429]


def test_many_places_together_are_slow(booked_patient, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"code_anywhere": "5/h/key"}
    for number in range(5):
        ask(at(f"192.0.2.{number}"))

    assert (ask(at("198.51.100.2")).status_code, Message.objects.filter(address=ONA).count()) == (429, 5)


@pytest.mark.parametrize("act", ["password", "code"])
def test_a_known_browser_is_not_held_up_by_many_places(booked_patient, desk_colleague, settings, act):
    limits = {"password_anywhere": "2/h/key", "code_anywhere": "2/h/key"}
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | limits
    known = at("198.51.100.2")
    if act == "password":
        try_password(known, PASSWORD)
    else:
        ask(known)
        known.post(CODE_PAGE, {"code": code_in(newest_code_mail())})
    known.post("/accounts/logout/")
    for number in range(5):
        stranger = at(f"192.0.2.{number}")
        refused = try_password(stranger) if act == "password" else ask(stranger)

    known.defaults["REMOTE_ADDR"] = "203.0.113.77"  # on the way home it has another address
    answer = try_password(known, PASSWORD) if act == "password" else ask(known)

    assert refused.status_code == 429
    assert answer.url == ("/workplace/" if act == "password" else CODE_PAGE)


def test_a_known_browser_guesses_no_more_than_others(desk_colleague):
    known = at("198.51.100.2")
    try_password(known, PASSWORD)
    known.post("/accounts/logout/")

    tried = [try_password(known).status_code for _ in range(6)]

    assert tried == [200, 200, 200, 200, 200, 429]


def test_a_browser_known_to_one_account_is_a_stranger_to_others(desk_colleague, booked_patient, rf):
    known = at("198.51.100.2")
    try_password(known, PASSWORD)
    request = rf.get("/")
    request.COOKIES = {known_devices.COOKIE: known.cookies[known_devices.COOKIE].value}

    assert known_devices.device_of(request, f" {RASA.upper()}")
    assert known_devices.device_of(request, ONA) is None


@pytest.mark.parametrize("cookie", ["", "x", "a.b", "a.b.c", "é.é", "~" * 99, "a.b~" * 99, "\x00.\x00"])
def test_a_cookie_that_somebody_made_up_knows_nobody(rf, cookie):
    request = rf.get("/")
    request.COOKIES = {known_devices.COOKIE: cookie}

    assert known_devices.device_of(request, RASA) is None


def test_successes_do_not_use_up_the_tries_of_a_place(desk_colleague):
    for _ in range(7):
        client = at("192.0.2.1")
        try_password(client, PASSWORD)

    assert signed_in(client) == desk_colleague


def test_a_strangers_requests_for_a_new_password_do_not_lock_the_owner_out(desk_colleague):
    stranger, owner = at("192.0.2.1"), at("198.51.100.2")

    asked = [stranger.post(FORGOTTEN, {"email": RASA}).status_code for _ in range(4)]
    answer = owner.post(FORGOTTEN, {"email": RASA})

    assert asked == [302, 302, 302, 429]
    assert answer.status_code == 302


def test_a_lockout_says_how_long_to_wait(booked_patient):
    for _ in range(3):
        ask(at("192.0.2.1"))

    answer = ask(at("192.0.2.1"))

    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert "too many tries" in answer.content.decode()
