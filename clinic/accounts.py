"""How people sign in: the hand-over between django-allauth and the clinic's own rules."""

import uuid
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import timezone

from clinic import messaging
from clinic.models import MessageCategory, MessageChannel


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from bookings and from the manager, never from a form; mail leaves through the outbox."""

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        mail = self.render_mail(template_prefix, email, context)
        now = timezone.now()
        messaging.schedule(
            key=f"sign-in:{uuid.uuid4()}",
            category=MessageCategory.CODE,
            channel=MessageChannel.EMAIL,
            address=email,
            subject=mail.subject,
            body=mail.body,
            due_at=now,
            not_after=now + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
            may_wake=True,
        )
