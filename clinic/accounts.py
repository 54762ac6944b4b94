"""How people sign in: the hand-over between django-allauth and the clinic's own rules."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from clinic import audit_kinds, message_purposes
from clinic.context_processors import clinic
from clinic.lib import tries
from clinic.lib.client_address import client_address
from clinic.messaging import account_letters, outbox, sms_segments
from clinic.messaging.letters import Letter
from clinic.models import MessageChannel, User
from clinic.people import auditing
from clinic.views.shared import fresh_sign_in

FOR_NOBODY = "account/email/unknown_account"  # what django-allauth would write to an address without an account


def _login_of(credentials):
    return credentials.get("email", "").strip().lower()


class CodeBackend(BaseBackend):
    """Whose session began with a code comes as a patient: with no right of a colleague, also if they work here."""

    def get_user(self, user_id):
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user:
            user.come_as_patient()
        return user


def _letter():
    """Due now, also at night, and useless once a code expires."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    return Letter(message_purposes.SIGN_IN, due_at=now, not_after=until, may_wake=True)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from bookings and from the manager, never from a form; mail leaves through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and this password do not belong together. Check both."),
        "enter_current_password": _("This is not your password of today. Type it again."),
        "incorrect_code": _("This code is not right. Check the 6 digits in the newest message from us."),
        "incorrect_password": _("This is not your password. Type it again."),
        "invalid_password_reset": _("This link cannot be used any more."),
        "select_only_one": _("Write one of the two: your e-mail, or your mobile phone."),
        "too_many_login_attempts": _(
            "These were too many tries. Start again; if that does not work, wait for an hour or call us."
        ),
    }

    def get_login_stages(self):
        own = {"allauth.mfa.stages.AuthenticateStage": "clinic.second_factor.SecondFactorStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, **kwargs):
        """Before a passkey is added or removed, and the like: as before other acts that are hard to take back."""
        return not fresh_sign_in.is_fresh(self.request)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        account_letters.tell_of_change(user, template_prefix, at=timezone.now(), address=client_address(self.request))

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """Only addresses of the host that was asked: not the other names that the clinic also answers to."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_client_ip(self, request):
        return client_address(request) or "unknown"

    def authenticate(self, request, **credentials):
        """Passwords are for colleagues; a patient's would open the records to anyone who guesses it."""
        user = super().authenticate(request, **credentials)
        if user and not user.is_colleague:
            what = "a password that no longer counts"
            auditing.noted(audit_kinds.SIGN_IN_FAILED, user=user, address=client_address(request), what=what)
            return None
        return user

    def pre_authenticate(self, request, **credentials):
        """Counts the try for the account and this place; what succeeds does not count."""
        login = _login_of(credentials)
        try:
            super().pre_authenticate(request, **credentials)
            if not tries.may_from_anywhere(request, "password", login):
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            tries.refuse(request, account=User.objects.filter(email__iexact=login).first())
            raise

    def _get_login_attempts_cache_key(self, request, **credentials):
        place, _is_known = tries.place_of(request, _login_of(credentials))
        return f"{_login_of(credentials)} {place}"

    def get_password_change_redirect_url(self, request):
        return reverse("workplace")

    def get_reset_password_from_key_url(self, key):
        """On the clinic's own address, whatever host the request named."""
        uid, _dash, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        """None is ever sent: an address is confirmed when its owner types a code, and cannot be added otherwise."""

    def send_mail(self, template_prefix, email, context):
        """Plain text from `<template_prefix>_subject.txt` and `_message.txt`: due now, useless once a code expires.

        Whoever has no account gets none: else anybody could have us write to anybody. The same work is done and taken
        back, so that the answer takes as long.
        """
        seconds = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
        words = {**clinic(None), **context, "site_url": settings.SITE_URL, "minutes": seconds // 60}
        subject, body = (
            render_to_string(f"{template_prefix}_{part}.txt", words, using="plain-text").strip()
            for part in ("subject", "message")
        )
        with transaction.atomic():
            outbox.schedule(_letter(), address=email, subject=subject, body=body)
            transaction.set_rollback(template_prefix == FOR_NOBODY)

    def send_code(self, address, code):
        """By e-mail or SMS, as the address is."""
        if address.channel == MessageChannel.EMAIL:
            self.send_mail("account/email/login_code", address.value, {"code": code})
            return
        words = {**clinic(None), "code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}
        text = " ".join(render_to_string("account/sms/login_code.txt", words, using="plain-text").split())
        outbox.schedule(_letter(), address=address.value, body=sms_segments.in_gsm(text), channel=address.channel)
