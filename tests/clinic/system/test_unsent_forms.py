"""A form is sent when its sender is signed out: nothing typed is lost, and nobody else sees it."""

import logging
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aftercare.models import PainDiaryEntry, SymptomCheck, SymptomQuestion
from clinic.models import Patient, Role, UnsentForm
from clinic.models.unsent_forms import KEPT_FOR
from clinic.people import unsent_forms
from clinic.scheduling import visit_answers
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.clinic.sign_in import PASSWORD, SIGN_IN, WORK
from tests.typed_forms import CANARY, FILLED, Browser, notice, typed_and_lost, without_token
from tests.web import words

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
WORST = "Worst signs: call 112 now."


@pytest.fixture
def plan():
    asked_plans.questions()
    factories.practitioner()
    return factories.care_plan(patient=factories.patient(), signed_at=timezone.now() - timedelta(hours=2))


@pytest.fixture
def ona(plan):
    return factories.account_of(plan.patient, email="ona@example.org")


@pytest.fixture
def symptoms(plan):
    return reverse("my-symptoms", args=[plan.pk])


@pytest.fixture
def rasa():
    return factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD)


@pytest.mark.parametrize("is_wrong_first", [False, True])
def test_a_symptom_report_stands_filled_in_after_signing_in_by_code(ona, symptoms, is_wrong_first):
    browser, values = typed_and_lost(ona, symptoms)

    assert browser.path == SIGN_IN
    assert notice(browser.page).startswith("Not sent yet. You are signed out.")
    assert f"{WORST} Nobody here has read your answers yet. You can also call us" in words(browser.page)
    assert 'href="tel:112"' in browser.page.content.decode()
    assert 'href="tel:+37052000000"' in browser.page.content.decode()
    browser.sign_in(ona, wrong_code_first=is_wrong_first)
    assert (browser.path, notice(browser.page)) == (symptoms, FILLED)
    assert WORST in words(browser.page)
    form = browser.form_to(symptoms)
    assert without_token(form.values) == without_token(values)
    assert SymptomCheck.objects.count() == 0  # never by itself
    browser.send(symptoms, form.values)
    assert browser.path != symptoms
    assert SymptomCheck.objects.get().own_words == f"{CANARY} 0"
    assert (UnsentForm.objects.count(), notice(browser.page)) == (0, "")


def test_the_page_of_the_code_says_it_too(ona, symptoms):
    browser, _values = typed_and_lost(ona, symptoms)

    browser.send(SIGN_IN, [*browser.form_to(SIGN_IN).values, ("email", ona.email)])

    assert browser.path != SIGN_IN
    assert WORST in words(browser.page)
    assert notice(browser.page).startswith("Not sent yet.")


def test_a_colleague_comes_back_by_password(rasa):
    address = reverse("desk-book-new")

    browser, values = typed_and_lost(rasa, address)

    assert browser.path == WORK
    assert WORST not in words(browser.page)
    browser.sign_in(rasa)
    assert (browser.path, notice(browser.page)) == (address, FILLED)
    typed = dict(browser.form_to(address).values)
    names = ("given_name", "family_name", "birth_date", "phone", "reason")
    assert [typed[name] for name in names] == [dict(values)[name] for name in names]
    assert Patient.objects.count() == 0


def test_signed_in_anew_in_another_tab_the_form_comes_back_at_once(ona, symptoms):
    browser = Browser(ona)
    browser.open(symptoms)
    values = browser.form_to(symptoms).type(CANARY)
    tab = browser.another_tab()
    browser.lose_session()
    tab.open(SIGN_IN)
    tab.sign_in(ona)

    browser.send(symptoms, values)

    assert (browser.path, notice(browser.page)) == (symptoms, FILLED)
    assert without_token(browser.form_to(symptoms).values) == without_token(values)
    assert SymptomCheck.objects.count() == 0


def test_nobody_else_who_signs_in_there_sees_it(ona, symptoms, rasa):
    browser, values = typed_and_lost(ona, symptoms)

    browser.open(WORK)
    browser.sign_in(rasa)

    for page in ("/desk/", symptoms, reverse("unsent-forms")):
        assert "Kanarienvogel" not in browser.open(page).content.decode()
    assert notice(browser.open("/desk/")) == ""
    browser.send(reverse("unsent-forms-drop"), browser.forms[0].values)
    browser.send("/accounts/logout/", browser.forms[0].values)
    browser.open(SIGN_IN)
    browser.sign_in(ona)
    assert browser.path == symptoms
    assert without_token(browser.form_to(symptoms).values) == without_token(values)


def test_a_page_of_the_one_before_is_kept_for_the_one_before(ona, symptoms, rasa):
    """Ona's tab is still open; Rasa has signed in in another one, and presses Ona's button."""
    browser = Browser(ona)
    browser.open(symptoms)
    values = browser.form_to(symptoms).type(CANARY)
    tab = browser.another_tab()
    browser.lose_session()
    tab.open(WORK)
    tab.sign_in(rasa)

    browser.send(symptoms, values)

    assert browser.path == reverse("unsent-forms")
    assert "opened by another person" in words(browser.page)
    assert WORST in words(browser.page)
    assert "Kanarienvogel" not in browser.page.content.decode()
    assert SymptomCheck.objects.count() == 0


