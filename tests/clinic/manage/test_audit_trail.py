"""The manager searches the audit trail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic import audit_kinds
from clinic.models import AuditEvent, Role
from clinic.models.chores import ChoreRun
from clinic.operations import audit_ends
from clinic.people import auditing, merging
from tests import factories
from tests.web import NOT_YOURS, as_, main_words, queries_of, refusal

pytestmark = pytest.mark.django_db
PAGE = "/manage/audit/"


@pytest.fixture
def manager():
    return factories.user(Role.MANAGER, name="Mira Manager")


@pytest.fixture
def page(manager):
    return as_(manager)


@pytest.fixture
def desk():
    return factories.user(Role.DESK, name="Nora Desk", email="nora@clinic.example")


@pytest.fixture
def ona(desk):
    """Read by Nora yesterday."""
    patient = factories.patient(given_name="Ona", family_name="Petrauskaite")
    event = auditing.read(patient, by=desk, what="a visit", address="192.0.2.7")
    assert event.pk
    return patient


def found(page, **asked):
    """What stands in the table, a line for each event."""
    answer = page.get(PAGE, asked)
    return [
        (str(event.by), event.deed, event.what, str(event.patient or event.account or "")) for event in rows(answer)
    ]


def rows(answer):
    return answer.context["page"].rows


def test_manager_finds_who_read_whose_file_and_from_where(page, ona):
    words = main_words(page.get(PAGE, {"q": "petrauskaite"}))

    assert "Nora Desk" in words
    assert "read: a visit" in words
    assert "Ona Petrauskaite" in words
    assert "192.0.2.7" in words


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"q": "ona"}, True),
        ({"q": "somebody"}, False),
        ({"account": "nora@"}, True),
        ({"account": "desk"}, True),
        ({"account": "mira"}, False),
        ({"deed": "R"}, True),
        ({"deed": "C"}, False),
        ({"deed": "denied"}, False),
        ({"address": "192.0.2.7"}, True),
        ({"address": "192.0.2.8"}, False),
        ({"since": str(timezone.localdate())}, True),
        ({"until": str(timezone.localdate() - timedelta(days=1))}, False),
    ],
)
def test_search_by_patient_colleague_deed_address_and_day(page, ona, asked, is_found):
    seen = ("Nora Desk", "read", "a visit", "Ona Petrauskaite") in found(page, **asked)

    assert seen == is_found


def test_what_is_about_an_account_is_found(page, manager, desk):
    auditing.noted(audit_kinds.ROLE_CHANGED, by=manager, user=desk, what="physician")

    deed = str(audit_kinds.ROLE_CHANGED.label)
    assert found(page, deed="role-changed") == [("Mira Manager", deed, "physician", "Nora Desk")]


def test_search_finds_also_what_was_done_to_an_entry_that_was_merged(page, ona, desk):
    into = factories.patient(given_name="Onute", family_name="Kazlauskaite")
    merging.merge(ona, into, by=desk, at=timezone.now(), reason="same phone")

    assert ("Nora Desk", "read", "a visit", "Ona Petrauskaite") in found(page, q="Kazlauskaite")


def test_looking_is_noted_itself(page, manager, ona):
    page.get(PAGE, {"q": "ona"})

    events = AuditEvent.objects.filter(by=manager, patient=ona)
    assert list(events.values_list("what", flat=True)) == ["who did what"]


def test_who_looked_here_is_shown_only_when_asked_for(page, manager, ona):
    page.get(PAGE, {"q": "ona"})

    looked = ("Mira Manager", "read", "who did what", "Ona Petrauskaite")
    assert looked not in found(page, q="ona")
    assert looked in found(page, q="ona", with_searches="on")


@pytest.mark.parametrize("asked", [{"since": "0001-01-01"}, {"since": "x"}, {"address": "x"}, {"deed": "x"}])
def test_question_that_makes_no_sense_says_so(page, ona, asked):
    answer = page.get(PAGE, asked)

    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)


@pytest.mark.parametrize("role", [Role.DESK, Role.PHYSICIAN, Role.PHYSIOTHERAPIST, None])
def test_only_the_manager_searches_it(role):
    assert refusal(as_(factories.user(role)).get(PAGE)) == NOT_YOURS


def test_page_asks_as_often_for_many_events_as_for_one(page, desk, ona):
    one = queries_of(page, PAGE)
    for _ in range(3):
        auditing.read(factories.patient(), by=factories.user(), what="a visit")

    assert queries_of(page, PAGE) == one


def test_broken_trail_is_told_above(page):
    ChoreRun.objects.create(code=audit_ends.CHORE, failed_at=timezone.now(), failure="TrailBroken")

    assert "The trail is not as it was written" in main_words(page.get(PAGE))


def test_managers_first_page_leads_here(page):
    assert reverse("manage-audit") in page.get(reverse("admin:index")).content.decode()
