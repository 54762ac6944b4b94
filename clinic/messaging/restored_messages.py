"""After a restore: the messages that the database believes are due, and that may have gone out since the backup.

Where the provider can be asked, it is asked. Where it cannot, nothing is sent again but safety advice, which is better
read twice than never; the rest goes to a person. Codes are over: whoever still wants to sign in asks for a new one.
"""

from copy import copy
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.messaging import companions, outcomes
from clinic.messaging.channels import Outgoing, TemporaryFailure
from clinic.messaging.channels.registry import ways_out
from clinic.messaging.due_checks import Circumstances, SendElsewhere
from clinic.models import Message, MessageCategory, MessageStatus
from clinic.models.messages import UNSENT

MOST_TURNS = 3
WHERE_IT_WENT = ["channel", "address", "subject", "body", "other_words"]
UNCLAIMED = {"claim_token": None, "leased_until": None, "call_started_at": None}


class Fate(StrEnum):
    """What became of a message that may have gone out."""

    HAD = "the provider has it"
    RELEASED = "the provider does not have it: released"
    AGAIN = "safety advice: sent, perhaps again"
    TO_PERSON = "nobody can say: given to a person"
    OVER = "too late for it: ended"
    WITHDRAWN = "withdrawn meanwhile"
    NOT_ASKED = "the provider could not be asked"
    BUSY = "a worker holds it"


def candidates(*, restored_at):
    """What may have gone out: unsent and due by then, whenever it was planned; not what was written and due since."""
    rows = Message.objects.filter(status__in=[*UNSENT, MessageStatus.SENDING], next_try_at__lte=restored_at)
    return rows.exclude(Q(created_at__gt=restored_at) & Q(due_at__gte=restored_at))


def given_to_people(*, since):
    """Those of which nobody can say whether they went out."""
    return Message.objects.filter(status=MessageStatus.UNKNOWN, outcome=_why_unknown(), ended_at__gte=since)


def can_be_asked(channel):
    """Whether every provider of e-mail or SMS here can say what it was given; what is not set up cannot."""
    ways = ways_out(channel)
    return bool(ways) and all(way.can_be_asked for way in ways)


def planned_fate(message, *, at):
    """What `settle` would do, before any provider is asked: None where one is asked."""
    message = _as_it_went(message, at=at)
    if message.category == MessageCategory.CODE:
        return Fate.OVER
    if can_be_asked(message.channel):
        return None
    is_safety = message.category == MessageCategory.SAFETY
    return Fate.AGAIN if is_safety and at <= message.not_after else Fate.TO_PERSON


def is_rewritten(message):
    """Whether its text may have been written anew when it was sent, for other messages that it took along."""
    return message.purpose in companions.TOGETHER


def _as_it_went(message, *, at):
    """A copy as it would go now: to its patient's other address or by the other channel, where that is so."""
    went, now = copy(message), Circumstances([message], at=at)
    for _step in range(MOST_TURNS):
        verdict = now.verdict(went)
        if not isinstance(verdict, SendElsewhere):
            break
        for name, value in verdict.changes.items():
            setattr(went, name, value)
    return went


def settle(message, *, since, at):
    """Settle one, and return its `Fate`: repeating it is harmless. Providers are asked for what they got from `since`.

    No lock is held while a provider is asked: deliveries are held, so nobody else sends it meanwhile.
    """
    if message.status == MessageStatus.SENDING and message.leased_until > at:
        return Fate.BUSY
    fate, found = planned_fate(message, at=at), []
    if fate is None:
        went = _as_it_went(message, at=at)
        try:
            found = _find(went, since=since)
            if not found and is_rewritten(message) and _has_unknown_ones(went, since=since):
                fate = Fate.TO_PERSON
        except TemporaryFailure:
            return Fate.NOT_ASKED
    with transaction.atomic():
        locked = Message.objects.select_for_update(of=["self"], no_key=True).select_related("patient", "appointment")
        row = locked.get(pk=message.pk)
        if row.claim_token != message.claim_token:
            return Fate.BUSY  # by a worker that looked before deliveries were held
        if row.ended_at:
            return Fate.WITHDRAWN
        for name in WHERE_IT_WENT if found else ():
            setattr(row, name, getattr(went, name))
        return _carry_out(row, fate, found, at=at)


def _find(message, *, since):
    """Pairs of the provider's name and its reference, of what may be this message."""
    outgoing = Outgoing(
        key=message.key,
        address=message.address,
        subject=message.subject,
        body=message.body,
        language=message.language,
        message_id=message.pk,
    )
    begun = min(since, message.in_doubt_since or since)
    return [(way.name, found) for way in ways_out(message.channel) for found in way.find(outgoing, since=begun)]


def _has_unknown_ones(message, *, since):
    """Whether something went to its address that belongs to no message here: perhaps this one, in other words."""
    sent = {name for way in ways_out(message.channel) for name in way.sent_to(message.address, since=since)}
    return bool(
        sent - set(Message.objects.filter(provider_reference__in=sent).values_list("provider_reference", flat=True))
    )


def _carry_out(row, fate, found, *, at):
    if fate == Fate.TO_PERSON:
        return _give_to_person(row, at=at)
    if fate == Fate.OVER:
        return _end(row, MessageStatus.EXPIRED, _("restored from a backup: the code is no longer valid"), fate, at=at)
    if any(_note_accepted(row, way, reference, at=at) for way, reference in found):
        return Fate.HAD
    _set(row, status=row.status if row.status in UNSENT else MessageStatus.WAITING, in_doubt_since=None, **UNCLAIMED)
    if fate == Fate.AGAIN:
        row.attempts.get_or_create(
            result=MessageStatus.WAITING, detail=_("restored from a backup: sent, perhaps for the second time")
        )
    return fate or Fate.RELEASED


def _note_accepted(row, way, reference, *, at):
    """False if what the provider has is another message that looks alike."""
    changes = outcomes.accepted_fields(row, reference, at=at)
    changes = {name: getattr(row, name) for name in WHERE_IT_WENT} | changes
    changes |= {"status": MessageStatus.ACCEPTED, "way_out": way, "tries": max(row.tries, 1), **UNCLAIMED}
    try:
        with transaction.atomic():
            _set(row, **changes)
    except IntegrityError:
        return False
    detail = _("restored from a backup: the provider has it already")
    row.attempts.create(result=MessageStatus.ACCEPTED, detail=detail)
    return True


def _give_to_person(row, *, at):
    """Safety advice that comes too late to be sent again is a call of its own; the rest is looked at together."""
    if row.category == MessageCategory.SAFETY:
        _set(row, status=MessageStatus.EXPIRED, outcome=_why_unknown(), ended_at=at, **UNCLAIMED)
        outcomes.report_undelivered(row, MessageStatus.EXPIRED, _why_unknown())
        return Fate.TO_PERSON
    return _end(row, MessageStatus.UNKNOWN, _why_unknown(), Fate.TO_PERSON, at=at)


def _end(row, status, why, fate, *, at):
    _set(row, status=status, outcome=why, ended_at=at, **UNCLAIMED)
    row.attempts.create(result=status, detail=why)
    return fate


def _set(row, **changes):
    Message.objects.filter(pk=row.pk).update(**changes)


def _why_unknown():
    return _("restored from a backup: it may have gone out since; nobody can say")
