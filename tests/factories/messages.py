"""Messages."""

from datetime import timedelta

from clinic.messaging import outbox
from clinic.models import MessageCategory, MessageChannel
from tests.factories.basics import NOW, numbers


def message(**fields):
    """An e-mail with a reminder, due at `NOW` and of use for a day."""
    usual = {
        "key": f"test:{next(numbers)}",
        "category": MessageCategory.REMINDER,
        "channel": MessageChannel.EMAIL,
        "address": "rasa@mail.example",
        "subject": "A reminder",
        "body": "Please come.",
        "due_at": NOW,
        "may_wake": True,
    }
    fields = usual | fields
    return outbox.schedule(**{"not_after": fields["due_at"] + timedelta(days=1)} | fields)
