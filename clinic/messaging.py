"""The outbox: schedule, withdraw, deliver. The only door to e-mail and SMS.

A message is a row that is born in the transaction of its cause; delivering claims rows with a lease, calls the
channel with no lock held, and records what came of it. Whatever dies in between, the row is still there:
nothing is lost, nothing is sent twice where the channel recognises a key, nothing ends without a word.
"""

import logging
import random
import uuid
from datetime import datetime, time, timedelta

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.channels import Outgoing, PermanentRefusal, TemporaryFailure, Unanswered
from clinic.channels.files import FileChannel
from clinic.channels.smtp import SmtpChannel
from clinic.models import (
    ContactSystem,
    Message,
    MessageCategory,
    MessageChannel,
    MessageStatus,
    PatientContact,
    WorkItem,
    WorkItemKind,
)
from clinic.models.messages import UNSENT

logger = logging.getLogger(__name__)

BATCH = 10
LEASE = timedelta(seconds=30)
FIRST_BACK_OFF = timedelta(seconds=30)
MOST_TRIES = 8
MOST_CRASHES = 3
IN_CALL = Q(status=MessageStatus.SENDING, call_started_at__isnull=False)


# Scheduling


def schedule(*, key, category, channel, address, body, due_at, not_after, **more):
    """Put one message into the outbox, inside the caller's transaction.

    `key` is unique for its cause: the same key again changes nothing. `due_at` and `not_after` are aware
    datetimes; after `not_after` the message is of no use and ends as expired. `more`: subject, patient,
    appointment, may_wake (may be sent in quiet hours). Returns the message of this key.
    """
    fields = {"category": category, "channel": channel, "address": address, "body": body, **more}
    message, is_new = Message.objects.get_or_create(
        key=key, defaults={**fields, "due_at": due_at, "not_after": not_after, "next_try_at": due_at}
    )
    if is_new:
        transaction.on_commit(_ring, robust=True)
    return message


def schedule_for(patient, *, key, template, context, **more):
    """`schedule` to the patient's preferred contact, in the words of `templates/messages/<template>.<channel>.txt`.

    The channel is added to `key`. A patient without any contact becomes a work item instead; then None is returned.
    """
    contact = patient.preferred_contact
    if contact is None:
        _open_work_item(key=f"{key}:nowhere", patient=patient, at=more["due_at"])
        return None
    channel = MessageChannel.EMAIL if contact.system == ContactSystem.EMAIL else MessageChannel.SMS
    subject, body = compose(template, channel, {"patient": patient, **context})
    return schedule(
        key=f"{key}:{channel}",
        channel=channel,
        address=contact.value,
        subject=subject,
        body=body,
        patient=patient,
        **more,
    )


def compose(template, channel, context):
    """Subject (empty for SMS) and body. In an e-mail's template the first line is the subject."""
    clinic = {"name": settings.CLINIC_NAME, "phone": settings.CLINIC_PHONE, "address": settings.CLINIC_ADDRESS}
    words = {"clinic": clinic, "site_url": settings.SITE_URL, "emergency_number": settings.EMERGENCY_NUMBER, **context}
    text = render_to_string(f"messages/{template}.{channel}.txt", words, using="plain-text").strip()
    if channel == MessageChannel.SMS:
        return "", text
    subject, _newline, body = text.partition("\n")
    return subject.strip(), body.strip()


def withdraw(messages, *, reason, at):
    """Take back those of a queryset of messages that have not gone out. Returns how many.

    One whose call has begun may still arrive; it is marked, so that it is not tried again if it does not, and not
    counted. `reason` is kept with each; `at` is when it lost its reason.
    """
    with transaction.atomic():
        open_ones = messages.filter(status__in=[*UNSENT, MessageStatus.SENDING]).order_by("pk")
        locked = list(open_ones.select_for_update(of=["self"], no_key=True).values_list("pk", flat=True))
        rows = Message.objects.filter(pk__in=locked)
        rows.filter(IN_CALL).update(outcome=reason, ended_at=at)
        return rows.exclude(IN_CALL).update(
            status=MessageStatus.WITHDRAWN, outcome=reason, ended_at=at, claim_token=None
        )


