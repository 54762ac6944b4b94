"""Messages in every state."""

import uuid

from clinic.models import Message, MessageCategory, MessageStatus
from tests import factories
from tests.factories import NOW


def message(status=MessageStatus.WAITING, **fields):
    tracks = {name: fields.pop(name) for name in ("tries", "outcome", "provider_reference") if name in fields}
    if status == MessageStatus.SENDING:
        tracks |= {"claim_token": uuid.uuid4(), "leased_until": NOW}
    row = factories.message(**fields)
    Message.objects.filter(pk=row.pk).update(status=status, **tracks)
    row.refresh_from_db()
    return row


def code(**fields):
    usual = {"category": MessageCategory.CODE, "subject": "Code 471199", "body": "471199 is your code"}
    return message(**usual | fields)
