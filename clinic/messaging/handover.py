"""Handing one claimed message over: is it still right, by which way out, what came of it.

`steps` is a generator: it yields each call to a provider, as a function without arguments, and is resumed with what
that returned or raised. All else it does itself, so that the order of things can be read here from top to bottom.
"""

import logging
import random
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.messaging import circuits, claims, companions, outcomes, stop_links
from clinic.messaging.channels import (
    ChannelDown,
    LeaseExpired,
    Outgoing,
    PermanentRefusal,
    TemporaryFailure,
    Unanswered,
    registry,
)
from clinic.messaging.due_checks import End, Send, SendElsewhere, WaitUntil, Withdraw
from clinic.models import Message, MessageCategory, MessageStatus

logger = logging.getLogger(__name__)

FIRST_BACK_OFF = timedelta(seconds=30)
ASK_AFTER = timedelta(seconds=60)
MAX_TRIES = 8
MAX_CRASHES = 3


def steps(message, now, way_of):
    """Hand over one message that this worker has claimed.

    `now` is a `due_checks.Circumstances`; `way_of` gives the `circuits.Way` that a channel takes now, or None.
    """
    if message.ended_at:
        _finish_withdrawing(message)
    elif message.crashes >= MAX_CRASHES:
        _end(message, MessageStatus.DEAD, _("stopped: it crashed three times"))
    elif (yield from _is_free_to_go(message, at=now.at)):
        yield from _carry_out_verdict(message, now, way_of)


def set_aside(message):
    """Whether it is still right cannot be found out: looked at again when its lease ends, and ended the third time."""
    if message.crashes + 1 >= MAX_CRASHES:
        _end(message, MessageStatus.DEAD, _("stopped: nobody can say whether it is still right"))
    else:
        claims.update(message, crashes=F("crashes") + 1)


def _carry_out_verdict(message, now, way_of):
    match now.verdict(message):
        case Send():
            yield from _send(message, now, way_of(message.channel))
        case WaitUntil(at, why):
            _put_off(message, until=at, detail=why, is_known=message.outcome == why)
        case SendElsewhere(changes, why):
            if _redirect(message, changes, why):
                yield from _carry_out_verdict(message, now, way_of)
        case Withdraw(why):
            _withdraw(message, why)
        case End(status, why, what_to_say):
            _end(message, status, why, what_to_say=what_to_say)


# Where a call may have been made already


def _is_free_to_go(message, *, at):
    """False where it may have been sent, and must not be again, or not yet."""
    way = _way_it_went(message)
    if not message.in_doubt_since or (way and way.remembers_keys):
        return True
    if way and way.can_be_asked:
        return (yield from _ask(message, way, at=at))
    if message.category == MessageCategory.SAFETY and message.crashes == 1:
        return True
    _end(message, MessageStatus.UNKNOWN, _("stopped while it was being sent; nobody can say whether it arrived"))
    return False


def _way_it_went(message):
    """By which way out it was called last; None if the clinic does not have that any more."""
    if message.way_out:
        return registry.way_named(message.way_out)
    return next(iter(registry.ways_out(message.channel)), None)


def _ask(message, way, *, at):
    """Whether the provider has it. True when it has not, and the message may be sent."""
    try:
        references = yield partial(way.find, _outgoing(message), since=message.in_doubt_since)
    except TemporaryFailure as failure:
        if at + ASK_AFTER > message.not_after:
            _end(message, MessageStatus.UNKNOWN, _("handed over, but not answered; the provider could not be asked"))
        else:
            _put_off(message, until=at + ASK_AFTER, detail=str(failure))
        return False
    for reference in references:
        try:
            with transaction.atomic():
                return not _record_accepted(message, reference, at=at)
        except IntegrityError:
            continue  # a twin's
    message.in_doubt_since = None
    if message.tries >= MAX_TRIES:
        _end(message, MessageStatus.DEAD, _("the provider did not answer, and does not have it"))
        return False
    return claims.update(message, in_doubt_since=None)


def _leave_in_doubt(message, way, *, at):
    """Handed over and not answered: the provider is asked a little later, if it can be.

    Else it is like a crash in the call: safety advice is sent again, all else goes to a person.
    """
    since = Coalesce("in_doubt_since", "call_started_at")
    if way.can_be_asked:
        claims.update(message, in_doubt_since=since)
        return _put_off(message, until=at + ASK_AFTER, detail=_("handed over, but not answered; the provider is asked"))
    message.crashes += 1
    claims.update(message, crashes=message.crashes, in_doubt_since=since)
    if message.category == MessageCategory.SAFETY and message.crashes == 1:
        return _try_again(message, detail=_("handed over, but not answered"), at=at)
    return _end(message, MessageStatus.UNKNOWN, _("handed over, but not answered; nobody can say whether it arrived"))


# The call