def reinstate(messages, *, at):
    """Plan again those of a queryset that were withdrawn and still lie ahead of `at`. Returns how many."""
    ahead = messages.filter(status=MessageStatus.WITHDRAWN, due_at__gt=at, tries=0)
    return ahead.update(status=MessageStatus.WAITING, outcome="", ended_at=None, next_try_at=F("due_at"))


def quiet_until(at):
    """When the quiet hours end that `at` lies in (clinic time), or None outside them."""
    starts, ends = settings.QUIET_HOURS
    local = timezone.localtime(at)
    if ends <= local.hour < starts:
        return None
    day = local.date() + timedelta(days=1 if local.hour >= starts else 0)
    return timezone.make_aware(datetime.combine(day, time(ends)))


def outside_quiet_hours(at):
    """`at` itself, or the end of the quiet hours it lies in."""
    return quiet_until(at) or at


# Delivering


def deliver_due(*, at):
    """Deliver one batch of what is due at `at`, and of what a dead worker left behind. Returns how many were taken.

    Never raises for one message's sake: a bad row is put off, and quarantined when it has crashed three workers.
    Leases run on the machine's clock, whatever `at` says.
    """
    claimed = _claim(at=at)
    for message in claimed:
        try:
            _deliver(message, at=at)
        except Exception:
            # One poison row must not stop the others. Its lease runs out; a crash in the call is counted then.
            logger.exception("message %s: delivery crashed", message.pk)
    return len(claimed)


def _claim(*, at):
    """Mark a batch as ours, with a lease, in one short transaction before any network call.

    A crash is counted for the row whose call had begun, not for those that only waited their turn behind it.
    """
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True)
        claimed = list(rows.abandoned(at=now).order_by("leased_until")[:BATCH])
        claimed += rows.due(at=at).order_by("next_try_at")[: BATCH - len(claimed)]
        Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
            crashes=F("crashes") + Case(When(call_started_at=None, then=Value(0)), default=Value(1)),
            status=MessageStatus.SENDING,
            call_started_at=None,
            claim_token=token,
            leased_until=now + LEASE,
        )
    for message in claimed:
        message.crashes += message.call_started_at is not None
        message.status, message.claim_token, message.call_started_at = MessageStatus.SENDING, token, None
    return claimed


def _deliver(message, *, at):
    channel = channel_named(message.channel)
    if message.ended_at:
        return _finish_withdrawing(message)
    if message.crashes >= MOST_CRASHES:
        return _end(message, MessageStatus.DEAD, _("stopped: it crashed three times"))
    if message.crashes and not channel.remembers_keys and not _settle_doubt(message, channel):
        return None
    if at > message.not_after:
        return _end(message, MessageStatus.EXPIRED, _("too late to be of use"))
    if later := _must_wait_until(message, at=at):
        return _put_off(message, until=later, detail=_("quiet hours"))
    if not _fence(message):
        return None
    return _send(message, channel, at=at)


def _settle_doubt(message, channel):
    """A worker died during the call and the channel knows no keys. True when it may be sent (once more)."""
    if channel.can_be_asked:
        if reference := channel.find(message.key):
            _record_accepted(message, reference)
            return False
        return True
    if message.category == MessageCategory.SAFETY and message.crashes == 1:
        return True
    _end(message, MessageStatus.UNKNOWN, _("stopped while it was being sent; nobody can say whether it arrived"))
    return False


def _leave_in_doubt(message, *, at):
    """Handed over and not answered is like a crash in the call: safety advice once more, all else to a person."""
    message.crashes += 1
    _update_mine(message, crashes=message.crashes)
    if message.category == MessageCategory.SAFETY and message.crashes == 1:
        return _try_again(message, detail=_("handed over, but not answered"), at=at)
    return _end(message, MessageStatus.UNKNOWN, _("handed over, but not answered; nobody can say whether it arrived"))


