"""Colleagues sign in by password; and what else the sign-in pages allow or refuse."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from clinic.models import Message, PatientAccess, User
from tests.clinic.sign_in import (
    CODE_PAGE,
    PASSWORD,
    SIGN_IN,
    WORK,
    ask_for_code,
    sent_code,
    signed_in,
)
from tests.web import NOT_FOUND, TOO_OLD, refusal

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

FORGOTTEN = "/accounts/password/reset/"


# Colleagues


def test_colleagues_sign_in_by_password(client, desk_colleague):
    response = client.post(WORK, {"login": " Rasa@clinic.example", "password": PASSWORD})

    assert response.url == "/workplace/"
    assert client.get(response.url).url == "/desk/"
    assert PatientAccess.objects.count() == 0


@pytest.mark.parametrize("password", [PASSWORD, "something else", ""])
def test_patients_have_no_password_and_it_would_not_help(client, booked_patient, password):
    """Not even one that somebody gave them by mistake."""
    account = User.objects.get(email="ona@example.org")
    account.set_password(PASSWORD)
    account.save()

    response = client.post(WORK, {"login": "ona@example.org", "password": password})

    assert response.context["form"].is_valid() is False
    assert signed_in(client) is None
    assert Message.objects.count() == 0


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, desk_colleague):
    answers = [
        client.post(WORK, {"login": email, "password": "wrong"})
        for email in ("rasa@clinic.example", "nobody@example.org")
    ]

    sentence = "This e-mail address and this password do not belong together. Check both."
    assert [answer.context["form"].non_field_errors() for answer in answers] == [[sentence]] * 2


def test_a_closed_account_of_a_colleague_stays_closed(client, desk_colleague):
    User.objects.update(is_active=False)

    response = client.post(WORK, {"login": "rasa@clinic.example", "password": PASSWORD})

    assert response.url == "/accounts/inactive/"
    assert signed_in(client) is None


def link_of(message):
    return re.search(r"http\S+/password/reset/key/\S+", message.body)[0]


@pytest.fixture
def reset_link(client, desk_colleague, settings):
    settings.SITE_URL = "http://clinic.example"
    client.post(FORGOTTEN, {"email": "rasa@clinic.example"})
    return link_of(Message.objects.get()).removeprefix("http://clinic.example")


def test_a_colleague_chooses_a_new_password_once(client, desk_colleague, reset_link):
    form = client.get(reset_link).url

    client.post(form, {"password1": "quite another four words", "password2": "quite another four words"})

    desk_colleague.refresh_from_db()
    assert desk_colleague.check_password("quite another four words")
    assert signed_in(client) is None
    assert client.get(reset_link).context["token_fail"]


def test_the_link_does_not_follow_the_host_of_the_request(client, desk_colleague, settings):
    settings.SITE_URL = "https://clinic.example"

    client.post(FORGOTTEN, {"email": "rasa@clinic.example"}, headers={"host": "localhost"})

    assert link_of(Message.objects.get()).startswith("https://clinic.example/accounts/password/reset/key/")


def test_opening_the_link_signs_nobody_in_or_out(client, booked_patient, reset_link):
    client.force_login(User.objects.get(email="ona@example.org"))

    response = client.get(reset_link)

    assert response.context["token_fail"]
    assert signed_in(client).email == "ona@example.org"


def test_only_colleagues_get_the_link_and_nobody_can_tell(client, booked_patient, desk_colleague):
    asked = [client.post(FORGOTTEN, {"email": email}) for email in ("rasa@clinic.example", "ona@example.org", "x@y.lt")]

    subjects = Message.objects.order_by("pk").values_list("subject", flat=True)
    assert {answer.url for answer in asked} == {"/accounts/password/reset/done/"}
    assert list(subjects) == ["Choose a new password"]


def test_a_colleague_changes_the_password(client, desk_colleague):
    client.force_login(desk_colleague)

    new = {"password1": "quite another four words", "password2": "quite another four words"}
    refused = client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
    changed = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})

    assert refused.context["form"].errors == {"oldpassword": ["This is not your password of today. Type it again."]}
    assert changed.url == "/workplace/"
    assert signed_in(client) == desk_colleague


# What is closed


@pytest.fixture
def signed_in_patient(client, booked_patient):
    client.force_login(User.objects.get(email="ona@example.org"))
    return client


@pytest.mark.parametrize("address", ["/accounts/email/", "/accounts/confirm-email/", "/accounts/confirm-email/x/"])
def test_there_is_no_page_to_add_or_confirm_an_address(signed_in_patient, address):
    pages = [
        signed_in_patient.get(address),
        signed_in_patient.post(address, {"action_add": "", "email": "x@y.example"}),
    ]

    assert [refusal(page) for page in pages] == [NOT_FOUND, NOT_FOUND]
    assert not EmailAddress.objects.filter(email="x@y.example").exists()


def test_a_signed_in_patient_cannot_give_the_account_a_password(signed_in_patient):
    new = {"password1": PASSWORD, "password2": PASSWORD}

    signed_in_patient.post("/accounts/password/set/", new)
    signed_in_patient.post("/accounts/password/change/", {"oldpassword": "", **new})

    assert signed_in(signed_in_patient).has_usable_password() is False


def test_nobody_signs_up(client):
    form = {"email": "new@example.org", "password1": PASSWORD}

    pages = [client.get("/accounts/signup/"), client.post("/accounts/signup/", form)]

    assert [page.templates[0].name for page in pages] == ["account/signup_closed.html"] * 2
    assert User.objects.count() == 0


# Signing in and out


@pytest.mark.parametrize("page", [SIGN_IN, WORK, CODE_PAGE, "/accounts/signup/"])
def test_opening_a_page_signs_nobody_in(client, booked_patient, page):
    ask_for_code(client, "ona@example.org")

    client.get(page, {"code": sent_code(), "email": "ona@example.org"})

    assert signed_in(client) is None


def test_opening_the_page_for_signing_out_only_asks(signed_in_patient):
    page = signed_in_patient.get("/accounts/logout/")
    before = signed_in(signed_in_patient)
    left = signed_in_patient.post("/accounts/logout/")

    assert page.templates[0].name == "account/logout.html"
    assert before.email == "ona@example.org"
    assert left.url == "/"
    assert signed_in(signed_in_patient) is None


@pytest.mark.parametrize("page", [SIGN_IN, WORK, CODE_PAGE])
def test_who_is_signed_in_is_sent_to_their_workplace(signed_in_patient, page):
    assert signed_in_patient.get(page).url == "/workplace/"


ELSEWHERE = ["https://evil.example/", "//evil.example", "https:evil.example", r"/\evil.example", "http://localhost/x"]


@pytest.mark.parametrize("following", ELSEWHERE)
def test_next_leads_to_no_other_host(client, booked_patient, desk_colleague, following):
    ask_for_code(client, "ona@example.org", next=following)
    by_code = client.post(CODE_PAGE, {"code": sent_code(), "next": following})
    again = client.get(SIGN_IN, {"next": following})
    out = client.post("/accounts/logout/", {"next": following})
    by_password = client.post(WORK, {"login": "rasa@clinic.example", "password": PASSWORD, "next": following})

    assert [by_code.url, again.url, out.url, by_password.url] == ["/workplace/", "/workplace/", "/", "/workplace/"]


def test_next_leads_to_the_page_that_asked(client, booked_patient):
    asked = ask_for_code(client, "ona@example.org", next="/my/physiotherapy/")
    page = client.get(asked.url)

    entered = client.post(CODE_PAGE, {"code": sent_code(), "next": page.context["redirect_field_value"]})

    assert entered.url == "/my/physiotherapy/"


def test_who_mistyped_the_address_can_start_again(client, booked_patient):
    ask_for_code(client, "oma@example.org")

    response = client.post("/accounts/logout/", {"next": SIGN_IN})

    assert client.get(response.url).templates[0].name == "account/request_login_code.html"


FORMS = [SIGN_IN, WORK, FORGOTTEN, "/accounts/logout/", "/accounts/signup/", "/accounts/password/change/"]


@pytest.mark.parametrize("page", FORMS)
def test_forms_need_their_token(page):
    assert refusal(Client(enforce_csrf_checks=True).post(page, {})) == TOO_OLD


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_code_is_readable_to_others_only_in_the_demo(client, booked_patient, settings, is_demo):
    settings.DEMO = is_demo
    page = ask_for_code(client, "ona@example.org")

    assert Message.objects.get().is_text_secret is not is_demo
    assert ("This is a demo" in client.get(page.url).content.decode()) is is_demo


# A new password


def changed_mail():
    mail = Message.objects.get(purpose="sign-in-changed")
    return mail.address, mail.subject


def test_after_a_change_its_owner_gets_a_mail(client, desk_colleague):
    client.force_login(desk_colleague)
    new = {"password1": "quite another four words", "password2": "quite another four words"}

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})

    assert changed_mail() == ("rasa@clinic.example", "Your password was changed")
    body = Message.objects.get().body
    assert "Was it somebody else? Call us now: +370 5 200 0000" in body
    assert "It came from the network address 127.0.0.1." in body


def test_after_a_link_was_used_its_owner_gets_a_mail(client, desk_colleague, reset_link):
    form = client.get(reset_link).url

    client.post(form, {"password1": "quite another four words", "password2": "quite another four words"})

    assert changed_mail() == ("rasa@clinic.example", "Your password was changed")


@pytest.mark.parametrize("new", ["my rasa walks over there", "password1234", "short"])
def test_a_password_that_others_try_first_is_refused(client, desk_colleague, reset_link, new):
    form = client.get(reset_link).url

    page = client.post(form, {"password1": new, "password2": new})

    desk_colleague.refresh_from_db()
    assert page.context["form"].errors["password1"]
    assert desk_colleague.check_password(PASSWORD)
    assert not Message.objects.filter(purpose="sign-in-changed").exists()
