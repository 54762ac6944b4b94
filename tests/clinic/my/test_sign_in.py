"""Patients sign in by a code from their e-mail; anyone else who asks for one cannot tell that they are unknown."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import Message, MessageCategory, PatientAccess, User
from tests.clinic.sign_in import (
    CODE_PAGE,
    SIGN_IN,
    WORK,
    ask_for_code,
    code_in,
    sent_code,
    signed_in,
)

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def words_of(response):
    """What a person sees of a page, without the parts that differ each time anyway."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    return re.sub(r'value="[^"]{60,}"|\S+@\S+', "", main)


# A patient's code


def test_asking_puts_a_code_into_the_outbox(client, booked_patient):
    before = timezone.now()

    response = ask_for_code(client, "ona@example.org")

    message = Message.objects.get()
    assert response.url == CODE_PAGE
    assert (message.category, message.channel, message.address) == (MessageCategory.CODE, "email", "ona@example.org")
    assert before <= message.due_at <= timezone.now()
    assert message.not_after - message.due_at == timedelta(minutes=10)
    assert message.may_wake


def test_the_subject_says_nothing_personal(client, booked_patient, settings):
    settings.CLINIC_NAME = "Petra's <Pain> & Rest"

    ask_for_code(client, "ona@example.org")

    message = Message.objects.get()
    assert message.subject == "Your code to sign in"
    assert message.body.splitlines()[-2:] == ["Petra's <Pain> & Rest", settings.CLINIC_PHONE]
    assert "10 minutes" in message.body


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {:.3}"], ids=["plain", "spaces around", "twice its start"])
def test_only_the_whole_code_signs_in(client, booked_patient, typed):
    ask_for_code(client, "ona@example.org")
    code = sent_code()

    client.post(CODE_PAGE, {"code": typed.format(code, code)})

    is_whole = typed.format(code, code).strip() == code
    assert (signed_in(client) is not None) is is_whole


def test_a_code_may_be_typed_with_a_space_inside(client, booked_patient):
    ask_for_code(client, "ona@example.org")
    code = sent_code()

    client.post(CODE_PAGE, {"code": f"{code[:3]} {code[3:]}"})

    assert signed_in(client).email == "ona@example.org"


def test_the_code_leads_to_the_patients_own_page_and_gives_access(client, booked_patient):
    ask_for_code(client, "ona@example.org")

    response = client.post(CODE_PAGE, {"code": sent_code()})

    assert response.url == "/workplace/"
    assert client.get(response.url).url == "/my/"
    assert [access.patient for access in PatientAccess.objects.current()] == [booked_patient]
    assert signed_in(client).has_usable_password() is False


@pytest.mark.parametrize("typed", ["ONA@Example.org", "  ona@example.org  "])
def test_letters_and_spaces_of_the_address_do_not_matter(client, booked_patient, typed):
    ask_for_code(client, typed)
    client.post(CODE_PAGE, {"code": sent_code()})

    assert signed_in(client).email == "ona@example.org"


def test_a_code_works_once(client, booked_patient):
    ask_for_code(client, "ona@example.org")
    code = sent_code()
    client.post(CODE_PAGE, {"code": code})
    client.post("/accounts/logout/")

    response = client.post(CODE_PAGE, {"code": code})

    assert response.url == SIGN_IN
    assert signed_in(client) is None


def test_a_code_ends_after_ten_minutes(client, booked_patient, time_machine):
    time_machine.move_to(timezone.now())
    ask_for_code(client, "ona@example.org")
    time_machine.shift(timedelta(minutes=10, seconds=5))

    response = client.post(CODE_PAGE, {"code": sent_code()})

    assert response.url == SIGN_IN
    assert signed_in(client) is None


def test_a_wrong_code_says_so_at_its_field(client, booked_patient):
    ask_for_code(client, "ona@example.org")

    response = client.post(CODE_PAGE, {"code": wrong(sent_code())})

    assert response.context["form"].errors == {
        "code": ["This code is not right. Check the 6 digits in the newest message from us."]
    }
    assert 'href="#id_code"' in response.content.decode()


def test_the_fifth_wrong_code_ends_it(client, booked_patient):
    ask_for_code(client, "ona@example.org")
    code = sent_code()

    answers = [client.post(CODE_PAGE, {"code": wrong(code)}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert client.post(CODE_PAGE, {"code": code}).url == SIGN_IN
    assert signed_in(client) is None


def test_tries_at_the_same_moment_do_not_outrun_the_count(client, booked_patient):
    """Each of them reads the session before any of them has written it."""
    ask_for_code(client, "ona@example.org")
    code = sent_code()
    session = dict(client.session)
    for _ in range(5):
        client.post(CODE_PAGE, {"code": wrong(code)})
        stored = client.session
        stored.update(session)
        stored.save()

    client.post(CODE_PAGE, {"code": code})

    assert signed_in(client) is None


def test_the_code_of_another_browser_does_not_work(client, booked_patient):
    ask_for_code(client, "ona@example.org")
    stranger = Client()
    ask_for_code(stranger, "ona@example.org")
    first, second = map(code_in, Message.objects.order_by("pk"))

    stranger.post(CODE_PAGE, {"code": first})
    without_asking = Client().post(CODE_PAGE, {"code": second})

    assert signed_in(stranger) is None
    assert without_asking.url == SIGN_IN


def test_a_code_proves_only_the_address_of_the_account(client, booked_patient, desk_colleague):
    """An address that another table lists as somebody's is not theirs."""
    intruder = User.objects.create_user("intruder@example.org")
    EmailAddress.objects.create(user=intruder, email="ona@example.org", verified=True)

    ask_for_code(client, "ona@example.org")
    client.post(CODE_PAGE, {"code": sent_code()})

    assert signed_in(client).email == "ona@example.org"


# People the clinic does not know


@pytest.fixture
def nobody_special(booked_patient, desk_colleague):
    User.objects.create_user("gone@example.org", is_active=False)


OTHERS = ["nobody@example.org", "rasa@clinic.example", "gone@example.org"]


@pytest.mark.parametrize("email", OTHERS, ids=["unknown", "colleague", "closed"])
def test_others_are_answered_in_the_same_words_and_get_no_code(nobody_special, email):
    known, other = Client(), Client()

    asked = [ask_for_code(known, "ona@example.org"), ask_for_code(other, email)]
    pages = [known.get(CODE_PAGE), other.get(CODE_PAGE)]
    tried = [each.post(CODE_PAGE, {"code": "0"}) for each in (known, other)]

    for first, second in (asked, pages, tried):
        assert first.status_code == second.status_code
        assert first.get("Location") == second.get("Location")
    assert words_of(pages[0]) == words_of(pages[1])
    assert words_of(tried[0]) == words_of(tried[1])
    assert [message.address for message in Message.objects.all()] == ["ona@example.org"]


def test_others_cost_the_database_as_much(nobody_special):
    counts = []
    for email in ["ona@example.org", *OTHERS]:
        with CaptureQueriesContext(connection) as queries:
            ask_for_code(Client(), email)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts == [counts[0]] * 4


def test_asking_again_and_again_is_answered_with_a_sentence(nobody_special):
    answers = {}
    for email in ["ona@example.org", *OTHERS]:
        for _ in range(4):
            answer = ask_for_code(Client(), email)
        answers[email] = answer.context["form"].errors["email"]

    assert Message.objects.count() == 3
    sentence = "These were too many tries. Start again; if that does not work, wait for an hour or call us."
    assert list(answers.values()) == [[sentence]] * 4


def test_too_many_requests_from_one_place_get_a_page(client, booked_patient):
    answers = [client.post(WORK, {"login": "x", "password": "x"}) for _ in range(31)]

    assert answers[-1].status_code == 429
    assert "<h1>Too many tries</h1>" in answers[-1].content.decode()


def test_the_place_is_the_browsers_behind_a_proxy_of_our_own(settings, booked_patient):
    settings.TRUSTED_PROXIES, settings.DEMO = 1, False
    for number in range(31):
        answer = Client().post(WORK, {"login": "x"}, headers={"x-forwarded-for": f"6.6.6.6, 9.9.9.{number}"})

    assert answer.status_code == 200
    assert "Too many tries" not in answer.content.decode()
