"""Before an act that is hard to take back, a colleague proves again who it is; nothing typed is lost meanwhile."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import Patient, Role
from clinic.views.shared import fresh_sign_in
from tests import factories
from tests.clinic.sign_in import PASSWORD, WORK
from tests.typed_forms import CANARY, FILLED, Browser, notice
from tests.web import NOT_YOURS, as_, refusal

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
PROVE = reverse("account_reauthenticate")
LONG_AGO = timedelta(minutes=11)
BY_CODE = reverse("account_sign_in_again")
PATIENT = "patient"
PROTECTED = {
    "desk-merge": (Role.DESK, {"pk": 1, "other": 2}),
    "desk-access-grant": (Role.DESK, {"pk": 1}),
    "desk-access-end": (Role.DESK, {"pk": 1, "access": 1}),
    "practice-dose-limit-sign": (Role.PHYSICIAN, {"pk": 1}),
    "practice-record-void": (Role.PHYSICIAN, {"pk": 1}),
    "practice-record-void-agree": (Role.PHYSICIAN, {"pk": 1}),
    "practice-lots-csv": (Role.MANAGER, {}),
    "manage-removal": (Role.MANAGER, {"pk": 1}),
    "manage-second-factor-reset": (Role.MANAGER, {"pk": 1}),
    "my-access-end": (PATIENT, {"pk": 1}),
    "my-data-take-along": (PATIENT, {"pk": 1}),
    "my-sign-in": (PATIENT, {}),
    "my-sign-in-end": (PATIENT, {"pk": 1}),
}


@pytest.fixture(autouse=True)
def real_clinic(settings, time_machine):
    settings.FRESH_SIGN_IN_REQUIRED = True
    time_machine.move_to(timezone.now())


@pytest.fixture
def rasa():
    return factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD)


@pytest.fixture
def doubles():
    return [factories.patient(given_name="Ona", family_name="Petraitė") for _each in range(2)]


def merge_of(doubles):
    return reverse("desk-merge", kwargs={"pk": doubles[0].pk, "other": doubles[1].pk})


def signed_in_browser(user):
    browser = Browser()
    browser.open(WORK)
    browser.sign_in(user)
    return browser


def prove(browser, password=PASSWORD):
    values = {**dict(browser.form_to(PROVE).values), "password": password}
    return browser.send(PROVE, values.items())


@pytest.mark.parametrize("name", PROTECTED)
def test_page_asks_whose_sign_in_is_not_fresh(name):
    role, arguments = PROTECTED[name]
    address = reverse(name, kwargs=arguments)
    client = as_(factories.user() if role == PATIENT else factories.user(role, password=PASSWORD))

    asked = [client.get(address), client.post(address)]

    answers = {answer.url.partition("?")[0] for answer in asked if answer.status_code == 302}
    assert answers == {BY_CODE if role == PATIENT else PROVE}


def test_who_may_not_do_it_at_all_is_not_asked(doubles):
    assert refusal(as_(factories.user(Role.PHYSICIAN)).get(merge_of(doubles))) == NOT_YOURS


def test_who_has_just_signed_in_is_not_asked(rasa, doubles):
    browser = signed_in_browser(rasa)

    assert browser.open(merge_of(doubles)).status_code == 200
    assert browser.path == merge_of(doubles)


def test_what_was_typed_stands_in_the_form_again_and_only_a_press_sends_it(rasa, doubles, time_machine):
    browser = signed_in_browser(rasa)
    browser.open(merge_of(doubles))
    typed = browser.form_to(merge_of(doubles)).type(CANARY)
    time_machine.shift(LONG_AGO)

    browser.send(merge_of(doubles), typed)
    was_asked = (browser.path, browser.page.request["QUERY_STRING"])
    prove(browser)

    assert was_asked == (PROVE, urlencode({"next": merge_of(doubles)}))
    assert (browser.path, notice(browser.page)) == (merge_of(doubles), FILLED)
    assert dict(browser.form_to(merge_of(doubles)).values)["reason"] == f"{CANARY} 0"
    assert Patient.objects.filter(merged_into=None).count() == 2
    browser.send(merge_of(doubles), browser.form_to(merge_of(doubles)).values)
    assert Patient.objects.filter(merged_into=None).count() == 1


def test_a_wrong_password_proves_nothing(rasa, doubles, time_machine):
    browser = signed_in_browser(rasa)
    time_machine.shift(LONG_AGO)
    browser.open(merge_of(doubles))

    prove(browser, "not the password")

    assert browser.path == PROVE
    browser.open(merge_of(doubles))
    assert browser.path == PROVE


def test_a_proof_lasts_ten_minutes(rasa, doubles, time_machine):
    browser = signed_in_browser(rasa)
    time_machine.shift(LONG_AGO)
    browser.open(merge_of(doubles))
    prove(browser)
    time_machine.shift(timedelta(minutes=9))
    after_nine = browser.open(merge_of(doubles)).request["PATH_INFO"]
    time_machine.shift(timedelta(minutes=2))

    after_eleven = browser.open(merge_of(doubles)).request["PATH_INFO"]

    assert (after_nine, after_eleven) == (merge_of(doubles), PROVE)


def test_a_part_of_a_page_leads_the_whole_page_there(rasa, doubles):
    answer = as_(rasa).post(merge_of(doubles), {"reason": "x"}, headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{PROVE}?{urlencode({'next': merge_of(doubles)})}"


def test_a_script_is_told_in_words(rasa, doubles):
    answer = as_(rasa).post(merge_of(doubles), {"reason": "x"}, headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json() == {"refusal": "Not saved yet: we must know first that it is still you. Load this page again."}


def test_a_patient_signs_in_anew_by_code():
    """Patients have no password: they are led to a code, and back."""
    account = factories.account_of(factories.patient(), email="ona@example.org")
    url = fresh_sign_in.url_to_prove(account, "/my/messages/")
    browser = Browser(account)

    browser.open(url)
    again = next(form for form in browser.forms if "next" in dict(form.values))
    browser.send(again.action, again.values)
    browser.sign_in(account)

    assert url == f"/accounts/again/?{urlencode({'next': '/my/messages/'})}"
    assert browser.path == "/my/messages/"


def test_in_the_demo_nobody_has_a_password_to_type(settings, doubles):
    settings.FRESH_SIGN_IN_REQUIRED = False

    page = as_(factories.user(Role.DESK)).get(merge_of(doubles))

    assert page.templates[0].name == "desk/people/merge.html"
