"""Who has lost the phone begins anew: the manager lets them, says why, and everybody hears of it."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from clinic.errors import DomainError
from clinic.models import AuditEvent, Message, Role
from clinic.people import second_factors
from tests import factories
from tests.clinic.sign_in import PASSWORD, with_app
from tests.web import NOT_FOUND, NOT_YOURS, as_, main_words, queries_of, refusal

pytestmark = pytest.mark.django_db
LIST = reverse("manage-second-factors")
WHY = "lost the phone, stands before me"


@pytest.fixture
def rasa():
    return with_app(factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD, name="Rasa"))


@pytest.fixture
def vita():
    return factories.user(Role.MANAGER, name="Vita", password=PASSWORD)


def reset_of(user):
    return reverse("manage-second-factor-reset", args=[user.pk])


def test_page_says_who_has_what(rasa, vita):
    assert "Rasa app Let begin anew Rasa Vita none yet" in main_words(as_(vita).get(LIST))


def test_page_asks_as_often_for_many_as_for_one(rasa, vita):
    browser = as_(vita)
    one = queries_of(browser, LIST)
    for _each in range(3):
        with_app(factories.user(Role.DESK))

    assert queries_of(browser, LIST) == one


def test_reset_ends_what_there_was_and_each_session_and_tells(rasa, vita):
    session = as_(rasa)

    answer = as_(vita).post(reset_of(rasa), {"why": WHY})

    assert answer.url == LIST
    assert not Authenticator.objects.exists()
    assert session.get("/desk/").status_code == 302
    event = AuditEvent.objects.get(kind="second-factor")
    assert (event.by, event.account, event.what) == (vita, rasa, f"reset: {WHY}")
    mail = Message.objects.get()
    assert (mail.address, mail.subject) == ("rasa@clinic.example", "Your second factor was reset")
    assert "How you prove who you are was reset. You set it up anew when you sign in.\nVita did it." in mail.body


def test_a_reason_is_needed(rasa, vita):
    page = as_(vita).post(reset_of(rasa), {"why": " "})

    assert "Write why, in a few words." in main_words(page)
    assert Authenticator.objects.count() == 1


def test_nobody_resets_their_own(vita):
    """Whoever sits down at the manager's screen could."""
    with_app(vita)
    page = as_(vita).post(reset_of(vita), {"why": WHY})

    assert "Another manager must do this for you." in main_words(page)
    assert Authenticator.objects.count() == 1


@pytest.mark.parametrize("role", [Role.DESK, Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_only_managers_do(rasa, role):
    browser = as_(factories.user(role))

    assert [refusal(browser.get(LIST)), refusal(browser.post(reset_of(rasa), {"why": WHY}))] == [NOT_YOURS] * 2
    assert Authenticator.objects.count() == 1


def test_patients_are_not_in_it(vita):
    patient = factories.account_of(factories.patient())

    assert refusal(as_(vita).post(reset_of(patient), {"why": WHY})) == NOT_FOUND


def test_the_manager_proves_first_who_it_is(rasa, vita, settings):
    settings.FRESH_SIGN_IN_REQUIRED = True

    asked = as_(vita).post(reset_of(rasa), {"why": WHY})

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.count() == 1


def test_where_nobody_else_is_manager_the_machine_does(vita):
    with_app(vita)

    call_command("reset_second_factor", vita.email.upper(), why="lost the phone")

    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.get(kind="second-factor").what == "reset: lost the phone"
    assert Message.objects.get().subject == "Your second factor was reset"


@pytest.mark.parametrize("email", ["nobody@clinic.example", "ona@example.org"])
def test_command_knows_colleagues_only(email):
    factories.account_of(factories.patient(), email="ona@example.org")

    with pytest.raises(CommandError, match="Nobody who works here"):
        call_command("reset_second_factor", email, why="x")


def test_act_refuses_the_own_account(vita):
    with_app(vita)

    with pytest.raises(DomainError):
        second_factors.reset(vita, why="x", at=timezone.now(), by=vita)

    assert Authenticator.objects.count() == 1
