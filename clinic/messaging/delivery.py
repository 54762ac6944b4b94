"""Delivering the outbox: claim with a lease, call the channel with no lock held, record the outcome."""

import logging
import random
import time
import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.messaging import epoch, outcomes, preferences
from clinic.messaging.channels import Lease, LeaseExpired, Outgoing, PermanentRefusal, TemporaryFailure, Unanswered
from clinic.messaging.channels.registry import channel_named
from clinic.messaging.due_checks import Circumstances, End, Send, SendElsewhere, WaitUntil, Withdraw
from clinic.models import Message, MessageCategory, MessageStatus

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(seconds=30)
LEASE_MARGIN_SECONDS = 2  # the last moment to begin a call, before the lease ends
FIRST_BACK_OFF = timedelta(seconds=30)
ASK_AFTER = timedelta(seconds=60)
MAX_TRIES = 8
MAX_CRASHES = 3


def deliver_due(*, at):
    """Deliver one batch of what is due at `at`, and of what a dead worker left behind. Returns how many were taken.

    Never raises for one message's sake: a bad row is postponed, and quarantined when it has crashed three workers.
    Leases run on the machine's clock, whatever `at` says. Nothing is taken from a database that was restored.
    """
    if not epoch.may_deliver(at=timezone.now()):
        return 0
    claimed = _claim(at=at)
    now = Circumstances(claimed, at=at)
    for message in claimed:
        try:
            _deliver(message, now)
        except Exception:
            # One poison row must not stop the others. Its lease expires; a crash in the call is counted then.
            logger.exception("message %s: delivery crashed", message.pk)
    return len(claimed)


def _claim(*, at):
    """Claim a batch for this worker, with a lease, in one short transaction before any network call.

    A crash is counted for the row whose call had begun, not for those that only waited their turn behind it.
    """
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True)
        claimed = list(rows.abandoned(at=now).order_by("leased_until")[:BATCH])
        claimed += rows.due(at=at).order_by("next_try_at")[: BATCH - len(claimed)]
        Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
            crashes=F("crashes") + Case(When(call_started_at=None, then=Value(0)), default=Value(1)),
            in_doubt_since=Coalesce("in_doubt_since", "call_started_at"),
            status=MessageStatus.SENDING,
            call_started_at=None,
            claim_token=token,
            leased_until=now + LEASE,
        )
    for message in claimed:
        message.crashes += message.call_started_at is not None
        message.in_doubt_since = message.in_doubt_since or message.call_started_at
        message.status, message.claim_token, message.call_started_at = MessageStatus.SENDING, token, None
    return claimed


def _deliver(message, now):
    channel = channel_named(message.channel)
    if message.ended_at:
        return _finish_withdrawing(message)
    if message.crashes >= MAX_CRASHES:
        return _end(message, MessageStatus.DEAD, _("stopped: it crashed three times"))
    if message.in_doubt_since and not channel.remembers_keys and not _settle_doubt(message, channel, at=now.at):
        return None
    return _carry_out_verdict(message, now)


def _carry_out_verdict(message, now):
    match now.verdict(message):
        case Send():
            if (until := _fence(message)) and _send(message, channel_named(message.channel), now, until=until):
                now.note_sent(message)
        case WaitUntil(at, why):
            _put_off(message, until=at, detail=why, is_known=message.outcome == why)
        case SendElsewhere(changes, why):
            if _redirect(message, changes, why):
                _carry_out_verdict(message, now)
        case Withdraw(why):
            _withdraw(message, why)
        case End(status, why):
            _end(message, status, why)


def _settle_doubt(message, channel, *, at):
    """A call ended without an answer and the channel knows no keys. True when it may be sent (again)."""
    if channel.can_be_asked:
        return _ask(message, channel, at=at)
    if message.category == MessageCategory.SAFETY and message.crashes == 1:
        return True
    _end(message, MessageStatus.UNKNOWN, _("stopped while it was being sent; nobody can say whether it arrived"))
    return False


def _ask(message, channel, *, at):
    """Whether the provider has it. True when it has not, and the message may be sent."""
    try:
        references = channel.find(_outgoing(message), since=message.in_doubt_since)
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
    return _update_mine(message, in_doubt_since=None)


