"""Whoever was booked with a phone signs in with it: a code by SMS, under the limits of the one by e-mail."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import AccountContact, Message, PatientAccess, User, WorkItem
from clinic.people import access
from tests import factories
from tests.clinic.sign_in import CODE_PAGE, SIGN_IN, ask_for_code, code_in, newest_code_mail, sign_in_by_code, signed_in
from tests.web import main_words, words

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
PHONE, OTHER = "+37061234567", "+37061299999"


@pytest.fixture
def ona():
    return factories.patient(given_name="Ona", email="", phone=PHONE)


@pytest.mark.parametrize("typed", [PHONE, "861234567", "8 612 34567", "0037061234567"])
def test_a_code_by_sms_signs_in_and_gives_access(client, ona, typed):
    asked = ask_for_code(client, phone=typed)
    message = Message.objects.get()
    answer = client.post(CODE_PAGE, {"code": code_in(message)})

    assert (asked.url, answer.url) == (CODE_PAGE, "/workplace/")
    assert (message.channel, message.address, message.category, message.may_wake) == ("sms", PHONE, "code", True)
    assert client.get("/workplace/").url == "/my/"
    assert [given.patient for given in PatientAccess.objects.current()] == [ona]
    contact = AccountContact.objects.get()
    assert (contact.user, contact.value, contact.proved_at is None) == (signed_in(client), PHONE, False)


def test_the_sms_is_short_plain_and_names_nobody(client, ona, settings):
    ask_for_code(client, phone=PHONE)

    body = Message.objects.get().body
    assert re.sub(r"\d{6}", "000000", body) == (
        f"{settings.CLINIC_NAME}: your code is 000000. It lasts 10 minutes. Tell it to nobody; we never ask for it."
    )
    assert len(body) <= 160


def test_the_same_phone_opens_the_same_account_again(client, ona):
    for browser in (client, Client()):
        sign_in_by_code(browser, phone=PHONE)
        assert str(signed_in(browser))

    assert (User.objects.count(), AccountContact.objects.count()) == (1, 1)


def test_no_account_is_made_before_the_code_is_typed(client, ona):
    ask_for_code(client, phone=PHONE)

    assert User.objects.count() == 0


@pytest.mark.parametrize("kind", ["unknown", "not booked with", "no longer used", "closed account"])
def test_others_are_answered_in_the_same_words_and_get_no_sms(ona, kind):
    _make(kind)
    pages = []
    for browser, phone in ((Client(), PHONE), (Client(), OTHER)):
        ask_for_code(browser, phone=phone)
        tried = browser.post(CODE_PAGE, {"code": "0"})
        pages.append(main_words(tried).replace(phone, ""))

    assert pages[0] == pages[1]
    assert [message.address for message in Message.objects.all()] == [PHONE]


def test_others_cost_the_database_as_much(ona):
    account = access.account_for("phone", "+37061200000")
    counts = []
    for phone in (PHONE, OTHER, account.contacts.get().value):
        with CaptureQueriesContext(connection) as queries:
            ask_for_code(Client(), phone=phone)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts == [counts[0]] * 3


def _make(kind):
    if kind == "not booked with":
        factories.patient(email="", phone=OTHER, was_booked_with=False)
    if kind == "no longer used":
        factories.patient(email="", phone=OTHER).contacts.update(until=timezone.now())
    if kind == "closed account":
        account = access.account_for("phone", OTHER)
        User.objects.filter(pk=account.pk).update(is_active=False)
        factories.patient(email="", phone=OTHER)


def test_a_fourth_code_within_five_minutes_is_refused_also_for_an_unknown_phone(ona):
    for phone in (PHONE, OTHER):
        for _ in range(4):
            answer = ask_for_code(Client(), phone=phone)
        assert "These were too many tries" in words(answer)

    assert Message.objects.count() == 3


@pytest.mark.parametrize("phone", ["+37052001234", "+4915112345678", "+37090012345"])
def test_no_code_goes_to_a_phone_that_gets_no_sms(client, phone):
    factories.patient(email="", phone=phone)

    answer = ask_for_code(client, phone=phone)

    assert "We send no SMS to this number." in words(answer)
    assert Message.objects.count() == 0


def test_after_so_many_codes_in_a_day_none_goes_and_one_work_item_says_so(ona, settings):
    settings.SMS_CODES_PER_DAY = 1
    ask_for_code(Client(), phone=PHONE)

    answers = [ask_for_code(Client(), phone=phone) for phone in (PHONE, OTHER)]

    assert ["We cannot send more codes by SMS today." in words(answer) for answer in answers] == [True, True]
    assert Message.objects.count() == 1
    assert [item.kind for item in WorkItem.objects.all()] == ["sms_codes_spent"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "", "phone": ""}, "Write your e-mail address, or the number of your mobile phone."),
        ({"email": "ona@example.org", "phone": PHONE}, "Write one of the two"),
        ({"email": "", "phone": "12"}, "Write the whole phone number"),
    ],
)
def test_one_address_is_asked_for(client, ona, typed, sentence):
    answer = client.post(SIGN_IN, typed)

    assert sentence in words(answer)
    assert Message.objects.count() == 0


def test_a_clinic_without_sms_asks_for_no_phone(client, ona, settings):
    settings.SMS_CHANNEL = "none"

    page = client.get(SIGN_IN).content.decode()
    ask_for_code(client, phone=PHONE)

    assert ('name="email"' in page, 'name="phone"' in page) == (True, False)
    assert Message.objects.count() == 0


def test_a_clinic_without_mail_asks_for_a_phone_alone(client, ona, settings):
    settings.MESSAGES_TO_FILES, settings.TWILIO_ACCOUNT_SID, settings.EMAIL_URL = False, "AC1", ""

    page = client.get(SIGN_IN).content.decode()
    client.post(SIGN_IN, {"phone": PHONE})

    assert ('name="email"' in page, 'name="phone"' in page) == (False, True)
    assert newest_code_mail().channel == "sms"
