"""What mail providers tell of our mails, as each of them tells it; nobody else may."""

import base64
import hashlib
import hmac
import json

import pytest
from django.test import Client
from django.urls import reverse

from clinic.messaging import preferences
from clinic.messaging.channels import mail_marks
from clinic.models import WorkItem
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SECRET, KEY = "provider:a-secret", "a-key"


@pytest.fixture
def message():
    patient = factories.patient(email="rasa@mail.example")
    return factories.message(patient=patient, status="accepted", tries=1, ended_at=NOW, accepted_at=NOW)


def postmark(mark, *, record="Bounce", kind="HardBounce"):
    known = {"RecordType": record, "Type": kind, "Email": "rasa@mail.example", "MessageID": "1-2-3", "ID": 1}
    return known | {"Metadata": {"mark": mark}, "Details": "smtp;550 5.1.1 User unknown", "Description": "gone"}


def mailgun(mark, *, event="failed", severity="permanent"):
    signature = hmac.new(KEY.encode(), b"1521000000token", hashlib.sha256).hexdigest()
    told = {"event": event, "severity": severity, "timestamp": 1521233123.5, "reason": "bounce"}
    told |= {"message": {"headers": {"message-id": f"0123.{mark}@clinic.example"}}, "recipient": "rasa@mail.example"}
    told |= {"delivery-status": {"message": "550 5.1.1 User unknown", "code": 550}}
    return {"signature": {"token": "token", "timestamp": "1521000000", "signature": signature}, "event-data": told}


def brevo(mark):
    told = {"event": "hard_bounce", "email": "rasa@mail.example", "ts_epoch": 1461095246000, "id": 1}
    return told | {"message-id": f"<0123.{mark}@clinic.example>", "reason": "550 5.1.1 User unknown"}


def mailjet(mark):
    told = {"event": "bounce", "email": "rasa@mail.example", "time": 1461095246, "MessageID": 1, "hard_bounce": True}
    return [told | {"CustomID": mark, "error": "user unknown", "smtp_reply": "550 5.1.1 User unknown"}]


def tell(provider, told, *, secret=SECRET):
    address = reverse("message-receipts", args=[provider])
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    browser = Client(enforce_csrf_checks=True)
    return browser.post(address, json.dumps(told), content_type="application/json", headers=headers).status_code


@pytest.fixture
def told_by(settings):
    def agree(provider, secret=SECRET, key=KEY):
        settings.MAIL_WEBHOOK = provider
        settings.ANYMAIL = {"WEBHOOK_SECRET": secret, "MAILGUN_WEBHOOK_SIGNING_KEY": key}

    return agree


@pytest.mark.parametrize("provider", [postmark, mailgun, brevo, mailjet])
def test_a_bounce_that_a_provider_tells_ends_the_message(message, told_by, provider):
    told_by(provider.__name__)

    for _time in range(2):
        assert tell(provider.__name__, provider(mail_marks.mark_of(message.pk))) == 204

    message.refresh_from_db()
    assert (message.status, WorkItem.objects.count(), "User unknown" in message.outcome) == ("dead", 1, True)


def test_a_delay_ends_nothing_and_a_delivery_is_noted(message, told_by):
    told_by("mailgun")
    mark = mail_marks.mark_of(message.pk)

    tell("mailgun", mailgun(mark, severity="temporary"))
    message.refresh_from_db()
    assert message.status == "accepted"

    tell("mailgun", mailgun(mark, event="delivered"))
    message.refresh_from_db()
    assert message.status == "delivered"


def test_a_complaint_ends_reminders(message, told_by):
    told_by("postmark")

    tell("postmark", postmark(mail_marks.mark_of(message.pk), record="SpamComplaint", kind="SpamComplaint"))

    assert preferences.preference_of(message.patient).source == "complaint"


@pytest.mark.parametrize(
    ("provider", "secret", "key", "status"),
    [
        ("postmark", "provider:wrong", KEY, 403),
        ("postmark", "", KEY, 403),
        ("mailgun", SECRET, "another key", 403),
        ("brevo", SECRET, KEY, 404),  # we send by another
    ],
)
def test_nobody_else_may_tell(message, told_by, provider, secret, key, status):
    told_by("postmark" if provider == "brevo" else provider, key=key)
    told = {"postmark": postmark, "mailgun": mailgun, "brevo": brevo}[provider](mail_marks.mark_of(message.pk))

    assert tell(provider, told, secret=secret) == status

    message.refresh_from_db()
    assert message.status == "accepted"


def test_without_a_secret_nobody_may(message, told_by):
    told_by("postmark", secret="")  # Mailgun's key proves nothing of another

    assert tell("postmark", postmark(mail_marks.mark_of(message.pk)), secret="") == 404


@pytest.mark.parametrize("told", [[], {}, "x", {"RecordType": 3}])
def test_what_is_no_report_is_refused_or_changes_nothing(message, told_by, told):
    told_by("postmark")

    assert tell("postmark", told) in (204, 400)

    message.refresh_from_db()
    assert message.status == "accepted"
