"""No colleague sees a patient by a password alone: they also type a code of an app, or use a passkey."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Message, Patient, Role
from tests import factories
from tests.clinic.sign_in import APP_KEY, PASSWORD, SIGN_IN, WORK, app_code, signed_in, with_app
from tests.typed_forms import CANARY, FILLED, Browser, notice
from tests.web import NOT_FOUND, main_words, refusal, sign_in

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
INDEX, APP = reverse("mfa_index"), reverse("mfa_activate_totp")
CODE, CODE_AGAIN = reverse("mfa_authenticate"), reverse("mfa_reauthenticate")
PATIENTS = reverse("desk-patients")


@pytest.fixture(autouse=True)
def real_clinic(settings, time_machine):
    settings.SECOND_FACTOR_REQUIRED = settings.FRESH_SIGN_IN_REQUIRED = True
    time_machine.move_to(timezone.now(), tick=False)


@pytest.fixture
def rasa():
    return factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD, name="Rasa")


def at_work(user):
    """A browser in which `user` has typed the password."""
    browser = Browser()
    browser.open(WORK)
    browser.sign_in(user)
    return browser


def type_code(browser, code, page=CODE):
    values = {**dict(browser.form_to(page).values), "code": code}
    return browser.send(page, values.items())


def paths(browser, *addresses):
    return [browser.open(address).request["PATH_INFO"] for address in addresses]


WORK_PAGES = ["/desk/", "/desk/patients/", "/desk/messages/", "/workplace/", "/practice/", "/manage/", "/my/"]


@pytest.mark.parametrize("role", Role.values)
def test_a_password_alone_opens_no_page_of_patients(role):
    browser = at_work(factories.user(role, password=PASSWORD))

    assert paths(browser, *WORK_PAGES) == [INDEX] * len(WORK_PAGES)


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_at_the_first_sign_in(rasa):
    browser = at_work(rasa)
    browser.open(APP)
    key = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", browser.page.content.decode())[1]

    type_code(browser, app_code(key=key), page=APP)

    codes = re.findall(r"<code>(\d{8})</code>", browser.page.content.decode())
    assert browser.path == reverse("mfa_view_recovery_codes")
    assert len(set(codes)) == 10
    assert paths(browser, PATIENTS, INDEX) == [PATIENTS, INDEX]
    mail = Message.objects.get()
    assert (mail.address, mail.subject) == ("rasa@clinic.example", "An app was set up for signing in")


def test_a_wrong_code_sets_nothing_up(rasa):
    browser = at_work(rasa)
    browser.open(APP)

    type_code(browser, "000000", page=APP)

    assert "This code is not right. Type the one that you see now." in main_words(browser.page)
    assert Authenticator.objects.count() == 0
    assert paths(browser, PATIENTS) == [INDEX]


def test_the_code_is_asked_after_the_password(rasa):
    browser = at_work(with_app(rasa))
    before = (browser.path, signed_in(browser.client))

    type_code(browser, app_code())

    assert before == (CODE, None)
    assert signed_in(browser.client) == rasa
    assert paths(browser, PATIENTS) == [PATIENTS]


@pytest.mark.parametrize("wrong", ["000000", "", "x" * 21, PASSWORD])
def test_a_wrong_code_signs_nobody_in(rasa, wrong):
    browser = at_work(with_app(rasa))

    type_code(browser, wrong)

    assert browser.path == CODE
    assert signed_in(browser.client) is None


@pytest.mark.parametrize(("steps", "later"), [(0, 1), (1, 31), (1, 59), (-1, 1)])
def test_a_code_works_once_as_long_as_it_fits(rasa, time_machine, steps, later):
    """A phone's clock may be off by half a minute; whoever read the code meanwhile cannot use it."""
    code = app_code(steps=steps)
    first = at_work(with_app(rasa))
    type_code(first, code)
    time_machine.shift(timedelta(seconds=later))
    second = at_work(rasa)

    type_code(second, f"{code[:3]} {code[3:]}")

    assert signed_in(first.client) == rasa
    assert signed_in(second.client) is None


def test_a_code_on_paper_works_once(rasa, django_capture_on_commit_callbacks):
    browser = at_work(with_app(rasa))
    type_code(browser, app_code())
    browser.open(reverse("mfa_generate_recovery_codes"))
    with django_capture_on_commit_callbacks(execute=True):
        browser.send(browser.path, browser.form_to(browser.path).values)
    on_paper = re.findall(r"<code>(\d{8})</code>", browser.page.content.decode())
    shown_again = re.findall(r"<code>(\d{8})</code>", browser.open(browser.path).content.decode())

    browsers = [at_work(rasa), at_work(rasa)]
    for each in browsers:
        type_code(each, on_paper[3])

    assert shown_again == []
    assert [signed_in(each.client) for each in browsers] == [rasa, None]


