"""Is a due message still right? Looked up for the whole batch, with one verdict per message before it is sent."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.messaging import preferences, quiet_hours, sms_numbers
from clinic.messaging.channels import registry
from clinic.models import (
    ContactSystem,
    Message,
    MessageCategory,
    MessageChannel,
    MessagePreference,
    MessageStatus,
    Patient,
    PatientContact,
)
from clinic.models.messages import UNSENT
from clinic.models.purposes import PURPOSES, stay_at_their_address

# After an outage: what is this late is catching up, and a person gets at most that many within that time.
LATE_AFTER = timedelta(minutes=15)
MAX_LATE_ONES = 3
CAP_WINDOW = timedelta(hours=1)
LOOKED_AT_AGAIN = timedelta(minutes=5)  # what its owner holds; what ends the reason rings sooner
TRIED_WHEN_BLOCKED = [MessageCategory.SAFETY, MessageCategory.CODE]
CAPPED = [MessageCategory.REMINDER, MessageCategory.NOTICE]
TOLD, ON_ITS_WAY = [MessageStatus.ACCEPTED, MessageStatus.DELIVERED], [*UNSENT, MessageStatus.SENDING]


@dataclass(frozen=True)
class Send:
    """It may go now, as it is."""


@dataclass(frozen=True)
class WaitUntil:
    at: datetime
    why: str


@dataclass(frozen=True)
class SendElsewhere:
    """It follows its patient: with these fields changed, it needs a new verdict."""

    changes: dict
    why: str


@dataclass(frozen=True)
class Withdraw:
    """It is no longer needed; nobody is notified."""

    why: str


@dataclass(frozen=True)
class End:
    """It does not arrive: a person takes over, who is told `what_to_say` if it is not to read out the message."""

    status: MessageStatus
    why: str
    what_to_say: str = ""


class Circumstances:
    """What has changed for the patients of a batch since their messages were planned. A handful of queries for all."""

    def __init__(self, messages, *, at):
        self._began_at, self._clock_then = at, time.monotonic()
        self.patients = {message.patient_id for message in messages if message.patient_id}
        self.preferences, self.contacts, self.dead = {}, defaultdict(list), set()
        if self.patients:
            dead = Patient.objects.filter(pk__in=self.patients, died_on__isnull=False)
            self.dead = set(dead.values_list("pk", flat=True))
            chosen = MessagePreference.objects.filter(patient__in=self.patients)
            self.preferences = {preference.patient_id: preference for preference in chosen}
            for contact in PatientContact.objects.filter(patient__in=self.patients).order_by("pk"):
                self.contacts[contact.patient_id].append(contact)
        self.can_leave = {channel for channel in MessageChannel if registry.is_set_up(channel)}
        self.blocked = self._blocked(messages)
        self.over, self.held = _answers(messages, "over", at=at), _answers(messages, "held", at=at)
        late = {message.patient_id for message in messages if message.patient_id and self._is_catching_up(message)}
        self.sent_lately = self._sent_lately(late) if late else Counter()
        self.tellers = _status_by_number({message.told_in for message in messages if message.told_in})

    @property
    def at(self):
        """It goes on while the batch is sent: twenty calls that each run into their timeout take minutes."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._clock_then)

    def verdict(self, message):
        """Exactly one of Send, WaitUntil, SendElsewhere, Withdraw and End."""
        if message.patient_id in self.dead:
            return Withdraw(_("the patient has died"))
        if why := self.over.get(message.pk):
            return Withdraw(why)
        teller = self.tellers.get(message.told_in)
        if teller in TOLD:
            return Withdraw(_("told together with another visit of that day"))
        held = self.held.get(message.pk)
        if self.at > message.not_after:
            return _expired_while_held(held) if held else End(MessageStatus.EXPIRED, _("too late to be of use"))
        if self._is_unwanted(message):
            return Withdraw(_("the patient wants no reminders"))
        if held:
            return WaitUntil(self.at + LOOKED_AT_AGAIN, held)
        if teller in ON_ITS_WAY:
            return WaitUntil(self.at + LOOKED_AT_AGAIN, _("goes along with another message of that day"))
        return self._elsewhere(message) or self._wait(message) or Send()

    def note_sent(self, message):
        if message.category in CAPPED:
            self.sent_lately[message.patient_id] += 1

    def _is_unwanted(self, message):
        """The patient wants no reminders. Advice for safety, codes and answers go on."""
        preference = self.preferences.get(message.patient_id)
        return bool(preference and preference.opted_out_at) and message.category == MessageCategory.REMINDER

    def _elsewhere(self, message):
        """Where it goes instead of where it was planned to go; an End if there is nowhere. None as planned."""
        can_leave = message.channel in self.can_leave
        if message.crashes or message.in_doubt_since:  # it may be there already
            return None if can_leave else End(MessageStatus.UNKNOWN, _no_way(message))
        gets_none = message.channel == MessageChannel.SMS and not sms_numbers.gets_sms(message.address)
        if message.patient_id is None or message.purpose in stay_at_their_address():
            return None if can_leave and not gets_none else End(MessageStatus.DEAD, _no_way(message, gets_none))
        preference, current = self.preferences.get(message.patient_id), self._current(message.patient_id)
        wanted = preference.channel if preference else ""
        contact = current.get(preferences.SYSTEM_OF[wanted]) if wanted else None
        if contact and wanted != message.channel and message.other_words and contact.value not in self.blocked:
            return self._by_other_channel(message, wanted, contact)
        if message.channel == MessageChannel.SMS and message.address in self.blocked:
            return self._instead_of_blocked(message, current.get(ContactSystem.EMAIL))
        if can_leave and not gets_none and not self._has_lost_its_address(message):
            return None
        if contact := current.get(preferences.SYSTEM_OF[message.channel]):
            return SendElsewhere({"address": contact.value}, _("to the patient's new address"))
        for channel, system in preferences.SYSTEM_OF.items():
            if system in current and channel != message.channel and message.other_words:
                return self._by_other_channel(message, channel, current[system])
        lost = _("the address is not the patient's any more, and there is no other")
        return End(MessageStatus.DEAD, lost if can_leave and not gets_none else _no_way(message, gets_none))

    def _instead_of_blocked(self, message, email):
        """By e-mail if there is one. Safety advice and codes are tried: who knows whether the block has ended."""
        if email and message.other_words:
            return self._by_other_channel(message, MessageChannel.EMAIL, email)
        if message.category in TRIED_WHEN_BLOCKED:
            return None
        return End(MessageStatus.DEAD, _("not tried: the provider blocks our SMS to this phone"))

    def _blocked(self, messages):
        """The phones of this batch, and of its patients, to which the provider lets nothing through."""
        numbers = {message.address for message in messages if message.channel == MessageChannel.SMS}
        contacts = (contact for theirs in self.contacts.values() for contact in theirs)
        numbers |= {contact.value for contact in contacts if contact.system == ContactSystem.PHONE}
        return sms_numbers.blocked_among(numbers)

    def _wait(self, message):
        """For quiet hours, or while it would be one too many.

        Safety advice that would come too late after the quiet hours does not wait for them.
        """
        preference = self.preferences.get(message.patient_id)
        hours = preference.quiet_hours if preference else None
        until = None if message.may_wake else quiet_hours.until(self.at, hours)
        if until and not (message.category == MessageCategory.SAFETY and until > message.not_after):
            return WaitUntil(until, _("quiet hours"))
        if self._is_too_much(message):
            return WaitUntil(self.at + CAP_WINDOW, _("too many at once after a delay; newer ones go first"))
        return None

    def _current(self, patient):
        """By system, the patient's address of today, where something can leave for it."""
        usable = {preferences.SYSTEM_OF[channel] for channel in self.can_leave}
        current = [contact for contact in reversed(self.contacts[patient]) if preferences.can_be_reached(contact)]
        return {contact.system: contact for contact in current if contact.system in usable}

    def _has_lost_its_address(self, message):
        """It was an address of the patient's, and no longer is."""
        same = [c for c in self.contacts[message.patient_id] if c.value.casefold() == message.address.casefold()]
        return bool(same) and all(contact.until for contact in same)

    def _by_other_channel(self, message, channel, contact):
        subject, body = preferences.split_words(message.other_words, channel)
        here = message.body if message.channel == "sms" else f"{message.subject}\n\n{message.body}"
        changes = {"channel": channel, "address": contact.value, "subject": subject, "body": body, "other_words": here}
        return SendElsewhere(changes, _("by the way the patient is reached now"))

    def _is_catching_up(self, message):
        return message.category in CAPPED and self._began_at - message.due_at > LATE_AFTER

    def _is_too_much(self, message):
        """Whether three went to this person within the hour, or three newer ones wait to go first."""
        if message.patient_id is None or not self._is_catching_up(message):
            return False
        left = MAX_LATE_ONES - self.sent_lately[message.patient_id]
        if left <= 0:
            return True
        others = Message.objects.filter(patient=message.patient_id, category__in=CAPPED, due_at__lte=self.at)
        newer = Q(due_at__gt=message.due_at) | Q(due_at=message.due_at, pk__gt=message.pk)
        waiting = Q(status__in=UNSENT, next_try_at__lte=self.at) | Q(status=MessageStatus.SENDING)
        return others.filter(newer & waiting, not_after__gt=self.at).count() >= left

    def _sent_lately(self, patients):
        sent = Message.objects.filter(
            patient__in=patients,
            category__in=CAPPED,
            status__in=[MessageStatus.ACCEPTED, MessageStatus.DELIVERED],
            ended_at__gt=self.at - CAP_WINDOW,
            ended_at__lte=self.at,
        )
        return Counter(sent.values_list("patient_id", flat=True))


