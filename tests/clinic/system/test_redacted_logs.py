"""No line of a log opens a page: tokens of links, codes at the door and reset links are taken out of each."""

import io
import logging
import sys
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from celery.signals import after_setup_logger
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.urls.converters import SlugConverter, StringConverter
from django.utils import timezone
from django.utils.log import log_response

from aftercare.symptoms import check_times
from clinic.lib.redacted_logs import redacted
from clinic.lib.secret_addresses import SECRET_PARTS
from clinic.messaging import stop_links
from clinic.scheduling import self_check_in, visit_answers
from tests import factories
from tests.architecture.test_authorisation_matrix import addresses

pytestmark = pytest.mark.django_db
# Words in addresses that are no secrets: names of pages, people, kinds.
NO_SECRETS = {"slug", "visit_type", "kind", "provider", "role", "name", "object_id", "app_label", "url", "model", "row"}
KEY = "c9yq6z-5f2d8a1b9e3c4d7f6a"


def secret_addresses():
    """(address, secret in it) of each page that a link alone opens."""
    visit, plan = factories.appointment(), factories.care_plan(signed_at=timezone.now())
    code = self_check_in.code_of(timezone.localdate())
    reminders, check = stop_links.LINK.token_for(visit.patient_id), check_times.LINK.token_for(plan.pk)
    answer = visit_answers.link_of(visit).rstrip("/").rpartition("/")[2]
    hold = "a-token-of-a-hold-0001"
    uid, _dash, key = KEY.partition("-")
    return [
        (reverse("reminders", args=[reminders]), reminders),
        (reverse("visit", args=[answer]), answer),
        (reverse("care-check", args=[check]), check),
        (reverse("care-check-pain", args=[check]), check),
        (reverse("check-in", args=[code]), code),
        (reverse("check-in-here", args=[code, visit.pk]), code),
        *((reverse(name, args=["consultation", hold]), hold) for name in ("book-details", "book-check", "book-booked")),
        (reverse("book-calendar", args=["consultation", hold]), hold),
        (reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key}), key),
    ]


@contextmanager
def written():
    """What the clinic's own handler writes, as it is set up in the settings."""
    handler = next(each for each in logging.getLogger().handlers if isinstance(each, logging.StreamHandler))
    stream, handler.stream = handler.stream, io.StringIO()
    try:
        yield handler.stream
    finally:
        handler.stream = stream


@pytest.mark.parametrize("status", [403, 404, 405, 409, 410, 429, 500])
def test_no_refusal_writes_a_link(status):
    """As Django writes it for whatever view answers with this status."""
    addresses = secret_addresses()

    with written() as lines:
        for address, _secret in addresses:
            refuse(address, status)

    assert lines.getvalue().count("[link]") == len(addresses)
    assert [secret for _address, secret in addresses if secret in lines.getvalue()] == []


def refuse(address, status):
    log_response("%s: %s", "Refused", address, response=HttpResponse(status=status), request=RequestFactory().get("/"))


def changed(secret):
    """As mail programs and people copy them: what is left can be guessed."""
    return [secret[:-1], secret[:20], f"{secret}.", quote(secret, safe=""), secret.replace(":", "%253A")]


def test_what_is_left_of_a_link_is_not_written_either():
    addresses = [(address, secret) for address, secret in secret_addresses() if len(secret) > 20]
    broken = [(address.replace(secret, other), other) for address, secret in addresses for other in changed(secret)]

    with written() as lines:
        for address, _left in broken:
            refuse(address, 404)
            refuse(f"{address}and/more/", 404)

    assert [left for _address, left in broken if left in lines.getvalue()] == []


def test_each_address_that_takes_a_secret_hides_it():
    """Also those that are added later: the URLconf calls a secret `token`, `code` or `key`."""
    found = [
        (name, part)
        for name, pattern in addresses()
        for part in pattern.pattern.converters or {}
        if isinstance(pattern.pattern.converters[part], (StringConverter, SlugConverter))
    ]

    assert [part for name, part in found if part not in SECRET_PARTS | NO_SECRETS] == []
    assert {"reminders", "visit", "care-check", "book-details", "check-in"} <= {
        name for name, part in found if part in SECRET_PARTS
    }