def test_a_session_from_before_proves_both_and_comes_back(rasa):
    """Its browser has proved nothing that we know of."""
    browser = Browser(with_app(rasa))
    first = browser.open(PATIENTS).request["PATH_INFO"]
    form = browser.form_to(reverse("account_reauthenticate"))

    browser.send(form.action, {**dict(form.values), "password": PASSWORD}.items())
    second = (browser.path, browser.page.request["QUERY_STRING"])
    type_code(browser, app_code(), page=CODE_AGAIN)

    assert first == reverse("account_reauthenticate")
    assert second == (CODE_AGAIN, urlencode({"next": PATIENTS}))
    assert browser.path == PATIENTS


def test_another_browser_of_whoever_has_set_it_up_since_must_prove_it_too(rasa):
    """It was signed in by the password alone."""
    elsewhere = at_work(rasa)
    with_app(rasa)

    assert paths(elsewhere, PATIENTS) == [CODE_AGAIN]


def test_what_was_typed_waits_until_both_are_proved(rasa, settings):
    """Somebody was at work when it was introduced."""
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser(with_app(rasa))
    address = reverse("desk-book-new")
    browser.open(address)
    typed = browser.form_to(address).type(CANARY)
    settings.SECOND_FACTOR_REQUIRED = True

    browser.send(address, typed)
    form = browser.form_to(reverse("account_reauthenticate"))
    browser.send(form.action, {**dict(form.values), "password": PASSWORD}.items())
    type_code(browser, app_code(), page=CODE_AGAIN)

    assert (browser.path, notice(browser.page)) == (address, FILLED)
    assert CANARY in str(browser.form_to(address).values)
    assert Patient.objects.count() == 0


def test_the_last_way_cannot_be_removed(rasa):
    browser = at_work(with_app(rasa))
    type_code(browser, app_code())
    page = reverse("mfa_deactivate_totp")

    browser.open(page)
    browser.client.post(page)

    assert "You need at least one. Add another one first, then remove this one." in main_words(browser.page)
    assert Authenticator.objects.filter(user=rasa, type="totp").count() == 1


def test_patients_need_none_and_cannot_have_an_app(client):
    sign_in(client, factories.patient())

    pages = [client.get("/my/"), client.get(INDEX)]

    assert [page.templates[0].name for page in pages] == ["my/home.html", "mfa/index.html"]
    assert "An app that shows codes" not in main_words(pages[1])
    for address in (APP, CODE_AGAIN, reverse("mfa_view_recovery_codes"), reverse("mfa_generate_recovery_codes")):
        assert refusal(client.get(address)) == NOT_FOUND


def test_the_key_of_an_app_is_not_in_the_database_as_it_is(rasa):
    with_app(rasa)

    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get().data)


@pytest.mark.parametrize("key", ["", APP_KEY])
def test_after_the_clinics_secret_has_changed_no_code_fits(rasa, settings, key):
    """Not even those of an empty key, which anybody can reckon."""
    with_app(rasa)
    settings.SECRET_KEY = "another"
    browser = at_work(rasa)

    type_code(browser, app_code(key=key))

    assert browser.path == CODE
    assert signed_in(browser.client) is None


def test_pages_for_everybody_stay_open_to_who_has_not_finished(rasa):
    browser = at_work(rasa)

    assert paths(browser, "/", "/risks/", "/accounts/logout/") == ["/", "/risks/", "/accounts/logout/"]


def test_in_the_demo_one_button_is_enough(rasa, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(rasa)

    assert client.get(PATIENTS).templates[0].name == "desk/people/patients.html"


def test_who_is_a_stranger_is_led_to_sign_in():
    answers = [Client().get(INDEX), Client().get(APP), Client().get(CODE)]

    assert [answer.url.partition("?")[0] for answer in answers] == [SIGN_IN, SIGN_IN, WORK]


def test_the_audit_trail_knows_who_could_not_and_who_changed_it(rasa, django_capture_on_commit_callbacks):
    browser = at_work(with_app(rasa))
    type_code(browser, "000000")
    type_code(browser, app_code())
    browser.open(reverse("mfa_generate_recovery_codes"))
    with django_capture_on_commit_callbacks(execute=True):
        browser.send(browser.path, browser.form_to(browser.path).values)

    noted = AuditEvent.objects.filter(account=rasa).order_by("pk").values_list("kind", "what")

    assert list(noted) == [("sign-in-failed", "second factor"), ("second-factor", "recovery_codes: made anew")]
