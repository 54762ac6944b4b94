"""An SMS that somebody wrote to us: kept word for word, then taken up, so that a person hears of it.

Only STOP and START act by themselves. All other words become a work item, red ones an urgent one, and are answered at
once with where help is.
"""

import logging
import traceback
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Max

from clinic.lib.texts import without_nul
from clinic.messaging import automatic_answers, incoming_items, preferences, sms_numbers, triage
from clinic.messaging.channels import ChannelDown, registry
from clinic.models import (
    BlockedBy,
    IncomingMessage,
    IncomingPatient,
    MessageChannel,
    PreferenceSource,
    TakenFor,
    Whose,
)

logger = logging.getLogger(__name__)

# At these the provider blocks the number, and at those it ends the block (Twilio's default words).
STOP_WORDS = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit"}
START_WORDS = {"start", "unstop"}
MAY_MEAN_A_VISIT = {"cancel", "end", "quit"}  # a person looks as well
LEFT_AFTER = timedelta(minutes=1)
# What is asked for at the provider: from a day before the newest that we have, a month at the most, until just now.
LOOKED_BACK, AT_MOST, JUST_NOW = timedelta(days=1), timedelta(days=30), timedelta(minutes=2)


@dataclass(frozen=True)
class Sms:
    """What the provider hands over. `reference` is its own name for it, `pictures` how many came with it."""

    number: str
    words: str
    reference: str
    pictures: int = 0


def receive(sms, *, at):
    """Keep it, and take it up; the same reference again changes nothing. Returns its IncomingMessage.

    It is stored first, in a transaction of its own: whatever fails afterwards, the words are kept, and `take_up_left`
    goes on with them.
    """
    kept, _is_new = IncomingMessage.objects.get_or_create(
        provider_reference=sms.reference,
        defaults={"number": sms.number, "body": sms.words, "pictures": sms.pictures, "received_at": at},
    )
    if kept.taken_up_at is None:
        return _taken_up(kept, at=at) or kept
    return kept


def receive_late(heard, *, at):
    """The same for what the provider tells long after (`channels.Heard`). Returns whether it was new.

    It was perhaps answered then: only red words are answered, perhaps once more; the rest a person answers.
    """
    kept, is_new = IncomingMessage.objects.get_or_create(
        provider_reference=heard.reference,
        defaults={
            "number": without_nul(heard.number)[:64],
            "body": without_nul(heard.words),
            "pictures": heard.pictures,
            "received_at": heard.at,
        },
    )
    if kept.taken_up_at is None:
        take_up(kept, at=at, is_late=True)
    return is_new


def fetch(*, at):
    """Ask the providers of SMS what came in, and take up what nobody told us: our web may have been down."""
    newest = IncomingMessage.objects.aggregate(at=Max("received_at"))["at"] or at
    since = max(min(newest, at) - LOOKED_BACK, at - AT_MOST)
    for way in registry.ways_out(MessageChannel.SMS):
        try:
            found = [heard for heard in way.heard(since=since) if heard.at < at - JUST_NOW]
        except ChannelDown as down:
            logger.warning("%s does not say what came in: %s", way.name, down)
            continue
        rows = IncomingMessage.objects.filter(provider_reference__in=[heard.reference for heard in found])
        known = set(rows.values_list("provider_reference", flat=True))
        for heard in found:
            if heard.reference not in known:
                receive_late(heard, at=at)


def take_up_left(*, at):
    """Take up what was stored by a process that was stopped right after. Returns how many were found."""
    left = list(IncomingMessage.objects.left_over(before=at - LEFT_AFTER).order_by("received_at")[:100])
    for incoming in left:
        _taken_up(incoming, at=at)
    return len(left)


def _taken_up(incoming, *, at):
    """None if that failed. What the error says may hold the words, so only its kind and place are logged."""
    try:
        return take_up(incoming, at=at)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = (incoming.pk, type(error).__name__, place.filename, place.lineno)
        logger.error("incoming message %s: not taken up yet: %s in %s, line %s", *what)
        return None


def take_up(incoming, *, at, is_late=False):
    """Do what it says if that is unmistakable; else open the work items and answer. Once, in one transaction.

    `is_late`: it was heard long ago; only red words are answered.
    """
    with transaction.atomic():
        number = sms_numbers.lock(incoming.number)
        incoming = IncomingMessage.objects.select_for_update(of=["self"], no_key=True).get(pk=incoming.pk)
        if incoming.taken_up_at is not None:
            return incoming
        incoming.taken_up_at, incoming.taken_for = at, _taken_for(incoming.body, number)
        patients = list(preferences.reached_at(incoming.number).prefetch_related("contacts"))
        incoming.whose = _whose(incoming, patients)
        incoming.save(update_fields=["taken_up_at", "taken_for", "whose"])
        if incoming.whose == Whose.KNOWN:
            IncomingPatient.objects.bulk_create(
                IncomingPatient(incoming=incoming, patient=patient, since=at) for patient in patients
            )
        _act(incoming, number, patients, answers=incoming.is_red or not is_late, at=at)
    return incoming


def word_of(words):
    """The one word of an SMS that says nothing else, as it is compared with the provider's words."""
    return words.strip().strip(".!").casefold()


def _taken_for(words, number):
    """ "Yes" ends a block at the provider; without a block it answers something else, and a person reads it."""
    word = word_of(words)
    if word in STOP_WORDS:
        return TakenFor.STOP
    if word in START_WORDS or (word == "yes" and number.is_blocked):
        return TakenFor.START
    return triage.sounds_of(words)


def _whose(incoming, patients):
    """Nobody is guessed: of one patient only if the number is. STOP and START are about everybody reached there."""
    if incoming.taken_for in (TakenFor.STOP, TakenFor.START):
        return Whose.KNOWN if patients else Whose.NOBODY
    return {0: Whose.UNKNOWN, 1: Whose.KNOWN}.get(len(patients), Whose.SHARED)


def _act(incoming, number, patients, *, answers, at):
    if incoming.taken_for in (TakenFor.STOP, TakenFor.START) and _is_outdated(incoming):
        return
    if incoming.taken_for == TakenFor.STOP:
        _choose(number.number, wants_reminders=False, at=at)
        sms_numbers.block(number.number, by=BlockedBy.REPLY, at=at)
        if word_of(incoming.body) in MAY_MEAN_A_VISIT:
            incoming_items.open_for_stop(incoming, patients, at=at)
    elif incoming.taken_for == TakenFor.START:
        _choose(number.number, wants_reminders=True, at=at)
        sms_numbers.open_again(number.number, at=at)
    else:
        only = patients[0] if len(patients) == 1 else None
        answered = answers and automatic_answers.answer(incoming, number, patient=only, at=at)
        incoming_items.open_for(incoming, patients, is_answered=bool(answered), at=at)


def _is_outdated(incoming):
    """It comes late, and a newer STOP or START from this phone has been acted upon."""
    newer = IncomingMessage.objects.filter(number=incoming.number, received_at__gt=incoming.received_at)
    return newer.filter(taken_for__in=[TakenFor.STOP, TakenFor.START]).exists()


def _choose(number, *, wants_reminders, at):
    preferences.stop_by_reply(number, wants_reminders=wants_reminders, source=PreferenceSource.REPLY, at=at)