def test_what_is_typed_after_the_session_ended_is_not_of_the_one_before(ona, plan, rasa, settings):
    """Somebody opens the link of a message in Ona's browser; Rasa signs in, and presses the button of that page."""
    browser = Browser(ona)
    browser.open("/my/")
    browser.lose_session()
    factories.room()
    doctor = factories.practitioner(hours=("00:00", "23:59"), days=range(7))
    ahead = {"practitioner": doctor, "starts_at": timezone.now() + timedelta(days=3)}
    visit = factories.appointment(patient=plan.patient, **ahead)
    link = visit_answers.link_of(visit).removeprefix(settings.SITE_URL)
    browser.open(link)
    values = browser.form_to(link).values
    tab = browser.another_tab()
    tab.open(WORK)
    tab.sign_in(rasa)

    browser.send(link, values)

    assert UnsentForm.objects.get().user == rasa


def test_a_button_that_was_pressed_leads_back_to_its_page(ona, plan):
    """Its address answers no GET: signing in used to lead to an error."""
    page = reverse("my-aftercare-plan", args=[plan.pk])
    browser = Browser(ona)
    browser.open(page)
    action = reverse("my-aftercare-pain", args=[plan.pk])
    values = [*browser.form_to(action).values, ("score", "7")]
    browser.lose_session()

    browser.send(action, values)
    browser.sign_in(ona)

    assert (browser.path, notice(browser.page)) == (page, FILLED)
    assert PainDiaryEntry.objects.count() == 0


def test_it_can_be_thrown_away(ona, symptoms):
    browser, _values = typed_and_lost(ona, symptoms)
    browser.sign_in(ona)

    browser.send(reverse("unsent-forms-drop"), browser.form_to(reverse("unsent-forms-drop")).values)

    assert UnsentForm.objects.count() == 0
    browser.open(symptoms)
    assert (notice(browser.page), "Kanarienvogel" in browser.page.content.decode()) == ("", False)


def test_another_page_says_where_it_waits(ona, symptoms):
    browser, _values = typed_and_lost(ona, symptoms)
    browser.sign_in(ona)

    browser.open("/my/")

    assert (
        notice(browser.page)
        == "Not sent yet. You typed something, and it did not reach us. It waits for you, for one hour."
    )
    assert f'href="{symptoms}"' in browser.page.content.decode()


def test_it_ends_after_an_hour(ona, symptoms):
    browser, _values = typed_and_lost(ona, symptoms)
    UnsentForm.objects.update(kept_at=timezone.now() - KEPT_FOR)

    assert notice(browser.open(SIGN_IN)) == ""
    assert unsent_forms.drop_expired(at=timezone.now()) == 1
    assert UnsentForm.objects.count() == 0


def test_the_row_reveals_nothing_without_the_browser_and_a_log_nothing_at_all(ona, symptoms, caplog):
    with caplog.at_level(logging.DEBUG):
        browser, _values = typed_and_lost(ona, symptoms)
        browser.sign_in(ona)

    row = UnsentForm.objects.values().get()
    stored = repr(row | {"sealed": bytes(row["sealed"])})
    assert not any(secret in stored for secret in ("Kanarienvogel", "own_words", symptoms))
    addresses = [address for address, _status in browser.page.redirect_chain]
    logged = [line.getMessage() for line in caplog.records if line.name != "django.db.backends"]
    assert "Kanarienvogel" not in repr([addresses, logged])
    assert unsent_forms.opened(UnsentForm.objects.get(), unsent_forms.Key("another"), owner=ona.pk) is None


def test_what_no_page_has_a_place_for_can_be_read_and_sent(ona, plan, symptoms):
    """Meanwhile the record was withdrawn: the page with the questions is gone."""
    browser, values = typed_and_lost(ona, symptoms)
    SymptomQuestion.objects.update(is_active=False)

    browser.sign_in(ona)

    assert browser.path == reverse("unsent-forms")
    assert f"{CANARY} 0" in words(browser.page)
    form = browser.form_to(symptoms)
    assert without_token(form.values) == without_token(values)


def test_a_form_from_elsewhere_fills_in_nothing(ona, symptoms):
    """An attacker's page knows no token of this browser: what it sends never stands in a form of ours."""
    browser = Browser(ona)
    browser.open(symptoms)

    browser.send(
        symptoms, [("csrfmiddlewaretoken", "a" * 64), ("own_words", CANARY)], Referer="http://elsewhere.example/"
    )

    assert browser.page.status_code == 403
    assert UnsentForm.objects.count() == 0
    assert "Kanarienvogel" not in browser.open(symptoms).content.decode()