def _outgoing(message, **more):
    return Outgoing(
        key=message.key,
        address=message.address,
        subject=message.subject,
        body=message.body,
        language=message.language,
        calendar=message.calendar,
        message_id=message.pk,
        stop_link=stop_links.link_to(message.patient_id) if message.category == MessageCategory.REMINDER else "",
        **more,
    )


def _send(message, now, way):
    """Nothing leaves after the lease: another worker may have the message by then."""
    if way is None:
        return _wait_for_a_way(message)
    companions.take_along(message, at=now.at)
    if not claims.begin_call(message, way_out=way.channel.name):
        return None
    now.note_sent(message)
    try:
        reference = yield partial(way.channel.send, _outgoing(message, lease=message.lease))
    except ChannelDown as down:
        circuits.note_down(way, str(down))
        return _give_back(message, detail=str(down))
    except LeaseExpired:
        return logger.warning("message %s: the lease ran out before the call", message.pk)
    except TemporaryFailure as failure:
        _try_again(message, detail=str(failure), at=now.at)
    except PermanentRefusal as refusal:
        _end(message, MessageStatus.DEAD, str(refusal), refusal_code=refusal.code[:20])
    except Unanswered:
        _leave_in_doubt(message, way.channel, at=now.at)
    else:
        _record_accepted(message, reference, at=now.at)
    return circuits.note_up(way)


def _wait_for_a_way(message):
    """Each way out of its channel is down, so it waits where it is; without any it never will be sent."""
    if registry.is_set_up(message.channel):
        return _give_back(message, detail=_("waiting until the way out works again"), tries=0)
    return _end(message, MessageStatus.DEAD, _("this clinic cannot send by this channel"))


def _give_back(message, *, detail, tries=1):
    """It was not its fault: it keeps its place and its tries."""
    with transaction.atomic():
        if not _finish_withdrawing(message):
            kept = {"status": MessageStatus.PUT_OFF, "tries": F("tries") - tries, "outcome": detail[:300]}
            claims.update(message, **kept, **claims.RELEASED)


# What came of it


def _redirect(message, changes, why):
    """Let the message follow its patient. False when the claim is no longer ours."""
    for name, value in changes.items():
        setattr(message, name, value)
    with transaction.atomic():
        if claims.update(message, **changes):
            message.attempts.create(result=MessageStatus.WAITING, detail=why)
            return True
    return False


def _record_accepted(message, reference, *, at):
    """False when somebody else has the message now. Raises IntegrityError for a reference that is another message's."""
    changes = outcomes.accepted_fields(message, reference, at=at)
    changes |= {"status": MessageStatus.ACCEPTED, "accepted_at": timezone.now()}
    if message.category != MessageCategory.SAFETY:
        return claims.update(message, **changes)  # one statement: no other code runs as often
    with transaction.atomic():
        if not claims.update(message, **changes):
            return False
        outcomes.settle_work_items(message, note=_("it went out after all"), at=at)
    return True


def _try_again(message, *, detail, at):
    """Back off 30 s, 1 min, 2 min ... each with jitter; past the last try or the last useful moment it is dead."""
    tries = message.tries + 1
    wait = FIRST_BACK_OFF * 2 ** (tries - 1) * random.SystemRandom().uniform(0.8, 1.2)
    if tries >= MAX_TRIES or at + wait > message.not_after:
        return _end(message, MessageStatus.DEAD, detail)
    return _put_off(message, until=at + wait, detail=detail)


def _put_off(message, *, until, detail, is_known=False):
    """`is_known`: it was put off for this reason before, and its page says so already."""
    with transaction.atomic():
        if _finish_withdrawing(message):
            return
        put_off = {"status": MessageStatus.PUT_OFF, "next_try_at": until, "outcome": detail[:300]}
        if claims.update(message, **put_off, **claims.RELEASED) and not is_known:
            message.attempts.create(result=MessageStatus.PUT_OFF, detail=detail[:300])


def _withdraw(message, reason):
    with transaction.atomic():
        changes = {"status": MessageStatus.WITHDRAWN, "outcome": reason, "ended_at": timezone.now()}
        if not _finish_withdrawing(message) and claims.update(message, claim_token=None, **changes):
            message.attempts.create(result=MessageStatus.WITHDRAWN, detail=reason)


def _end(message, status, detail, *, what_to_say="", **more):
    """It ended without arriving: a person at the desk takes over, in the same transaction."""
    with transaction.atomic():
        if _finish_withdrawing(message):
            return
        if claims.update(message, status=status, outcome=detail[:300], ended_at=timezone.now(), **more):
            message.refusal_code = more.get("refusal_code", message.refusal_code)
            outcomes.report_undelivered(message, status, detail, what_to_say=what_to_say)


def _finish_withdrawing(message):
    """True when it was withdrawn during the call, which did not bring it to its reader. Locks the row."""
    with transaction.atomic():
        row = Message.objects.select_for_update(no_key=True).filter(pk=message.pk).values_list("ended_at", flat=True)
        return row.get() is not None and claims.update(message, status=MessageStatus.WITHDRAWN, claim_token=None)
