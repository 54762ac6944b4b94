"""One message for several: what one reader would be told in a few, the first of them tells, and takes the others along.

It is decided when the first is sent, so that what was moved, cancelled or held by then is not in it. The others wait
for it (`due_checks`), are withdrawn once it has gone out, and go alone if it ends in any other way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.lib.registry import Registry
from clinic.messaging import claims, letters, preferences
from clinic.messaging.due_checks import Circumstances, Send
from clinic.models import Message, MessageStatus, PatientContact
from clinic.models.messages import UNSENT

WITHIN = timedelta(days=1)
OPEN = Q(status__in=UNSENT) | Q(status=MessageStatus.SENDING, call_started_at=None, ended_at=None)


@dataclass(frozen=True)
class Together:
    """How messages of one purpose are told together.

    `suits` takes a message and others to the same place, and returns those that belong to it; `words` takes all of
    them and returns the text for each channel.
    """

    code: str
    suits: Callable
    words: Callable


TOGETHER = Registry("purpose of messages that are told together")


def take_along(message, *, at):
    """Right before a message is sent: write into it what its companions would say, and make them wait for it.

    One that had companions when it was tried before is written anew with those it has now, or alone.
    """
    kind = TOGETHER.find(message.purpose)
    if kind is None or message.told_in or message.patient_id is None:
        return
    rows = list(_nearby(message).filter(OPEN | Q(told_in=message.pk)))
    if not rows:
        return
    with transaction.atomic():
        before = {row.pk for row in rows if row.told_in == message.pk}
        now = _claimed_for(message, _that_may_go(message, rows, kind, at=at))
        Message.objects.filter(pk__in=before - {row.pk for row in now}).update(told_in=None)
        if now or before:
            _write(message, now, kind)


def _nearby(message):
    """Unsent ones of the same purpose and occasion that go to the same place within a day after it, in their order."""
    reached = PatientContact.objects.filter(value=message.address, until=None).values("patient")
    later = Q(due_at__gt=message.due_at) | Q(due_at=message.due_at, pk__gt=message.pk)
    same = {name: getattr(message, name) for name in ("purpose", "occasion", "channel", "address", "language")}
    rows = Message.objects.filter(later, patient__in=reached, due_at__gte=message.due_at, **same)
    rows = rows.filter(due_at__lt=message.due_at + WITHIN, sending=1, crashes=0, in_doubt_since=None)
    return rows.filter(Q(told_in=None) | Q(told_in=message.pk)).order_by("due_at", "pk")


def _that_may_go(message, rows, kind, *, at):
    open_ones = [row for row in rows if row.ended_at is None]
    for row in open_ones:
        row.told_in = None  # it waits for this one only
    now = Circumstances(open_ones, at=at)
    return kind.suits(message, [row for row in open_ones if isinstance(now.verdict(row), Send)])


def _claimed_for(message, rows):
    """Those that wait for it from here on: not one whose own call has begun meanwhile."""
    still = Message.objects.filter(OPEN, pk__in=[row.pk for row in rows])
    still.update(told_in=message.pk)
    taken = set(
        Message.objects.filter(pk__in=[row.pk for row in rows], told_in=message.pk).values_list("pk", flat=True)
    )
    return [row for row in rows if row.pk in taken]


def _write(message, others, kind):
    with translation.override(message.language or None):
        words = kind.words([message, *others])
    subject, body = preferences.split_words(words[message.channel], message.channel)
    changes = {"subject": subject, "body": body, "other_words": words[letters.OTHER_CHANNEL[message.channel]]}
    if body != message.body and claims.update(message, **changes):
        detail = _("it also tells what is in: %(numbers)s") % {"numbers": ", ".join(str(row.pk) for row in others)}
        message.attempts.create(
            result=MessageStatus.WAITING, detail=detail[:300] if others else _("it tells one visit")
        )
    for name, value in changes.items():
        setattr(message, name, value)
