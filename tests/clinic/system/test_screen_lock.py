"""The desk's computers stand where people wait: a screen that nobody touches for 15 minutes shows no patient."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import BrowserSession, Patient, Role
from tests import factories
from tests.clinic.sign_in import PASSWORD, WORK, app_code, signed_in, with_app
from tests.typed_forms import CANARY, FILLED, Browser, notice
from tests.web import as_, main_words, sign_in

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
UNLOCK = reverse("account_reauthenticate")
DAY, PATIENTS, NEW = reverse("desk"), reverse("desk-patients"), reverse("desk-book-new")
BACKGROUND = [
    {"HX-Request": "true", "HX-Current-URL": f"http://testserver{DAY}"},
    {"Sec-Fetch-Mode": "cors"},
]


@pytest.fixture(autouse=True)
def real_clinic(settings, time_machine):
    settings.IDLE_LOCK_MINUTES = 15
    time_machine.move_to(timezone.now(), tick=False)


@pytest.fixture
def rasa():
    return factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD, name="Rasa")


@pytest.fixture
def browser(rasa):
    return Browser(rasa)


def path(browser, address):
    return browser.open(address).request["PATH_INFO"]


def unlock(browser, password=PASSWORD):
    values = {**dict(browser.form_to(UNLOCK).values), "password": password}
    return browser.send(UNLOCK, values.items())


def after(time_machine, minutes):
    time_machine.shift(timedelta(minutes=minutes))


def test_it_locks_after_15_minutes_and_not_before(browser, time_machine):
    browser.open(DAY)
    after(time_machine, 14)
    touched = path(browser, DAY)
    after(time_machine, 14)
    again = path(browser, DAY)
    after(time_machine, 15)

    assert (touched, again) == (DAY, DAY)
    assert path(browser, DAY) == UNLOCK
    words = "This screen is locked Rasa, prove that it is you, and go on where you were. What you typed is kept."
    assert words in main_words(browser.page)


@pytest.mark.parametrize("address", ["/workplace/", PATIENTS, "/accounts/2fa/", "/accounts/devices/", "/unsent/keep/"])
def test_a_locked_screen_shows_no_page_of_its_person(browser, time_machine, address):
    browser.open(DAY)
    after(time_machine, 16)

    assert path(browser, address) == UNLOCK


def test_the_right_password_leads_back_to_the_same_page(browser, time_machine):
    browser.open(DAY)
    after(time_machine, 16)
    browser.open(f"{PATIENTS}?q=Ona")

    unlock(browser, "not the password")
    refused = browser.path
    unlock(browser)

    assert refused == UNLOCK
    assert browser.address == f"http://testserver{PATIENTS}?q=Ona"


def test_what_was_sent_from_a_locked_screen_stands_in_its_form_again(browser, time_machine):
    browser.open(NEW)
    typed = browser.form_to(NEW).type(CANARY)
    after(time_machine, 16)

    browser.send(NEW, typed)
    locked = browser.path
    unlock(browser)

    assert locked == UNLOCK
    assert (browser.path, notice(browser.page)) == (NEW, FILLED)
    assert CANARY in str(browser.form_to(NEW).values)
    assert Patient.objects.count() == 0


def test_what_a_page_kept_as_it_locked_itself_stands_in_its_form_again(browser):
    """What static/js/screen-lock.js does, step by step."""
    browser.open(NEW)
    typed = dict(browser.form_to(NEW).type(CANARY)) | {"_action": f"http://testserver{NEW}"}

    kept = browser.client.post("/unsent/keep/", typed, headers={"Referer": browser.address, "Sec-Fetch-Mode": "cors"})
    browser.send("/accounts/lock/", {"csrfmiddlewaretoken": typed["csrfmiddlewaretoken"], "next": NEW}.items())
    locked = browser.path
    unlock(browser)

    assert (kept.status_code, kept.content) == (204, b"")
    assert locked == UNLOCK
    assert (browser.path, notice(browser.page)) == (NEW, FILLED)
    assert CANARY in str(browser.form_to(NEW).values)


@pytest.mark.parametrize("action", ["", "https://elsewhere.example/desk/", "//elsewhere.example"])
def test_only_a_form_of_ours_is_kept(rasa, action):
    answer = as_(rasa).post("/unsent/keep/", {"_action": action, "words": CANARY})

    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize("headers", BACKGROUND)
def test_a_page_that_fetches_by_itself_keeps_no_screen_open(browser, time_machine, headers):
    browser.open(DAY)
    for _each in range(4):
        after(time_machine, 4)
        browser.client.get(DAY, headers=headers)

    assert path(browser, DAY) == UNLOCK


def test_who_only_types_keeps_it_open(rasa, time_machine):
    client = as_(rasa)
    for _each in range(4):
        after(time_machine, 4)
        client.post("/accounts/awake/", headers={"Sec-Fetch-Mode": "cors"})

    assert client.get(DAY).templates[0].name == "desk/scheduling/day.html"


def test_a_locked_page_that_fetches_is_led_to_the_lock(rasa, time_machine):
    client = as_(rasa)
    client.get(DAY)
    after(time_machine, 16)

    part, script = (client.get(DAY, headers=headers) for headers in BACKGROUND)

    assert (part.status_code, part.headers["HX-Redirect"]) == (401, f"{UNLOCK}?{urlencode({'next': DAY})}")
    assert (script.status_code, script.json()) == (401, {"refusal": "This screen is locked. Load the page again."})


def test_one_button_locks_it_at_once(browser):
    browser.open(PATIENTS)
    form = browser.form_to("/accounts/lock/")

    browser.send(form.action, form.values)
    locked = (browser.path, path(browser, DAY))
    unlock(browser)

    assert locked == (UNLOCK, UNLOCK)
    assert browser.path == DAY


def test_the_next_person_at_the_desk_signs_in_as_themselves(browser, time_machine):
    browser.open(DAY)
    after(time_machine, 16)
    browser.open(DAY)
    form = next(each for each in browser.forms if dict(each.values).get("next") == WORK)

    browser.send(form.action, form.values)

    assert browser.path == WORK
    assert signed_in(browser.client) is None


def test_a_code_of_the_app_unlocks_too(browser, rasa, time_machine):
    with_app(rasa)
    browser.open(DAY)
    after(time_machine, 16)
    browser.open(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': DAY})}")
    form = browser.form_to(reverse("mfa_reauthenticate"))

    browser.send(form.action, {**dict(form.values), "code": app_code()}.items())

    assert browser.path == DAY


def test_a_patients_phone_is_their_own(client, time_machine):
    sign_in(client, factories.patient())
    client.get("/my/")
    after(time_machine, 60)

    assert client.get("/my/").templates[0].name == "my/home.html"


def test_pages_for_everybody_stay_open(browser, time_machine):
    browser.open(DAY)
    after(time_machine, 16)

    assert [path(browser, address) for address in ("/", "/risks/")] == ["/", "/risks/"]
    assert path(browser, DAY) == UNLOCK


def test_it_can_be_switched_off(browser, settings, time_machine):
    settings.IDLE_LOCK_MINUTES = 0
    browser.open(DAY)
    after(time_machine, 60)

    assert path(browser, DAY) == DAY
    assert browser.form_to("/accounts/lock/") is None


# Twelve hours


def test_a_session_ends_12_hours_after_signing_in_however_busy_it_is(browser, settings, time_machine):
    settings.IDLE_LOCK_MINUTES = 0
    for _hour in range(11):
        after(time_machine, 60)
        browser.client.post("/accounts/awake/")
        session = browser.client.session
        session["busy"] = _hour
        session.save()
    before = path(browser, DAY)
    after(time_machine, 60)

    assert before == DAY
    assert path(browser, DAY) != DAY
    assert signed_in(browser.client) is None


def test_a_page_that_was_slow_takes_no_lock_back(rasa):
    """Two requests of one browser at once: what one has read of the session before, it must not write over."""
    slow = as_(rasa).session
    slow.get("anything")
    BrowserSession.objects.update(seen_at=timezone.now() - timedelta(hours=1))

    slow.see(at=timezone.now())

    assert slow.session_key == BrowserSession.objects.get(user=rasa, seen_at=timezone.now()).session_key