def _must_wait_until(message, *, at):
    """The end of the quiet hours, or None. Safety advice that would come too late then is sent now."""
    until = None if message.may_wake else quiet_until(at)
    too_late = until and message.category == MessageCategory.SAFETY and until > message.not_after
    return None if too_late else until


def _fence(message):
    """Right before the call: extend the lease if the claim is still ours. A withdrawn or re-claimed row is left."""
    now = timezone.now()
    mine = _mine(message).filter(ended_at=None)
    return bool(mine.update(leased_until=now + LEASE, call_started_at=now, tries=F("tries") + 1))


def _send(message, channel, *, at):
    outgoing = Outgoing(key=message.key, address=message.address, subject=message.subject, body=message.body)
    try:
        reference = channel.send(outgoing)
    except TemporaryFailure as failure:
        _try_again(message, detail=str(failure), at=at)
    except PermanentRefusal as refusal:
        _end(message, MessageStatus.DEAD, str(refusal))
    except Unanswered:
        _leave_in_doubt(message, at=at)
    else:
        _record_accepted(message, reference)


def _record_accepted(message, reference):
    changes = {"provider_reference": reference[:200], "ended_at": timezone.now(), "outcome": ""}
    if message.is_text_secret:
        changes["body"] = _("The code was sent.")  # a code is nobody else's business, and of no use later
    with transaction.atomic():
        if _update_mine(message, status=MessageStatus.ACCEPTED, **changes):
            message.attempts.create(result=MessageStatus.ACCEPTED, detail=reference[:300])


def _try_again(message, *, detail, at):
    """Back off 30 s, 1 min, 2 min ... each with jitter; past the last try or the last useful moment it is dead."""
    tries = message.tries + 1
    wait = FIRST_BACK_OFF * 2 ** (tries - 1) * random.SystemRandom().uniform(0.8, 1.2)
    if tries >= MOST_TRIES or at + wait > message.not_after:
        return _end(message, MessageStatus.DEAD, detail)
    return _put_off(message, until=at + wait, detail=detail)


def _put_off(message, *, until, detail):
    with transaction.atomic():
        if _finish_withdrawing(message):
            return
        if _update_mine(
            message,
            status=MessageStatus.PUT_OFF,
            next_try_at=until,
            claim_token=None,
            leased_until=None,
            call_started_at=None,
            outcome=detail[:300],
        ):
            message.attempts.create(result=MessageStatus.PUT_OFF, detail=detail[:300])


def _end(message, status, detail):
    """An end that is not an arrival: a person at the desk takes over, in the same transaction."""
    with transaction.atomic():
        if _finish_withdrawing(message):
            return
        if _update_mine(message, status=status, outcome=detail[:300], ended_at=timezone.now()):
            message.attempts.create(result=status, detail=detail[:300])
            if _concerns_somebody(message):
                _open_work_item(
                    key=f"message:{message.pk}:{status}",
                    patient=message.patient,
                    message=message,
                    appointment=message.appointment,
                    at=timezone.now(),
                )


def _concerns_somebody(message):
    """Anybody can ask for a code at an invented address; that must not fill the desk's list."""
    if message.category != MessageCategory.CODE:
        return True
    return PatientContact.objects.filter(value__iexact=message.address, until=None).exists()


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


def _open_work_item(*, key, at, **links):
    WorkItem.objects.get_or_create(
        key=key,
        defaults={
            "kind": WorkItemKind.MESSAGE_NOT_SENT,
            "what_to_say": _("Our message did not arrive. Call, read it out, and ask whether the address is right."),
            "due_at": at,
            **links,
        },
    )


# The world outside


def channel_named(name):
    """The way out for e-mail or SMS that this installation is set up with."""
    if name == MessageChannel.EMAIL and settings.EMAIL_URL:
        return SmtpChannel()
    return FileChannel(settings.DATA_DIR / "messages" / name)


def _ring():
    """Tell a worker that something may be due. Only a doorbell: when nobody hears it, the next beat tick delivers."""
    current_app.send_task("clinic.deliver_due_messages", ignore_result=True)
