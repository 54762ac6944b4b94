"""What search engines are told about public pages is true, is on the page as well, and cannot harm the page."""

import html
import json
import re
from datetime import date

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from clinic.models import Practitioner, Role
from procedures.models import ProcedureDefinition, ProcedureQuestion
from tests import factories
from tests.public_addresses import addresses, load_words

pytestmark = pytest.mark.django_db
BLOCK = ["trigger-point-block"]
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def words():
    load_words()


def read(client, name, arguments=()):
    return client.get(reverse(name, args=arguments)).content.decode()


def things(body):
    """Everything a page tells search engines, by type."""
    blocks = [json.loads(block) for block in DATA.findall(body)]
    assert {block["@context"] for block in blocks} <= {"https://schema.org"}
    return {thing["@type"]: thing for block in blocks for thing in block["@graph"]}


def head(body, kind="property", prefix="og:"):
    found = re.findall(rf'<meta {kind}="{prefix}(.*?)" content="(.*?)">', body)
    return {name: html.unescape(value) for name, value in found}


def test_every_public_page_says_its_one_address_and_how_it_looks_when_shared(words, client):
    wrong, titles = [], set()
    for address in addresses():
        body = client.get(address, {"utm": "x"}).content.decode()
        shared, named = head(body), head(body, "name", "")
        whole = f"{settings.SITE_URL}{address}"
        is_right = [
            body.count(f'<link rel="canonical" href="{whole}">') == body.count('rel="canonical"') == 1,
            (shared["url"], shared["site_name"], shared["type"]) == (whole, settings.CLINIC_NAME, "website"),
            html.unescape(re.search(r"<title>(.*?)</title>", body)[1]).startswith(shared["title"]),
            shared["description"] == named["description"] != "",
            finders.find(shared["image"].removeprefix(f"{settings.SITE_URL}/static/")),
        ]
        wrong += [] if all(is_right) else [(address, is_right)]
        titles.add(shared["title"])

    assert wrong == []
    assert len(titles) == len(addresses())


def test_what_is_somebodys_own_says_nothing_to_machines(words, client):
    for name in ("account_request_login_code", "search"):
        assert "og:" not in (body := read(client, name))
        assert (things(body), 'rel="canonical"' in body) == ({}, False)
    client.force_login(factories.user(Role.DESK))
    assert things(read(client, "desk")) == {}


def test_clinic_tells_the_hours_that_its_page_shows(words, client):
    clinic = things(body := read(client, "clinic"))["MedicalClinic"]

    assert {name: clinic[name] for name in ("name", "telephone", "email", "address")} == {
        **{"name": settings.CLINIC_NAME, "telephone": settings.CLINIC_PHONE},
        **{"email": settings.CLINIC_EMAIL, "address": settings.CLINIC_ADDRESS},
    }
    assert all(html.escape(clinic[name]) in body for name in ("name", "telephone", "address"))
    hours = clinic["openingHoursSpecification"]
    assert len({each["validFrom"] for each in hours}) == 7
    open_ones = [each for each in hours if each["opens"] != each["closes"]]
    assert open_ones
    assert all(each["opens"] in body and each["closes"] in body for each in open_ones)


def test_procedure_tells_what_its_page_says_and_the_questions_on_it(words, client):
    ProcedureDefinition.objects.filter(slug=BLOCK[0]).update(reviewed_on=None)
    definition = ProcedureDefinition.objects.get(slug=BLOCK[0])
    told = things(body := read(client, "procedure", BLOCK))
    shown = [html.unescape(re.sub(r"<.*?>", "", each)) for each in re.findall(r"<summary>(.*?)</summary>", body)]

    assert told["MedicalProcedure"]["name"] == definition.name
    assert told["MedicalProcedure"]["description"] == definition.summary
    assert "lastReviewed" not in told["MedicalWebPage"]
    asked = [each["name"] for each in told["FAQPage"]["mainEntity"]]
    assert asked == list(definition.questions.values_list("question", flat=True))
    assert set(asked) <= set(shown)
    plain = " ".join(html.unescape(re.sub(r"<[^>]*>", "", body)).split())
    for each in told["FAQPage"]["mainEntity"]:
        for line in each["acceptedAnswer"]["text"].splitlines():
            assert " ".join(line.removeprefix("- ").split()) in plain

    ProcedureDefinition.objects.filter(slug=BLOCK[0]).update(reviewed_on=date(2026, 2, 3))
    assert things(read(client, "procedure", BLOCK))["MedicalWebPage"]["lastReviewed"] == "2026-02-03"


def test_questions_are_told_only_where_they_stand(words, client):
    ProcedureQuestion.objects.all().delete()

    assert [address for address in addresses() if "FAQPage" in client.get(address).content.decode()] == []


def test_person_tells_what_can_be_proved(words, client):
    ada = Practitioner.objects.get(name="Dr Ada Lind")
    physician = things(read(client, "person", [ada.slug]))["Physician"]

    assert (physician["name"], physician["url"]) == (ada.name, f"{settings.SITE_URL}{ada.get_absolute_url()}")
    assert [each["name"] for each in physician["hasCredential"]] == [
        each.get_kind_display() for each in ada.credentials.all()
    ]

    ada.credentials.all().delete()
    assert "hasCredential" not in things(read(client, "person", [ada.slug]))["Physician"]


def test_words_of_a_manager_cannot_leave_the_data(words, client):
    hostile = '</script><script>alert("1")</script><!-- & \u2028'
    before = read(client, "procedure", BLOCK).count("<script")
    ProcedureDefinition.objects.filter(slug=BLOCK[0]).update(summary=hostile)

    body = read(client, "procedure", BLOCK)

    assert body.count("<script") == before
    assert things(body)["MedicalProcedure"]["description"] == hostile


@pytest.mark.browser
@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_browser_has_nothing_to_report_about_the_data(live, words, browser_page):
    """The page's policy forbids scripts in the page: `browser_page` fails on a report."""
    phone = browser_page("phone")
    phone.add_init_script(
        "window.reports = []; addEventListener('securitypolicyviolation', e => reports.push(e.blockedURI))"
    )
    parsed = (
        "[...document.querySelectorAll('script[type=\"application/ld+json\"]')].map(e => JSON.parse(e.text)).length"
    )

    for path in ("/", f"/procedures/{BLOCK[0]}/"):
        phone.goto(path)
        assert (phone.evaluate("reports"), phone.evaluate(parsed)) == ([], 1)
