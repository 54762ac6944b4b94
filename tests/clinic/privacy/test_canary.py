"""Nothing about a patient stands where it is read by nobody who may: in logs, addresses, subjects, SMS, tasks, caches.

One patient full of marks goes the whole way (`tests.fixtures.matrix`); every page is asked by somebody who may open it,
and by somebody who may not.
"""

import io
import logging
import re

import pytest
import time_machine
from celery.signals import before_task_publish
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from clinic import tasks
from clinic.lib.redacted_logs import LineFormatter
from clinic.models import Patient, PatientDetails, SharedValue
from clinic.privacy import notice
from clinic.website import page_cache
from tests.architecture.authorisation import EVERYBODY, TABLE
from tests.clinic.messaging import every_message
from tests.clinic.privacy import canary
from tests.fixtures import matrix

pytestmark = pytest.mark.once
# An error that is a page of its own: it says what anybody may read. 409 and 422 are the reader's own form again.
ERRORS = {400, 403, 404, 405, 410, 413, 429, 500}
ADDRESS = re.compile(r"""(?:href|src|action|content|hx-get|hx-post)=["']([^"']*)["']""")
OF_A_PERSON = ("tel:", "mailto:", "sms:")
URL = re.compile(r"https?://\S+")


class Seen:
    """What a crawl let out: each mark once, with where it was."""

    def __init__(self):
        self.leaks, self.pages_with_marks = [], set()

    def look(self, where, text, *, but=()):
        self.leaks += [f"{where}: {mark}" for mark in canary.found_in(text, but=but)]

    def look_at(self, response, where):
        for name, value in response.headers.items():
            self.look(f"{where}, header {name}", value)
        for name, cookie in response.cookies.items():
            self.look(f"{where}, cookie {name}", cookie.value)
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return
        page = response.content.decode()
        if canary.found_in(page):
            self.pages_with_marks.add(where)
        for address in ADDRESS.findall(page):
            if not address.startswith(OF_A_PERSON):
                self.look(f"{where}, address", address)
        if response.status_code in ERRORS:
            self.look(f"{where}, {response.status_code}", page)


@pytest.fixture(scope="module")
def one_world(rows_of_the_module, tmp_path_factory):
    now = timezone.now()
    with override_settings(IMAGES_DIR=tmp_path_factory.mktemp("pictures")), time_machine.travel(now, tick=False):
        made = matrix.made()
        patient = Patient.objects.get(family_name=matrix.CANARY)
        PatientDetails.objects.create(patient=patient)
        marks = canary.mark(patient)
        yield made | {"patient": patient, "marks": marks}


@pytest.fixture
def world(db, one_world):
    return one_world


@pytest.fixture
def log():
    """All lines from INFO on, as they would be written, with their tracebacks."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(LineFormatter("{asctime} {levelname} {name} {message}", style="{"))
    watched = [logging.getLogger(name) for name in ("", "django", "django.request", "django.server")]
    watched = [logger for logger in watched if logger.name == "root" or not logger.propagate]
    for logger in watched:
        logger.addHandler(handler)
    yield lines
    for logger in watched:
        logger.removeHandler(handler)


@pytest.fixture
def published():
    """What was given to the broker."""
    bodies = []

    def note(sender=None, headers=None, body=None, **kwargs):
        bodies.append(f"{sender} {headers} {body}")

    before_task_publish.connect(note)
    yield bodies
    before_task_publish.disconnect(note)


def crawl(world, seen):
    """Every address, by somebody who may open it and by somebody who may not; what it changed is rolled back."""
    for name, rule in sorted(TABLE.items()):
        address = reverse(name, kwargs=world["arguments"].get(name))
        others = [person for person in EVERYBODY if person not in rule.who]
        asked = [(person, method) for person in rule.who[:1] for method in rule.methods]
        for person, method in [*asked, *((person, rule.methods[0]) for person in others[-1:])]:
            with transaction.atomic():
                client = world["clients"][person]
                client.raise_request_exception = False
                seen.look_at(client.generic(method, address), f"{name} {method} {person}")
                transaction.set_rollback(True)


def test_a_mark_is_seen_where_one_is():
    seen = Seen()

    seen.look("here", "the name is Zq0007k, call 61200417")

    assert seen.leaks == ["here: +37061200417", "here: zq0007k"]


def test_every_word_about_the_patient_is_a_mark(world):
    marked = set(world["marks"].values())

    assert len(marked) > 35
    assert {"clinic.Patient.family_name", "clinic.PatientContact.value", "clinic.Appointment.reason"} <= marked
    assert {"procedures.Procedure.note", "procedures.Consent.words", "aftercare.SymptomCheck.own_words"} <= marked


@pytest.mark.repeated_queries_allowed
def test_no_page_lets_anything_out(world, log):
    seen = Seen()

    crawl(world, seen)

    seen.look("log", log.getvalue())
    seen.look("cache", str(list(SharedValue.objects.values_list("key", "value"))))
    seen.look("page cache", str([page.body for page in page_cache._pages.values()]))
    assert (len(seen.pages_with_marks) > 30, log.getvalue().count("\n") > 20) == (True, True)  # there was something
    assert sorted(set(seen.leaks)) == []


@pytest.mark.repeated_queries_allowed
def test_a_page_that_fails_says_nothing_about_anybody(world, log, settings, tmp_path):
    settings.PRIVACY_FILE = tmp_path / "gone.toml"
    client, seen = world["clients"]["patient"], Seen()
    client.raise_request_exception = False

    response = client.post(reverse("my-data-remove", args=[world["patient"].pk]), {"words": "-"} | {"more": "Zq9999k"})
    failed = client.get(reverse("my-data"))

    assert failed.status_code == 500
    assert notice.NoticeIsWrong.__name__ in log.getvalue()
    seen.look_at(response, "posted")
    seen.look_at(failed, "failed")
    seen.look("log", log.getvalue())
    assert seen.leaks == []


def test_a_refused_form_leaves_nothing_in_the_log(world, log):
    """Without a token, with a wrong host: Django says why, not what was sent."""
    stranger = Client(enforce_csrf_checks=True, raise_request_exception=False)
    hold = world["arguments"]["book-hold"]

    for answer in (
        stranger.post(reverse("book-hold", kwargs=hold), {"starts_at": "Zq9999k"}),
        stranger.get("/", HTTP_HOST="zq9998k.example"),
        stranger.get("/nothing/here/"),
    ):
        assert answer.status_code in ERRORS
        assert canary.found_in(answer.content.decode()) == []

    assert canary.found_in(log.getvalue(), but=["zq9998k"]) == []


def test_what_the_broker_gets_is_about_nobody(world, published):
    tasks.tick()

    assert published != []
    assert canary.found_in("".join(published)) == []


@pytest.mark.repeated_queries_allowed
def test_subjects_sms_and_links_say_whose_they_are_and_no_more(world):
    """The first name and a letter: a family shares an address and a number (tests/clinic/messaging)."""
    seen, patient = Seen(), world["patient"]
    name = canary.found_in(patient.given_name)

    for code, words in list(every_message.words_for(patient)):
        subject, _newline, body = words["email"].partition("\n")
        seen.look(f"{code}, subject", subject, but=name)
        seen.look(f"{code}, SMS", words["sms"], but=name)
        seen.look(f"{code}, links", " ".join(URL.findall(body)))

    assert seen.leaks == []
