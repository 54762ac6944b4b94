"""Whoever owns an account hears that its sign-in has changed, whichever way it changed and whatever address it has."""

import pytest
from django.core.management import call_command

from clinic.messaging import account_letters
from clinic.models import AuditEvent, Message
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_account_that_has_a_phone_only_hears_by_sms():
    account = factories.user(email=None)
    account.contacts.create(system="phone", value="+37061234567")

    account_letters.tell_of_change(account, "mfa/email/webauthn_added", at=NOW)

    told = Message.objects.get(purpose="sign-in-changed")
    assert (told.channel, told.address) == ("sms", "+37061234567")
    assert "A passkey was added. Was it not you? Call us: +370 5 200 0000" in told.body


def test_one_that_nobody_can_reach_is_told_nothing():
    account_letters.tell_of_change(factories.user(email=None), "mfa/email/webauthn_added", at=NOW)

    assert not Message.objects.exists()


def test_a_password_that_an_operator_changed_is_told_and_noted(monkeypatch):
    account = factories.user(email="rasa@clinic.example")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "quite another four words")

    call_command("changepassword", "rasa@clinic.example", verbosity=0)

    account.refresh_from_db()
    told = Message.objects.get(purpose="sign-in-changed")
    assert (told.address, told.subject) == ("rasa@clinic.example", "Your password was changed")
    assert account.check_password("quite another four words")
    assert AuditEvent.objects.filter(kind="password-changed", account=account).count() == 1
