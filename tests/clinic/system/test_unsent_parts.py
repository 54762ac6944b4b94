"""Forms that are long, have rows and files, or are sent by scripts: they come back after the session ended, too."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.models import Role
from procedures.models import Procedure
from tests import factories
from tests.clinic.sign_in import PASSWORD, WORK
from tests.typed_forms import CANARY, FILLED, Browser, notice, typed_and_lost
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def rasa():
    return factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD)


def test_900_kilobytes_come_back(rasa):
    address = reverse("desk-book-new")

    long = "word " * 180_000

    browser, _values = typed_and_lost(rasa, address, reason=long)

    browser.sign_in(rasa)
    assert dict(browser.form_to(address).values)["reason"] == long


def test_a_script_is_told_and_nothing_of_what_it_sends_is_lost(client):
    """The record is saved while it is typed. Its script shows the sentence, and lets the form be sent."""
    person = factories.colleague(name="Dr Typing", password=PASSWORD)
    visit = factories.arrived(practitioner=person, starts_at=timezone.now())
    record = reverse("practice-record", args=[visit.pk])
    browser = Browser(person.user)
    browser.open(record)
    values = browser.form_to(record).type(CANARY)
    browser.lose_session()

    answer = browser.send(reverse("practice-record-typed", args=[visit.pk]), values, Accept="application/json")

    assert answer.status_code == 401
    assert answer.json()["refusal"].startswith("Not saved yet: you are signed out here.")
    browser.open(WORK)
    browser.sign_in(person.user)
    assert (browser.path, notice(browser.page)) == (record, FILLED)
    assert "Kanarienvogel" in browser.page.content.decode()


def test_the_rows_of_a_record_come_back_too():
    """Also those that the page did not have at first: its script adds them."""
    person = factories.colleague(name="Dr Typing", password=PASSWORD)
    visit = factories.arrived(practitioner=person, starts_at=timezone.now())
    record = reverse("practice-record", args=[visit.pk])
    browser = Browser(person.user)
    browser.open(record)
    sites = {"sites-TOTAL_FORMS": "2", "sites-0-depth_mm": "12", "sites-1-depth_mm": "17", "sites-1-side": "left"}
    values = dict(browser.form_to(record).values) | sites | {"why": CANARY}
    browser.lose_session()

    browser.send(record, values.items())
    browser.sign_in(person.user)

    typed = dict(browser.form_to(record).values)
    assert (browser.path, {name: typed[name] for name in sites}) == (record, sites)
    assert Procedure.objects.count() == 0


def test_htmx_is_led_to_the_sign_in(rasa):
    visit = factories.appointment()
    address = reverse("desk-move-to", args=[visit.pk])
    browser = Browser(rasa)
    browser.open("/desk/")
    token = dict(browser.forms[0].values)["csrfmiddlewaretoken"]
    browser.lose_session()

    answer = browser.send(address, [("csrfmiddlewaretoken", token), ("note", CANARY)], **{"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, WORK)


def test_pictures_cannot_be_kept_and_it_says_so():
    person = factories.colleague(name="Dr Typing", password=PASSWORD)
    draft = factories.draft(practitioner=person)
    page = reverse("practice-record-images", args=[draft.appointment_id])
    browser = Browser(person.user)
    browser.open(page)
    values = dict(browser.form_to(page).values)
    browser.lose_session()

    file = SimpleUploadedFile("a.png", b"picture", content_type="image/png")
    browser.send(page, [*values.items(), ("files", file)])
    browser.sign_in(person.user)

    assert browser.path == page
    assert "Pictures and files could not be kept. Choose them again." in words(browser.page)