def _no_way(message, gets_none=False):
    if gets_none:
        return _("no SMS goes to this number: it is no mobile phone of a country that the clinic writes to")
    return _("nothing leaves here by %(channel)s: no provider is set up") % {"channel": message.get_channel_display()}


def why_not_again(message, *, at):
    """Why a message that has ended is not sent again, in a sentence; "" when its owner sees no reason."""
    if message.patient and message.patient.is_deceased:
        return _("This is not sent again: the patient has died.")
    if PURPOSES.find(message.purpose) is None:
        return _("This is not sent again: nobody knows any more whether it is still right.")
    reasons = (_answers([message], question, at=at).get(message.pk) for question in ("over", "past", "held"))
    why = next(filter(None, reasons), "")
    return _("This is not sent again: %(why)s.") % {"why": why} if why else ""


def _expired_while_held(why):
    what_to_say = _(
        "This was held back, because it was not true: %(why)s. Its time has passed. Call, and say how it is."
    )
    return End(MessageStatus.EXPIRED, why, what_to_say % {"why": why})


def _answers(messages, question, *, at):
    """What the owners of their purposes answer, by primary key: why it is no longer needed, or why it is held."""
    by_purpose = defaultdict(list)
    for message in messages:
        by_purpose[message.purpose].append(message)
    answers = {}
    for code, theirs in by_purpose.items():
        if purpose := PURPOSES.find(code):
            answers |= getattr(purpose, question)(theirs, at=at)
    return answers


def _status_by_number(numbers):
    return dict(Message.objects.filter(pk__in=numbers).values_list("pk", "status")) if numbers else {}
