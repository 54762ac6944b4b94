"""Claims: which worker has a message now, and until when. All of it runs on the database's clock.

A worker whose own clock is wrong takes nothing that is another's, and holds nothing for longer than it may.
"""

import time
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Now

from clinic.messaging.channels import Lease
from clinic.models import Message, MessageStatus

LEASE = timedelta(seconds=30)
LEASE_MARGIN_SECONDS = 2  # the last moment to begin a call, before the lease ends
RENEW_AFTER_SECONDS = 5
RELEASED = {"claim_token": None, "leased_until": None, "call_started_at": None}


def take(rows, *, suits=lambda message: True):
    """Claim those messages of a queryset that nobody has, in one short transaction before any call. Returns them.

    `suits` is asked about each, in the order of the queryset; one it refuses stays as it is. A crash is counted for the
    row whose call had begun, not for those that only waited their turn behind it.
    """
    token, until = uuid.uuid4(), _ends()
    with transaction.atomic():
        claimed = [message for message in rows.select_for_update(skip_locked=True) if suits(message)]
        if claimed:
            Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
                crashes=F("crashes") + Case(When(call_started_at=None, then=Value(0)), default=Value(1)),
                in_doubt_since=Coalesce("in_doubt_since", "call_started_at"),
                status=MessageStatus.SENDING,
                call_started_at=None,
                claim_token=token,
                leased_until=Now() + LEASE,
            )
    for message in claimed:
        message.crashes += message.call_started_at is not None
        message.in_doubt_since = message.in_doubt_since or message.call_started_at
        message.status, message.claim_token, message.call_started_at = MessageStatus.SENDING, token, None
        message.lease = Lease(until)
    return claimed


def begin_call(message, *, way_out):
    """Right before the call by this way out: extend the lease if the claim is still ours, and count the try.

    A withdrawn or re-claimed row is left, and one that another message tells now; then it is False. The lease ends
    counted from before the database was asked: a worker can be paused while it answers.
    """
    until, mine = _ends(), of(message).filter(ended_at=None, told_in=message.told_in)
    begun = {"leased_until": Now() + LEASE, "call_started_at": Now(), "tries": F("tries") + 1, "way_out": way_out}
    if not mine.update(**begun):
        return False
    message.lease.until = until
    message.way_out = way_out
    return True


def renew(message):
    """Extend the lease of a message whose call goes on. False when somebody else has it now."""
    until = _ends()
    if not of(message).update(leased_until=Now() + LEASE):
        return False
    message.lease.until = until
    return True


def update(message, **changes):
    """Change the row if the claim is still ours; False means somebody else has it now, or it was withdrawn."""
    return bool(of(message).update(**changes))


def of(message):
    """The row, if the claim is still ours."""
    return Message.objects.filter(pk=message.pk, status=MessageStatus.SENDING, claim_token=message.claim_token)


def _ends():
    return time.monotonic() + LEASE.total_seconds() - LEASE_MARGIN_SECONDS
