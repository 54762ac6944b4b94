"""What a patient wrote and what went to the patient, as one list; and what a colleague answers by hand."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from clinic import message_purposes, work_kinds, worklist
from clinic.errors import DomainError, TokenReused
from clinic.messaging import archive, outbox, preferences, sms_numbers
from clinic.messaging.letters import Letter
from clinic.models import IncomingMessage, Message, MessageChannel, Patient, WorkItem
from clinic.models.messages import ArchivedMessage
from clinic.people import auditing

OF_USE_FOR = timedelta(days=3)
OWN_SHOWN = 20


def readable_by(user):
    """The patients whose own words this colleague may read: desk and physicians everybody's, others who treat people
    those in their care.
    """
    if user.has_perm("clinic.view_incomingmessage"):
        return Patient.objects.visible_to(user)
    return Patient.objects.in_care_of(user)


def of(patient, *, user):
    """Both directions in order, the latest first, archived ones included; of the two only what this person may see."""
    may_read = readable_by(user).filter(pk=patient.pk).exists()
    rows, older = (Message.objects, ArchivedMessage.objects) if may_read else archive.visible_to(user)
    sources = [(rows.filter(patient=patient).prefetch_related("attempts"), "due_at")]
    sources.append((older.filter(patient=patient), "due_at"))
    if may_read:
        sources.append((with_open_items(IncomingMessage.objects.about(patient)), "received_at"))
    return archive.ByTime(*sources)


def written_by(patient):
    """The newest SMS about this patient, for the patient's own page."""
    return IncomingMessage.objects.about(patient)[:OWN_SHOWN]


def with_open_items(incoming):
    """Each with its `open_items`: what a person still has to do about it."""
    return incoming.prefetch_related(
        Prefetch("work_items", queryset=WorkItem.objects.requested(), to_attr="open_items")
    )


@dataclass(frozen=True)
class Answer:
    """What a colleague writes. `token` is that of the page: the same page sends once. `seen`: the key of the newest SMS
    that was shown there, or None.
    """

    words: str
    channel: str
    token: str
    seen: int | None = None


def answer(patient, written, *, by, at, address=None):
    """Send it by exactly this channel, and end what there was to do about the SMS that it answers, but for urgent ones
    and those about symptoms: they need a note of their own. Returns the message.

    Raises DomainError for the field `channel` when the patient cannot be reached by it, TokenReused when the page has
    sent other words, PatientMerged for an entry that was merged.
    """
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        contact = _contact(patient, written.channel)
        letter = Letter(
            message_purposes.FROM_THE_DESK,
            cause=patient.pk,
            occasion=written.token,
            due_at=at,
            not_after=at + OF_USE_FOR,
            context={"words": written.words},
        )
        to = {"channel": written.channel, "address": contact.value, "patient": patient}
        if sent := _sent_before(letter, to):
            return sent
        message = outbox.schedule_to(letter, **to)
        auditing.wrote(patient, by=by, what=_("message"), address=address)
        for item in _answered_items(patient, written.seen):
            worklist.complete(item, by=by, at=at, note=_("answered"))
    return message


def _contact(patient, channel):
    if patient.is_deceased:
        raise DomainError(_("This patient has died. Nothing is sent any more."), field="channel")
    contact = preferences.contact_by(patient, channel)
    if contact is None:
        raise DomainError(_("We have no address for this. Choose another way, or call."), field="channel")
    if channel == MessageChannel.SMS and sms_numbers.is_blocked(contact.value):
        raise DomainError(_("The provider blocks our SMS to this phone. Write an e-mail, or call."), field="channel")
    return contact


def _sent_before(letter, to):
    """What this page has sent already. Raises TokenReused if that was something else."""
    about = [model.objects.filter(**letter.about).first() for model in (Message, ArchivedMessage)]
    sent = next(filter(None, about), None)
    if sent is None:
        return None
    if (sent.channel, sent.body) != (to["channel"], outbox.words_to(letter, **to)["body"]):
        raise TokenReused(_("This page has sent something else already. Load it again to write another message."))
    return sent


def _answered_items(patient, seen):
    items = WorkItem.objects.requested().filter(kind=work_kinds.SMS_WORDS.code, patient=patient)
    return items.filter(incoming__lte=seen) if seen else items.none()
