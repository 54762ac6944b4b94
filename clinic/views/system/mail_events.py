"""What mail providers tell of mails that we sent by them. django-anymail knows each one's words and its signature.

Our mark says which mail it is about: it stands in the Message-ID, which most of them repeat, or in a header of theirs.
"""

import json

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.utils.module_loading import import_string

from clinic.messaging.bounces.reports import Kind, Report, code_in
from clinic.messaging.channels import mail_marks

VIEWS = {
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
}
PROVEN_BY = {"mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY"}
KINDS = {
    EventType.BOUNCED: Kind.FAILED,
    EventType.REJECTED: Kind.FAILED,
    EventType.FAILED: Kind.FAILED,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.DELIVERED: Kind.ARRIVED,
    EventType.COMPLAINED: Kind.COMPLAINT,
    EventType.UNSUBSCRIBED: Kind.COMPLAINT,
}


def is_ours(provider):
    """Whether the clinic sends by this provider, and has agreed on a secret with it."""
    secret = settings.ANYMAIL[PROVEN_BY.get(provider, "WEBHOOK_SECRET")]
    return provider == settings.MAIL_WEBHOOK and provider in VIEWS and bool(secret)


def reports_in(request, provider):
    """What the provider tells. Raises PermissionDenied for anybody else, SuspiciousOperation for what is no report."""
    reader = import_string(VIEWS[provider])()
    try:
        reader.run_validators(request)
    except AnymailWebhookValidationFailure as failure:
        raise PermissionDenied from failure
    try:
        events = reader.parse_events(request)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SuspiciousOperation(f"{provider} tells what nobody understands") from error
    return [_report(event) for event in events if event.event_type in KINDS]


def _report(event):
    said = event.mta_response or event.description or event.reject_reason or ""
    told = json.dumps(event.esp_event, default=str)
    about = mail_marks.message_in(told)
    return Report(KINDS[event.event_type], message_id=about, code=code_in(said), detail=" ".join(said.split())[:300])
