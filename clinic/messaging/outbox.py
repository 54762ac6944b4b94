"""The outbox: schedule and withdraw. The only way to send e-mail and SMS; `delivery` sends what is due.

A message is a row that is born in the transaction of its cause. Whatever dies in between, the row is still there:
nothing is lost, nothing is sent twice where the channel recognises a key or can be asked, nothing ends without a word.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.errors import ChannelMissing, MoveNotAllowed
from clinic.messaging import addressees, doorbell, due_checks, letters, outcomes, preferences
from clinic.messaging.channels import registry
from clinic.models import ContactSystem, Message, MessageChannel, MessageStatus
from clinic.models.messages import UNSENT, ArchivedMessage
from clinic.people import auditing

IN_CALL = Q(status=MessageStatus.SENDING, call_started_at__isnull=False)
ON_THE_WAY = [*UNSENT, MessageStatus.SENDING]
SENT_AGAIN_FOR = timedelta(hours=12)


def schedule(letter, *, address, body, subject="", channel=MessageChannel.EMAIL):
    """Put a message with a finished text into the outbox; the address need not be a patient's.

    Inside the caller's transaction. The same letter again changes nothing. Returns its message, or its row in the
    archive. Raises ChannelMissing where none can leave by this channel.
    """
    if not registry.is_set_up(channel):
        raise ChannelMissing
    language = translation.get_language() or settings.LANGUAGE_CODE
    words = {"address": address, "subject": subject, "body": body, "language": language}
    return _put({**letter.fields(channel), **words})


def schedule_to(letter, *, channel, address, patient=None):
    """`schedule` with the text of the letter's purpose, to exactly this address by this channel: where somebody wrote
    from, or what a colleague chose. It does not follow the patient elsewhere.
    """
    words = words_to(letter, channel=channel, address=address, patient=patient)
    return _put({**letter.fields(channel), **words, "patient": patient})


def words_to(letter, *, channel, address, patient):
    """Address, text and language of what `schedule_to` plans; without a patient it names nobody."""
    language = (preferences.preference_of(patient).language if patient else "") or settings.LANGUAGE_CODE
    has_namesake = bool(patient) and addressees.has_namesake(patient, address)
    context = {"patient": patient, "has_namesake": has_namesake, "due_at": letter.due_at, **letter.context}
    with translation.override(language):
        subject, body = letters.compose(letter.purpose, channel, context)
    return {"address": address, "subject": subject, "body": body, "language": language}


def schedule_for(patient, letter):
    """`schedule` to where the patient wants it, with the text of the letter's purpose.

    A patient whom no message of ours can reach becomes a work item instead; then None is returned.
    """
    addressed = _addressed(patient, [letter])
    return _put(addressed[0]) if addressed else None


def schedule_all_for(patient, wanted):
    """`schedule_for` for many letters together, looking up only once where the patient wants them."""
    if wanted and Message.objects.create_each_once(_addressed(patient, wanted)):
        doorbell.ring_after_commit()


def _put(fields):
    message, is_new = Message.objects.get_or_create_once(key=fields["key"], defaults=fields)
    if is_new:
        doorbell.ring_after_commit()
    return message


def _addressed(patient, wanted):
    """The fields of each letter's message; if there is no contact, a work item for each instead."""
    preference = preferences.preference_of(patient)
    contact = preferences.contact_for(patient, preference)
    if contact is None:
        outcomes.open_work_items_for_nowhere(wanted, patient)
        return []
    channel = MessageChannel.EMAIL if contact.system == ContactSystem.EMAIL else MessageChannel.SMS
    language = preference.language or settings.LANGUAGE_CODE
    to = {"patient": patient, "address": contact.value, "language": language}
    has_namesake = addressees.has_namesake(patient, contact.value)
    with translation.override(language):
        return [{**_worded(letter, patient, channel, has_namesake), **to} for letter in wanted]


def _worded(letter, patient, channel, has_namesake):
    words = letter.words(patient, has_namesake=has_namesake)
    subject, body = preferences.split_words(words[channel], channel)
    other_words = words[letters.OTHER_CHANNEL[channel]]
    return {**letter.fields(channel), "subject": subject, "body": body, "other_words": other_words}


