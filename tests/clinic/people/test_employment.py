"""Rights hang on employment: whoever works here no more has none, wherever they are asked."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import TREATING_ROLES, AuditEvent, Employment, Role, User
from clinic.people import employment
from clinic.scheduling import cancellations
from tests import factories
from tests.factories import NOW
from tests.web import as_

# A request whose session has just ended looks its row up twice: to read it, and to remove it.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.repeated_queries_allowed,
]
FIRST_PAGES = {
    Role.DESK: "desk",
    Role.PHYSICIAN: "practice-dose-limits",
    Role.PHYSIOTHERAPIST: "practice-referrals",
    Role.MANAGER: "admin:index",
}
LATER = NOW + timedelta(days=30)


def somebody(role):
    return factories.colleague(role).user if role in TREATING_ROLES else factories.user(role)


def ended(account, **how):
    employment.end(account.employments.get(until=None), at=timezone.now(), **how)
    return User.objects.get(pk=account.pk)


def rights(account):
    """All that anything in the house asks about a colleague."""
    return account.is_colleague, account.is_staff, bool(account.get_all_permissions()), bool(account.treats_as)


def opens(browser, name):
    """Whether this browser is still signed in and finds the page open."""
    answer = browser.get(reverse(name))
    return answer.status_code == 200 and "_auth_user_id" in browser.session


@pytest.mark.parametrize("role", Role)
def test_every_right_ends_with_the_employment(role):
    factories.user(Role.MANAGER)
    account = somebody(role)
    assert rights(account) == (True, role == Role.MANAGER, True, role in TREATING_ROLES)

    left = ended(account)

    assert rights(left) == (False, False, False, False)


def test_password_ends_with_the_last_employment():
    account = factories.user(Role.DESK, password="calm-warm-plain")
    second = employment.start(account, Role.PHYSICIAN, at=NOW)

    employment.end(second, at=NOW)
    assert User.objects.get(pk=account.pk).has_usable_password()

    assert not ended(account).has_usable_password()


@pytest.mark.parametrize("role", Role)
def test_session_ends_with_the_employment(role):
    factories.user(Role.MANAGER)
    account = somebody(role)
    browser = as_(account)
    assert opens(browser, FIRST_PAGES[role])

    ended(account)

    assert not opens(browser, FIRST_PAGES[role])
    assert "_auth_user_id" not in browser.session


def test_rights_last_until_the_last_day_that_was_entered():
    account = somebody(Role.DESK)
    browser = as_(account)

    ended(account, until=LATER)

    assert opens(browser, "desk")
    with time_machine.travel(LATER, tick=False):
        assert not opens(browser, "desk")


@pytest.mark.parametrize("role", TREATING_ROLES)
def test_works_here_switched_off_ends_every_right(role):
    account = somebody(role)
    browser = as_(account)
    account.practitioner.is_active = False
    account.practitioner.save()

    assert rights(User.objects.get(pk=account.pk)) == (False, False, False, False)
    assert not opens(browser, FIRST_PAGES[role])


def test_session_of_before_is_not_good_again_for_who_comes_back():
    account = somebody(Role.DESK)
    browser = as_(account)

    ended(account)
    employment.start(account, Role.DESK, at=NOW)

    assert not opens(browser, "desk")
    assert opens(as_(User.objects.get(pk=account.pk)), "desk")


def test_session_as_a_patient_ends_when_somebody_is_hired():
    account = factories.user()
    browser = as_(account)

    employment.start(account, Role.DESK, at=NOW)

    assert not opens(browser, "my")


def test_second_role_keeps_the_session_and_ends_alone():
    account = somebody(Role.DESK)
    browser = as_(account)

    second = employment.start(account, Role.MANAGER, at=NOW)
    assert opens(browser, "admin:index")
    factories.user(Role.MANAGER)
    employment.end(second, at=NOW)

    assert opens(browser, "desk")
    assert not opens(browser, "admin:index")


def test_starting_twice_is_one_employment_and_ending_twice_is_refused():
    account = factories.user()

    first = employment.start(account, Role.DESK, at=NOW)
    assert employment.start(account, Role.DESK, at=NOW) == first
    employment.end(first, at=NOW)

    with pytest.raises(MoveNotAllowed):
        employment.end(first, at=NOW)
    assert Employment.objects.count() == 1


def test_the_trail_says_who_let_whom_work_here_and_until_when():
    manager, account = factories.user(Role.MANAGER), factories.user()

    employment.end(employment.start(account, Role.DESK, at=NOW, by=manager), at=NOW, by=manager)

    assert list(AuditEvent.objects.order_by("pk").values_list("kind", "by", "account", "what")) == [
        ("role-changed", manager.pk, account.pk, "works here as: Front desk"),
        ("role-changed", manager.pk, account.pk, "works here as: Front desk until 2026-03-02"),
    ]


def test_the_last_manager_cannot_be_ended():
    account = somebody(Role.MANAGER)
    leaving = somebody(Role.MANAGER)
    ended(leaving, until=LATER)  # who leaves soon does not count

    with pytest.raises(DomainError, match="Somebody has to manage the clinic"):
        ended(account)


def test_nobody_stands_above_the_roles():
    account = User.objects.create_superuser("root@clinic.example", "calm-warm-plain")

    assert account.roles == [Role.MANAGER]
    assert not account.has_perm("procedures.sign_procedure")


def test_cancellation_of_somebody_who_has_left_since_is_still_the_desks():
    desk = somebody(Role.DESK)
    visit = factories.appointment(starts_at=NOW + timedelta(days=3), patient=factories.patient())
    cancellations.cancel(visit, at=NOW, by=desk)
    employment.end(desk.employments.get(), at=NOW + timedelta(minutes=1))

    assert cancellations.undo_until(visit, by=factories.user()) is None
    assert cancellations.undo_until(visit, by=somebody(Role.DESK)) is not None


def test_a_passkey_of_a_patient_does_not_open_the_work_they_begin():
    rasa = factories.user()
    Authenticator.objects.create(user=rasa, type=Authenticator.Type.WEBAUTHN, data={})

    employment.start(rasa, Role.DESK, at=timezone.now())
    Authenticator.objects.create(user=rasa, type=Authenticator.Type.WEBAUTHN, data={"name": "made at work"})
    employment.start(rasa, Role.MANAGER, at=timezone.now())

    assert [one.data for one in Authenticator.objects.filter(user=rasa)] == [{"name": "made at work"}]
