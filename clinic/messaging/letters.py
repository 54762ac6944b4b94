"""A letter: what to tell, why and when; its text for each channel, and the key that makes it go out once."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from clinic.messaging import addressees, preferences, sms_segments, stop_links
from clinic.models import Appointment, MessageCategory, MessageChannel
from clinic.models.purposes import PURPOSES, Purpose

BLANK_LINES = re.compile(r"\n\s*\n")
OTHER_CHANNEL = {MessageChannel.EMAIL: MessageChannel.SMS, MessageChannel.SMS: MessageChannel.EMAIL}


@dataclass(frozen=True)
class Letter:
    """One thing to tell, before it has an address.

    Purpose, cause, occasion and sequence (`clinic.models.about`) make it the same letter again. `due_at` and
    `not_after` are aware; after `not_after` it is useless and ends as expired. `context` is for the templates of its
    purpose; `may_wake`: also in quiet hours. `calendar` writes the calendar file that goes with it, in the patient's
    language ("" for none).
    """

    purpose: Purpose
    due_at: datetime
    not_after: datetime
    cause: int | None = None
    occasion: str = ""
    sequence: int | None = None
    context: dict = field(default_factory=dict)
    appointment: Appointment | None = None
    may_wake: bool = False
    calendar: Callable = str

    @property
    def about(self):
        about = {"cause": self.cause, "occasion": self.occasion, "sequence": self.sequence}
        return {"purpose": self.purpose.code, **about}

    def fields(self, channel):
        """The fields of its message by `channel`, except address, text and patient."""
        return {
            "key": key_of(self.about, channel),
            **self.about,
            "category": self.purpose.category,
            "channel": channel,
            "appointment": self.appointment,
            "due_at": self.due_at,
            "next_try_at": self.due_at,
            "not_after": self.not_after,
            "may_wake": self.may_wake,
            "calendar": self.calendar(),
        }

    def words(self, patient, *, has_namesake=False):
        """The text for each channel, an e-mail's first line being its subject; reminders say how to stop them.

        `has_namesake`: another patient would be called the same where it goes.
        """
        context = {"patient": patient, "has_namesake": has_namesake, "due_at": self.due_at, **self.context}
        return words_of(self.purpose.template, self.purpose.category, lambda channel: context)


def key_of(about, channel, sending=1):
    """The idempotency key of one sending: the same for the same letter, however often it is planned; no code parses it.

    Letters without a cause, like one-time codes, each have their own. Raises NotRegistered for a purpose that nobody
    registered.
    """
    if about["cause"] is None:
        return f"{about['purpose']}:{uuid.uuid4()}"
    again = f":again:{sending - 1}" if sending > 1 else ""
    return f"{name_of(**about)}:{channel}{again}"


def key_instead_of(message, channel):
    """The idempotency key of what goes out by `channel` instead of `message`, which did not get through.

    It is never the message's own: one that followed its patient to another channel keeps the key it was planned with,
    and one without a cause has no letter to make a key of.
    """
    key = message.key if message.cause is None else key_of(message.about, channel, message.sending)
    return f"{key}:instead" if key == message.key else key


def name_of(purpose, cause, occasion, sequence):
    """A letter's key without channel and sending, for people who look for it in the logs."""
    parts = [PURPOSES.get(purpose).cause, cause, purpose, occasion, sequence]
    return ":".join(str(part) for part in parts if part not in ("", None))


def compose(purpose, channel, context):
    """Subject (empty for SMS) and body. In an e-mail's template the first line is the subject."""
    return preferences.split_words(_rendered(purpose.template, channel, context), channel)


def words_of(template, category, context_for):
    """The text for each channel; `context_for` takes the channel, and knows at least the patient."""
    return {channel: _words(template, category, channel, context_for(channel)) for channel in MessageChannel}


def _words(template, category, channel, context):
    text = _rendered(template, channel, context)
    if category != MessageCategory.REMINDER:
        return text
    link = stop_links.link_of(context["patient"])
    stop = _rendered("messaging/stop-reminders", channel, {**context, "link": link})
    return f"{text} {stop}" if channel == MessageChannel.SMS else f"{text}\n\n{stop}"


def _rendered(template, channel, context):
    clinic = {"name": settings.CLINIC_NAME, "phone": settings.CLINIC_PHONE, "address": settings.CLINIC_ADDRESS}
    words = {"clinic": clinic, "site_url": settings.SITE_URL, "emergency_number": settings.EMERGENCY_NUMBER}
    words |= context | _whose(channel, context)
    text = render_to_string(f"messages/{template}.{channel}.txt", words, using="plain-text")
    if channel == MessageChannel.SMS:
        return sms_segments.in_gsm(" ".join(text.split()))
    return BLANK_LINES.sub("\n\n", text).strip()


def _whose(channel, context):
    """Nothing where nobody knows whom it is about: an answer to a number that several patients share."""
    if context["patient"] is None:
        return {}
    due_at = context.get("due_at")
    has_namesake, on = context.get("has_namesake", False), timezone.localdate(due_at)
    return addressees.words_for(context["patient"], channel, has_namesake=has_namesake, on=on)
