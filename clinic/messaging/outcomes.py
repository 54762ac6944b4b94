"""What became of a message, and who is told: accepted, arrived, or an end after which a person takes over."""

from contextlib import suppress

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError

from clinic.messaging import preferences
from clinic.models import (
    Message,
    MessageCategory,
    MessageChannel,
    MessageStatus,
    PatientContact,
    WorkItem,
    WorkItemKind,
    WorkItemStatus,
)


def accepted_fields(message, reference, *, at):
    """The fields of a message that the provider has. A code is nobody else's business then, and of no use later."""
    changes = {"provider_reference": reference[:200], "ended_at": at, "outcome": "", "in_doubt_since": None}
    if message.is_text_secret:
        changes["body"] = _("The code was sent.")
    return changes


def report_undelivered(message, status, detail):
    """Note how a message ended that may not have arrived; inside the transaction of its end.

    A person at the desk takes over. Safety advice also goes out by the patient's other channel, if there is one.
    """
    message.attempts.create(result=status, detail=detail[:300])
    if not _is_for_known_contact(message):
        return
    open_work_item(
        key=f"message:{message.pk}:{status}",
        patient=message.patient,
        message=message,
        appointment=message.appointment,
        at=timezone.now(),
    )
    if message.category == MessageCategory.SAFETY and status != MessageStatus.EXPIRED:
        _send_by_other_channel(message)


def settle_work_items(message, *, note, at):
    """The message, or its twin by the other channel, got through: nobody has to call."""
    keys = [message.key, _twin_key(message)]
    items = WorkItem.objects.filter(message__key__in=keys, kind=WorkItemKind.MESSAGE_NOT_SENT)
    items.filter(status=WorkItemStatus.REQUESTED).cancel(note=note, at=at)


def open_work_item(*, key, at, **links):
    WorkItem.objects.get_or_create(
        key=key,
        defaults={
            "kind": WorkItemKind.MESSAGE_NOT_SENT,
            "what_to_say": _("Our message did not arrive. Call, read it out, and ask whether the address is right."),
            "due_at": at,
            **links,
        },
    )


def _is_for_known_contact(message):
    """Anybody can ask for a code at an invented address; that must not fill the desk's list."""
    if message.category != MessageCategory.CODE:
        return True
    return PatientContact.objects.filter(value__iexact=message.address, until=None).exists()


def _send_by_other_channel(message):
    """A row of its own, under the key that the other channel would have had: one more is never made of it."""
    channel = _other(message.channel)
    contact = preferences.contact_by(message.patient, channel) if message.patient else None
    if not (contact and message.other_words):
        return
    subject, body = preferences.split_words(message.other_words, channel)
    twin, is_new = Message.objects.get_or_create_once(
        key=_twin_key(message),
        defaults={
            "category": message.category,
            "channel": channel,
            "address": contact.value,
            "subject": subject,
            "body": body,
            "language": message.language,
            "patient": message.patient,
            "appointment": message.appointment,
            "due_at": message.due_at,
            "next_try_at": message.due_at,
            "not_after": message.not_after,
            "may_wake": True,
        },
    )
    if is_new:
        twin.attempts.create(result=MessageStatus.WAITING, detail=_("instead of one that did not get through"))
        transaction.on_commit(ring, robust=True)


def _twin_key(message):
    base, _colon, last = message.key.rpartition(":")
    return f"{base}:{_other(message.channel)}" if last == message.channel else f"{message.key}:instead"


def _other(channel):
    return MessageChannel.SMS if channel == MessageChannel.EMAIL else MessageChannel.EMAIL


def ring():
    """Tell a worker that something may be due. Only a doorbell: when nobody hears it, the next beat tick delivers."""
    current_app.send_task("clinic.deliver_due_messages", ignore_result=True)


def ring_if_heard():
    """`ring`, where it does not matter whether the broker is there."""
    with suppress(KombuError, OSError):
        ring()
