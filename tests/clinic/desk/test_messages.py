"""Every message with its state, found by state, name and address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Message, MessageCategory, MessageChannel, MessageStatus, Role
from clinic.views.desk import messages as messages_view
from clinic.views.shared import paging
from tests import factories
from tests.clinic.desk.message_rows import code, message
from tests.factories import NOW
from tests.web import NOT_FOUND, NOT_YOURS, as_, heading, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PATH = "/desk/messages/"


def shown(answer):
    return [row.address for row in answer.context["page"].rows]


@pytest.mark.parametrize(
    ("status", "word", "tone"),
    [
        ("waiting", "waiting", "quiet"),
        ("put-off", "put off", "wait"),
        ("sending", "sending", "note"),
        ("accepted", "accepted", "go"),
        ("delivered", "delivered", "go"),
        ("withdrawn", "withdrawn", "quiet"),
        ("expired", "expired", "stop"),
        ("dead", "dead", "stop"),
        ("unknown", "unknown", "stop"),
    ],
)
def test_every_state_has_its_word_and_its_icon(page, status, word, tone):
    row = message(MessageStatus(status))

    for path in [PATH, reverse("desk-message", args=[row.pk])]:
        content = text(page.get(path))

        badge = content.partition(f'<span class="badge-state badge-{tone}">')[2].partition("</span>")[0].strip()
        assert badge.startswith("<svg")
        assert badge.partition("</svg>")[2].strip() == word


def test_every_state_is_known_here():
    assert len(MessageStatus) == 9


def test_the_list_says_what_to_whom_how_and_what_became_of_it(page):
    patient = factories.patient(given_name="Ona", family_name="Early")
    message(
        MessageStatus.PUT_OFF,
        patient=patient,
        address="ona@mail.example",
        subject="Please do not lift",
        category=MessageCategory.SAFETY,
        tries=3,
        outcome="451 try later",
    )

    content = text(page.get(PATH))

    for words in ["Please do not lift", "Ona Early", "ona@mail.example", "e-mail", "safety advice", "451 try later"]:
        assert words in content
    assert "Mon 2 Mar 2026, 07:00" in content
    assert '<td data-label="Tries" class="number">3</td>' in content


def test_an_sms_shows_its_first_words(page):
    message(channel=MessageChannel.SMS, subject="", body="Please lift nothing heavy. " * 10, address="+37061234567")

    content = text(page.get(PATH))

    assert "Please lift nothing heavy. Please lift" in content
    assert "Please lift nothing heavy. " * 4 not in content


def test_the_latest_due_stands_first(page):
    message(address="second@mail.example", due_at=NOW)
    message(address="first@mail.example", due_at=NOW + timedelta(days=2))
    message(address="third@mail.example", due_at=NOW - timedelta(days=2))

    assert shown(page.get(PATH)) == ["first@mail.example", "second@mail.example", "third@mail.example"]


# Finding


def test_a_state_shows_only_its_own(page):
    message(MessageStatus.DEAD, address="dead@mail.example")
    message(address="waiting@mail.example")

    answer = page.get(PATH, {"state": "dead"})

    assert shown(answer) == ["dead@mail.example"]
    assert {chip.value: chip.count for chip in answer.context["chips"] if chip.count} == {"dead": 1, "waiting": 1}


@pytest.mark.parametrize("state", ["", "nonsense", "😀"])
def test_a_state_that_does_not_exist_shows_all(page, state):
    message()

    assert len(shown(page.get(PATH, {"state": state}))) == 1


def test_a_long_count_stops(page, monkeypatch):
    monkeypatch.setattr(messages_view, "MAX_COUNTED", 3)
    for _ in range(4):
        message()

    chips = {chip.value: chip.count_label for chip in page.get(PATH).context["chips"]}

    assert (chips["waiting"], chips["dead"]) == ("2+", "0")


@pytest.mark.parametrize(
    "typed",
    ["ona", "Šimkutė", "šimk", "ona šimkutė", "Šimkutė Ona", "ona@mail", "ONA@mail.example", "612 34", "37061234567"],
)
def test_a_patients_messages_are_found_by_name_and_by_contact(page, typed):
    patient = factories.patient(given_name="Ona", family_name="Šimkutė", email="ona@mail.example", phone="+37061234567")
    message(patient=patient, address="hers")
    message(patient=factories.patient(given_name="Jonas"), address="his")

    assert shown(page.get(PATH, {"q": typed})) == ["hers"]


def test_a_message_without_a_patient_is_found_by_its_address(page):
    code(address="new@mail.example")
    code(address="other@mail.example")

    assert shown(page.get(PATH, {"q": "NEW@"})) == ["new@mail.example"]


@pytest.mark.parametrize("typed", ["471199", "%", "_", "'; drop table", "nobody"])
def test_the_text_of_messages_is_not_searched(page, typed):
    code()

    answer = page.get(PATH, {"q": typed})

    assert shown(answer) == []
    assert "No message here" in text(answer)


@pytest.mark.parametrize("typed", ["😀" * 250, "x" * 5000])
def test_words_that_make_no_sense_get_an_answer(page, typed):
    message()

    answer = page.get(PATH, {"q": typed})

    assert (answer.status_code, heading(answer)) == (200, heading(page.get(PATH)))


def test_words_that_fit_very_many_patients_say_so(page, monkeypatch):
    monkeypatch.setattr("clinic.forms.desk.lists.MAX_PATIENTS", 1)
    for _ in range(2):
        message(patient=factories.patient(given_name="Ona"))

    answer = page.get(PATH, {"q": "ona"})

    assert len(shown(answer)) == 1
    assert "Very many patients fit these words." in text(answer)


# Pages


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(paging, "PAGE_ROWS", 2)
    for number in range(5):
        message(address=f"{number}@mail.example", due_at=NOW - timedelta(hours=number))


@pytest.mark.parametrize(
    ("number", "rows", "links"),
    [
        ("1", ["0@mail.example", "1@mail.example"], ["next"]),
        ("2", ["2@mail.example", "3@mail.example"], ["prev", "next"]),
        ("3", ["4@mail.example"], ["prev"]),
        ("4", [], []),
        ("0", ["0@mail.example", "1@mail.example"], ["next"]),
        ("-1", ["0@mail.example", "1@mail.example"], ["next"]),
        ("x", ["0@mail.example", "1@mail.example"], ["next"]),
        ("²", ["0@mail.example", "1@mail.example"], ["next"]),
        ("9" * 40, ["0@mail.example", "1@mail.example"], ["next"]),
        ("99999", [], []),
    ],
)
def test_pages_lead_to_each_other(page, small_pages, number, rows, links):
    answer = page.get(PATH, {"page": number})

    assert shown(answer) == rows
    assert [link for link in ["prev", "next"] if f'rel="{link}"' in text(answer)] == links


def test_a_page_keeps_what_was_asked_for(page, small_pages):
    content = text(page.get(PATH, {"state": "waiting", "page": "2"}))

    assert 'rel="next" href="?state=waiting&amp;page=3"' in content
    assert 'href="?state=dead"' in content


def test_no_page_counts_all_messages(page):
    message()

    with CaptureQueriesContext(connection) as queries:
        page.get(PATH)

    rows = [query["sql"] for query in queries if 'FROM "clinic_message' in query["sql"]]
    rows = [sql for sql in rows if '"id" IN (' not in sql]
    assert len(rows) > 2
    assert [sql for sql in rows if "LIMIT" not in sql] == []


def test_the_list_asks_the_database_as_often_for_three_messages_as_for_one(page, django_assert_num_queries):
    message(patient=factories.patient())
    count = queries_of(page, PATH)

    for status in (MessageStatus.DEAD, MessageStatus.ACCEPTED):
        message(status, patient=factories.patient())

    with django_assert_num_queries(count):
        page.get(PATH)


# Who may


@pytest.mark.parametrize("role", [None, Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_messages_are_for_desk_and_manager(role):
    row = message()
    client = as_(factories.user(role))

    for path in [PATH, reverse("desk-message", args=[row.pk])]:
        assert refusal(client.get(path)) == NOT_YOURS
    assert shown(as_(factories.user(Role.MANAGER)).get(PATH)) == [row.address]


def test_an_unknown_message_is_not_found(page):
    assert refusal(page.get(reverse("desk-message", args=[99]))) == NOT_FOUND


def test_looking_changes_no_message(page):
    row = message(patient=factories.patient())
    before = list(Message.objects.values())

    for path in [PATH, reverse("desk-message", args=[row.pk])]:
        page.get(path)
        assert page.post(path).status_code == 405

    assert list(Message.objects.values()) == before


def test_list_says_how_many_sms_a_text_is_paid_as(page):
    for body in ("Short.", "a" * 161, "ė" * 135):
        message(MessageStatus.ACCEPTED, channel=MessageChannel.SMS, address="+37061234567", body=body)
    message(MessageStatus.ACCEPTED, body="ė" * 500)

    content = text(page.get(PATH))

    assert [f"× {n}" in content for n in range(1, 9)] == [True, True, True, *[False] * 5]
