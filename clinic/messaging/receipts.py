"""What providers report later: the outcome of a message.

News that comes twice, late or in any order ends the same: a message that has arrived stays so.
"""

import logging
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.messaging import outcomes, sms_numbers
from clinic.models import Message, MessageChannel, MessageStatus

logger = logging.getLogger(__name__)


class ReceiptStatus(StrEnum):
    """What a receipt says, whatever the provider calls it."""

    TAKEN = "taken"
    ARRIVED = "arrived"
    FAILED = "failed"


# The words of Twilio's MessageStatus; others tell nothing new.
TWILIO_STATUSES = {
    **dict.fromkeys(["accepted", "queued", "sending", "sent"], ReceiptStatus.TAKEN),
    **dict.fromkeys(["delivered", "read"], ReceiptStatus.ARRIVED),
    **dict.fromkeys(["failed", "undelivered", "canceled"], ReceiptStatus.FAILED),
}
UNDECIDED = [MessageStatus.SENDING, MessageStatus.PUT_OFF, MessageStatus.UNKNOWN]


def note_receipt(message_id, *, news, reference, detail, at, code=""):
    """Record a provider's news about the message `message_id`; `code` is its own number for a failure. Returns whether
    it changed anything.
    """
    with transaction.atomic():
        locked = Message.objects.select_for_update(of=["self"], no_key=True).select_related("patient", "appointment")
        message = locked.filter(pk=message_id).first()
        if message is None or message.tries == 0 or message.provider_reference not in ("", reference):
            return False  # not ours, never sent, or about an earlier call that no longer matters
        if news == ReceiptStatus.ARRIVED and message.status != MessageStatus.DELIVERED:
            return _arrived(message, reference, at=at)
        if news == ReceiptStatus.TAKEN and message.status in UNDECIDED:
            return _set(message, MessageStatus.ACCEPTED, reference, at=at)
        if news == ReceiptStatus.FAILED and message.status in [*UNDECIDED, MessageStatus.ACCEPTED]:
            return _failed(message, reference, detail, code, at=at)
    return False


def _arrived(message, reference, *, at):
    ended_at = message.ended_at
    if not _set(message, MessageStatus.DELIVERED, reference, at=ended_at or at):
        return False
    outcomes.settle_work_items(message, note=_("it arrived after all"), at=at)
    if message.channel == MessageChannel.SMS and message.accepted_at:
        sms_numbers.note_arrived(message.address, sent_at=message.accepted_at, at=at)
    return True


def _failed(message, reference, detail, code, *, at):
    more = {"outcome": detail[:300], "refusal_code": code[:20]}
    if not _set(message, MessageStatus.DEAD, reference, at=at, note=False, **more):
        return False
    message.refusal_code = code[:20]
    outcomes.settle_work_items(message, note=_("the provider says that it did not arrive"), at=at)
    outcomes.report_undelivered(message, MessageStatus.DEAD, detail)
    return True


def _set(message, status, reference, *, at, note=True, **more):
    changes = outcomes.accepted_fields(message, reference, at=at) | more
    released = {"status": status, "claim_token": None, "leased_until": None}
    try:
        with transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**changes | released)
    except IntegrityError:  # its twin, which looks alike, was taken for it
        logger.warning("message %s: its reference is another message's", message.pk)
        return False
    if note:
        message.attempts.create(result=status, detail=reference[:300])
    return True