def withdraw(messages, *, reason, at):
    """Withdraw those of a queryset of messages that have not gone out. Returns how many.

    One whose call has begun may still arrive; it is marked, so that it is not tried again if it does not, and not
    counted. `reason` is stored with each; `at` is when it became unnecessary.
    """
    with transaction.atomic():
        open_ones = messages.filter(status__in=ON_THE_WAY).order_by("pk")
        locked = list(open_ones.select_for_update(of=["self"], no_key=True).values_list("pk", flat=True))
        rows = Message.objects.filter(pk__in=locked)
        rows.filter(IN_CALL).update(outcome=reason, ended_at=at)
        return rows.exclude(IN_CALL).update(
            status=MessageStatus.WITHDRAWN, outcome=reason, ended_at=at, claim_token=None
        )


def withdraw_about(appointment, *, reason, at):
    """The same for all that was to be told about a visit, also what people were to tell instead of a message."""
    withdraw(appointment.messages.all(), reason=reason, at=at)
    worklist.settle(work_kinds.MESSAGE_NOWHERE, appointment=appointment, note=reason, at=at)


def reinstate(messages, *, at):
    """Plan again those of a queryset that were withdrawn and are due after `at`. Returns how many."""
    ahead = messages.filter(status=MessageStatus.WITHDRAWN, due_at__gt=at, tries=0)
    return ahead.update(status=MessageStatus.WAITING, outcome="", ended_at=None, next_try_at=F("due_at"))


def look_again(messages, *, at):
    """Those of a queryset that were put off and are due are looked at at once: what held them may have ended."""
    if messages.filter(status=MessageStatus.PUT_OFF, due_at__lte=at).update(next_try_at=at):
        doorbell.ring_after_commit()


def send_again(message, *, reason, by, at):
    """A colleague sends it again, for a reason: a new message to where the patient is reached now.

    Raises MoveNotAllowed for what has not ended, was withdrawn, is a one-time code, is being sent again already, or is
    over as its owner says, and ChannelMissing where nothing can leave for the patient.
    """
    with transaction.atomic():
        locked = Message.objects.select_for_update(of=["self"], no_key=True).select_related("patient")
        message = locked.get(pk=message.pk)
        live, _older = later_sendings(message)
        if not message.may_be_sent_again or live.filter(status__in=ON_THE_WAY).exists():
            raise MoveNotAllowed(_("This message cannot be sent again now. Look at what was sent since."))
        if why_not := due_checks.why_not_again(message, at=at):
            raise MoveNotAllowed(why_not)
        if not _can_leave(message):
            raise ChannelMissing(_("Nothing can be sent from here to this address. Please call, and tell it."))
        new = _put(_fields_again(message, at=at))
        new.attempts.create(
            result=MessageStatus.WAITING, detail=_("sent again by %(who)s: %(why)s") % {"who": by, "why": reason}
        )
        outcomes.settle_work_items(message, note=_("sent again"), at=at)
        if message.patient:
            auditing.changed(message.patient, by=by, what=_("message sent again"))
    return new


def _can_leave(message):
    """By its own channel, or by the other to where the patient is reached."""
    if registry.is_set_up(message.channel) or not (message.patient and message.other_words):
        return registry.is_set_up(message.channel)
    return preferences.contact_by(message.patient, letters.OTHER_CHANNEL[message.channel]) is not None


def later_sendings(message):
    """What was sent again of the same letter after this message, in the outbox and in the archive."""
    same = [model.objects.of_same_letter(message) for model in (Message, ArchivedMessage)]
    return [rows.filter(sending__gt=message.sending) for rows in same]


def _fields_again(message, *, at):
    contact = preferences.contact_by(message.patient, message.channel) if message.patient else None
    last = max(rows.aggregate(last=Max("sending"))["last"] or message.sending for rows in later_sendings(message))
    names = ("category", "channel", "subject", "body", "other_words", "calendar", "language", "patient", "appointment")
    return {
        **{name: getattr(message, name) for name in names},
        **message.about,
        "key": letters.key_of(message.about, message.channel, last + 1),
        "sending": last + 1,
        "address": contact.value if contact else message.address,
        "due_at": at,
        "next_try_at": at,
        "not_after": max(message.not_after, at + SENT_AGAIN_FOR),
        "may_wake": True,
    }