@pytest.mark.parametrize("secret", ["short-one", "41:abc", "x" * 40])
def test_secret_of_an_address_is_hidden_whatever_it_looks_like(rf, secret):
    request = rf.get("/")
    request.resolver_match = resolve(reverse("reminders", args=[secret]))

    with written() as lines:
        log_response("Not Found: %s", request.path_info + secret, response=HttpResponse(status=404), request=request)

    assert secret not in lines.getvalue()


def test_a_refusal_is_one_short_line(client):
    client.force_login(factories.user("physiotherapist"))
    answers = []

    with written() as lines:
        answers.append(client.get(reverse("desk-work")))
        answers.append(client.get("/" + "long/" * 2_000))
        answers.append(client.get("/", headers={"host": "evil.example" * 100}))

    assert [answer.status_code for answer in answers] == [403, 404, 400]
    assert [len(line) < 400 for line in lines.getvalue().splitlines()] == [True, True, True]
    assert "Traceback" not in lines.getvalue()


def test_an_error_of_ours_keeps_its_traceback():
    with written() as lines:
        try:
            raise ValueError("ours")
        except ValueError as error:
            log_response("Internal Server Error: /", response=HttpResponse(status=500), exception=error)

    assert "Traceback" in lines.getvalue()


@pytest.mark.parametrize(("page", "is_listed"), [("people", True), ("book", True), ("my", False), ("reminders", False)])
def test_search_engines_list_no_page_that_a_link_or_a_session_opens(client, page, is_listed):
    patient = factories.patient()
    arguments = [stop_links.link_of(patient).split("/")[-2]] if page == "reminders" else []
    if page == "my":
        client.force_login(factories.account_of(patient))

    answer = client.get(reverse(page, args=arguments))

    assert (answer.status_code, "noindex" not in answer.get("X-Robots-Tag", "")) == (200, is_listed)


def test_search_engines_do_not_list_a_link_that_is_refused(client):
    answer = client.get(reverse("reminders", args=["41:" + "A" * 27]))

    assert (answer.status_code, answer["X-Robots-Tag"]) == (404, "noindex, nofollow")


def test_pages_of_links_write_none_when_they_refuse():
    addresses = secret_addresses()

    with written() as lines:
        for address, _secret in addresses:
            for client in (Client(), Client(enforce_csrf_checks=True)):
                client.delete(address)
                client.post(address)

    assert "[link]" in lines.getvalue()
    assert [secret for _address, secret in addresses if secret in lines.getvalue()] == []


def test_a_traceback_and_a_servers_spelling_hide_it_too():
    token = stop_links.LINK.token_for(7)
    try:
        raise ValueError(f"/reminders/{token}/")
    except ValueError:
        with written() as lines:
            logging.getLogger("clinic").error("crashed", exc_info=sys.exc_info())

    assert token not in lines.getvalue()
    assert (
        redacted(f'"GET /reminders/{quote(token, safe="")}/ HTTP/1.1" 409') == '"GET /reminders/[link]/ HTTP/1.1" 409'
    )


def test_a_workers_handlers_hide_it_too():
    logger, token = logging.Logger("worker"), stop_links.LINK.token_for(7)
    logger.addHandler(handler := logging.StreamHandler(io.StringIO()))
    handler.setFormatter(logging.Formatter("%(message)s"))

    after_setup_logger.send(None, logger=logger)
    logger.error("/reminders/%s/", token)

    assert handler.stream.getvalue() == "/reminders/[link]/\n"


@pytest.mark.parametrize(
    "line",
    [
        "Conflict: /desk/appointments/12/check-in/",
        "Not Found: /book/consultation/hold/",
        "message 5: the lease ran out before the call at 2026-11-30T00:43:41.123456+00:00",
        "Forbidden: /practice/visits/12/record/",
    ],
)
def test_other_lines_stay_as_they_are(line):
    assert redacted(line) == line


def test_the_web_server_writes_no_requests():
    """As the README and `manage.py clinic` start it: granian writes them only when it is asked to."""
    readme, command = (settings.BASE_DIR / name for name in ("README.md", "clinic/management/commands/clinic.py"))

    assert "--no-access-log" in command.read_text()
    assert "--access-log" not in readme.read_text()
