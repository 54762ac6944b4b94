"""What the clinic answers to an SMS at once, without a person: where help is, and that somebody reads it.

Never more than one in a while to one number, so that two machines do not answer each other for ever.
"""

from datetime import timedelta

from django.utils import timezone

from clinic import message_purposes
from clinic.messaging import outbox, sms_numbers
from clinic.messaging.channels import registry
from clinic.messaging.letters import Letter
from clinic.models import Message, MessageChannel, TakenFor
from clinic.models.messages import ArchivedMessage

WARNED_EVERY = timedelta(hours=1)
OF_USE_FOR = {message_purposes.HELP_IS_THERE: timedelta(hours=2), message_purposes.WE_HAVE_IT: timedelta(hours=12)}


def answer(incoming, number, *, patient, at):
    """Answer by SMS, or by e-mail to a number that the provider blocks. `number`: its row, locked; `patient`: the only
    one it can be about, or None. Returns the message; None if there is nothing to send, or nowhere.
    """
    purpose = _purpose(incoming, number, at=at)
    to = purpose and _where(number, patient)
    if not to:
        return None
    channel, address = to
    letter = Letter(purpose, cause=incoming.pk, due_at=at, not_after=at + OF_USE_FOR[purpose], may_wake=True)
    number.answered_at = at
    number.warned_at = at if incoming.is_red else number.warned_at
    number.save(update_fields=["answered_at", "warned_at"])
    named = None if patient is None or patient.is_deceased else patient  # somebody else writes from this phone
    return outbox.schedule_to(letter, channel=channel, address=address, patient=named)


def has_answered(incoming):
    """Whether an answer to this SMS was planned, or sent."""
    return any(answers.exists() for answers in _answers_to(incoming))


def belong_to(incoming, patient):
    """What was answered by SMS stands in the conversation of this patient, or of nobody (None)."""
    for answers in _answers_to(incoming):
        answers.filter(channel=MessageChannel.SMS).update(patient=patient)


def _answers_to(incoming):
    about = {"purpose__in": [purpose.code for purpose in OF_USE_FOR], "cause": incoming.pk}
    return [model.objects.filter(**about) for model in (Message, ArchivedMessage)]


def _purpose(incoming, number, *, at):
    if incoming.taken_for == TakenFor.RED:
        is_early = number.warned_at and at - number.warned_at < WARNED_EVERY
        return None if is_early else message_purposes.HELP_IS_THERE
    is_same_day = number.answered_at and timezone.localdate(number.answered_at) == timezone.localdate(at)
    return None if is_same_day else message_purposes.WE_HAVE_IT


def _where(number, patient):
    if not sms_numbers.can_be_written_to(number.number):
        return None
    may_get_it = sms_numbers.gets_sms(number.number) and not number.is_blocked
    if may_get_it and registry.is_set_up(MessageChannel.SMS):
        return MessageChannel.SMS, number.number
    has_email = patient and patient.email and registry.is_set_up(MessageChannel.EMAIL)
    return (MessageChannel.EMAIL, patient.email) if has_email else None