def _leave_in_doubt(message, channel, *, at):
    """Handed over and not answered: the provider is asked a little later, if it can be.

    Else it is like a crash in the call: safety advice is sent again, all else goes to a person.
    """
    if channel.can_be_asked:
        _update_mine(message, in_doubt_since=message.in_doubt_since or timezone.now() - LEASE)
        return _put_off(message, until=at + ASK_AFTER, detail=_("handed over, but not answered; the provider is asked"))
    message.crashes += 1
    _update_mine(message, crashes=message.crashes, in_doubt_since=timezone.now())
    if message.category == MessageCategory.SAFETY and message.crashes == 1:
        return _try_again(message, detail=_("handed over, but not answered"), at=at)
    return _end(message, MessageStatus.UNKNOWN, _("handed over, but not answered; nobody can say whether it arrived"))


def _redirect(message, changes, why):
    """Let the message follow its patient. False when the claim is no longer ours."""
    for name, value in changes.items():
        setattr(message, name, value)
    with transaction.atomic():
        if _update_mine(message, **changes):
            message.attempts.create(result=MessageStatus.WAITING, detail=why)
            return True
    return False


def _fence(message):
    """Right before the call: extend the lease if the claim is still ours. A withdrawn or re-claimed row is left.

    Returns until when it may be sent (`time.monotonic`), counted from before the database was asked: a worker can be
    paused while it answers. None for a row that is left.
    """
    now, until = timezone.now(), time.monotonic() + LEASE.total_seconds() - LEASE_MARGIN_SECONDS
    mine = _mine(message).filter(ended_at=None)
    is_ours = mine.update(leased_until=now + LEASE, call_started_at=now, tries=F("tries") + 1)
    return until if is_ours else None


def _outgoing(message, **more):
    return Outgoing(
        key=message.key,
        address=message.address,
        subject=message.subject,
        body=message.body,
        language=message.language,
        calendar=message.calendar,
        message_id=message.pk,
        stop_link=preferences.link_to(message.patient_id) if message.category == MessageCategory.REMINDER else "",
        **more,
    )


def _send(message, channel, now, *, until):
    """True when the provider has it. Nothing leaves after `until`: another worker may have the message by then."""
    try:
        reference = channel.send(_outgoing(message, lease=Lease(until)))
    except TemporaryFailure as failure:
        _try_again(message, detail=str(failure), at=now.at)
    except PermanentRefusal as refusal:
        _end(message, MessageStatus.DEAD, str(refusal))
    except Unanswered:
        _leave_in_doubt(message, channel, at=now.at)
    except LeaseExpired:
        logger.warning("message %s: the lease ran out before the call", message.pk)
    else:
        return _record_accepted(message, reference, at=now.at)
    return False


def _record_accepted(message, reference, *, at):
    """False when somebody else has the message now. Raises IntegrityError for a reference that is another message's."""
    changes = outcomes.accepted_fields(message, reference, at=at)
    changes |= {"status": MessageStatus.ACCEPTED, "accepted_at": timezone.now()}
    if message.category != MessageCategory.SAFETY:
        return _update_mine(message, **changes)  # one statement: no other code runs as often
    with transaction.atomic():
        if not _update_mine(message, **changes):
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
        if (
            _update_mine(
                message,
                status=MessageStatus.PUT_OFF,
                next_try_at=until,
                claim_token=None,
                leased_until=None,
                call_started_at=None,
                outcome=detail[:300],
            )
            and not is_known
        ):
            message.attempts.create(result=MessageStatus.PUT_OFF, detail=detail[:300])


def _withdraw(message, reason):
    with transaction.atomic():
        changes = {"status": MessageStatus.WITHDRAWN, "outcome": reason, "ended_at": timezone.now()}
        if not _finish_withdrawing(message) and _update_mine(message, claim_token=None, **changes):
            message.attempts.create(result=MessageStatus.WITHDRAWN, detail=reason)


def _end(message, status, detail):
    """It ended without arriving: a person at the desk takes over, in the same transaction."""
    with transaction.atomic():
        if _finish_withdrawing(message):
            return
        if _update_mine(message, status=status, outcome=detail[:300], ended_at=timezone.now()):
            outcomes.report_undelivered(message, status, detail)


def _finish_withdrawing(message):
    """True when it was withdrawn during the call, which did not bring it to its reader. Locks the row."""
    with transaction.atomic():
        row = Message.objects.select_for_update(no_key=True).filter(pk=message.pk).values_list("ended_at", flat=True)
        return row.get() is not None and _update_mine(message, status=MessageStatus.WITHDRAWN, claim_token=None)


def _update_mine(message, **changes):
    """Change the row if the claim is still ours; False means somebody else has it now, or it was withdrawn."""
    return bool(_mine(message).update(**changes))


def _mine(message):
    return Message.objects.filter(pk=message.pk, status=MessageStatus.SENDING, claim_token=message.claim_token)
