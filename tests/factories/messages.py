"""Messages."""

from datetime import timedelta

from django.utils import translation

from aftercare.message_purposes import NO_HEAVY_LIFTING
from clinic.message_purposes import SIGN_IN
from clinic.messaging import doorbell
from clinic.messaging.letters import Letter
from clinic.models import Message, MessageCategory, MessageChannel
from clinic.scheduling.message_purposes import VISIT_BOOKED, VISIT_REMINDER
from tests.factories.basics import NOW, numbers

OF_CATEGORY = {purpose.category: purpose for purpose in (NO_HEAVY_LIFTING, SIGN_IN, VISIT_BOOKED, VISIT_REMINDER)}


def letter(purpose=VISIT_REMINDER, **fields):
    """A letter with its own cause, due at `NOW` and valid for a day."""
    due_at = fields.get("due_at", NOW)
    cause = None if purpose is SIGN_IN else next(numbers)
    return Letter(purpose, **{"cause": cause, "due_at": NOW, "not_after": due_at + timedelta(days=1)} | fields)


def message(**fields):
    """An e-mail with a reminder, due at `NOW` and valid for a day."""
    usual = {
        "category": MessageCategory.REMINDER,
        "channel": MessageChannel.EMAIL,
        "address": "rasa@mail.example",
        "subject": "A reminder",
        "body": "Please come.",
        "language": translation.get_language(),
        "due_at": NOW,
        "may_wake": True,
    }
    fields = usual | fields
    due_at = fields["due_at"]
    planned = letter(OF_CATEGORY[fields["category"]], due_at=due_at).fields(fields["channel"])
    fields = planned | {"next_try_at": due_at} | fields
    doorbell.ring_after_commit()
    return Message.objects.get_or_create_once(key=fields["key"], defaults=fields)[0]
