"""The outcome of a message, and who is notified: accepted, arrived, or an end after which a person takes over."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.messaging import doorbell, letters, preferences, refusals, sms_numbers
from clinic.messaging.channels import registry
from clinic.models import (
    BlockedBy,
    Message,
    MessageCategory,
    MessageChannel,
    MessageStatus,
    PatientContact,
)
from clinic.models.messages import ArchivedMessage

BOTH = (Message, ArchivedMessage)
LOST = [MessageStatus.DEAD, MessageStatus.EXPIRED, MessageStatus.UNKNOWN, MessageStatus.WITHDRAWN]


def accepted_fields(message, reference, *, at):
    """The fields of a message that the provider has. A code's text is removed: it is private, and useless later."""
    changes = {"provider_reference": reference[:200], "ended_at": at, "outcome": "", "in_doubt_since": None}
    if message.is_text_secret:
        changes["body"] = _("The code was sent.")
    return changes


def report_undelivered(message, status, detail, *, what_to_say=""):
    """Note how a message ended that may not have arrived; inside the transaction of its end.

    A person at the desk takes over, and reads it out unless `what_to_say`, or the provider's number for its refusal,
    says otherwise. Safety advice also goes out by the patient's other channel; if there is none, it is read out by
    phone, at once.
    """
    message.attempts.create(result=status, detail=detail[:300])
    _note_block(message)
    if not _is_for_known_contact(message):
        return
    if message.category == MessageCategory.SAFETY and status != MessageStatus.EXPIRED:
        _send_by_other_channel(message)
    usual = _what_to_say(can_leave=registry.is_set_up(message.channel))
    item = worklist.new(
        _kind(message, status),
        what_to_say=what_to_say[:300] or refusals.what_to_do(message) or usual,
        message=message,
        cause=message.pk,
        occasion=status,
        patient=message.patient,
        appointment=message.appointment,
        due_at=timezone.now(),
    )
    worklist.open_all([item])


def settle_work_items(message, *, note, at):
    """The message, or its twin by the other channel, got through: nobody has to call."""
    same = [message.pk, *_twins(Message, message).values_list("pk", flat=True)]
    worklist.settle(*work_kinds.UNDELIVERED, message__in=same, note=note, at=at)


def open_work_items_for_nowhere(wanted, patient):
    """No message of ours can reach the patient: a person tells what the letters would have told."""
    worklist.open_all(
        worklist.new(
            work_kinds.MESSAGE_NOWHERE,
            what_to_say=(_("No message of ours gets there. Call, and say: %s") % letter.words(patient)["sms"])[:300],
            patient=patient,
            appointment=letter.appointment,
            due_at=letter.due_at,
            **letter.about,
        )
        for letter in wanted
    )


def _what_to_say(*, can_leave):
    """`can_leave`: whether messages leave here that way at all; if not, the address is not to blame."""
    if can_leave:
        return _("Our message did not arrive. Call, read it out, and ask whether the address is right.")
    return _("This clinic cannot send to this address. Call, and tell what the message says.")


def _kind(message, status):
    """Safety advice that cannot go any more, by any channel, is urgent."""
    is_lost = message.category == MessageCategory.SAFETY and status == MessageStatus.DEAD and message.patient_id
    is_urgent = is_lost and not any(_twins(of, message).exclude(status__in=LOST).exists() for of in BOTH)
    return work_kinds.SAFETY_CALL if is_urgent else work_kinds.MESSAGE_NOT_SENT


def _note_block(message):
    """The provider says that it blocks the phone, and no START came since the SMS was handed over."""
    if message.channel != MessageChannel.SMS or message.refusal_code != refusals.BLOCKED:
        return
    if not (message.accepted_at and sms_numbers.was_opened_since(message.address, message.accepted_at)):
        sms_numbers.block(message.address, by=BlockedBy.REFUSAL, at=timezone.now())


def _is_for_known_contact(message):
    """Anybody can ask for a code at an invented address; that must not fill the desk's list."""
    if message.category != MessageCategory.CODE:
        return True
    return PatientContact.objects.filter(value__iexact=message.address, until=None).exists()


def _send_by_other_channel(message):
    """A row of its own, with the same number of sending: there is never more than one per channel."""
    channel = letters.OTHER_CHANNEL[message.channel]
    contact = preferences.contact_by(message.patient, channel) if message.patient else None
    if not (contact and message.other_words) or any(_twins(of, message).exists() for of in BOTH):
        return
    subject, body = preferences.split_words(message.other_words, channel)
    names = ("sending", "category", "language", "patient", "appointment", "due_at", "not_after")
    twin, is_new = Message.objects.get_or_create_once(
        key=letters.key_instead_of(message, channel),
        defaults={
            **{name: getattr(message, name) for name in names},
            **message.about,
            "channel": channel,
            "address": contact.value,
            "subject": subject,
            "body": body,
            "next_try_at": message.due_at,
            "may_wake": True,
        },
    )
    if is_new:
        twin.attempts.create(result=MessageStatus.WAITING, detail=_("instead of one that did not get through"))
        doorbell.ring_after_commit()


def _twins(model, message):
    """The same sending by the other channel."""
    return model.objects.of_same_letter(message).filter(sending=message.sending).exclude(pk=message.pk)
