"""The outbox: schedule and withdraw. The only door to e-mail and SMS; `delivery` carries out what is due.

A message is a row that is born in the transaction of its cause. Whatever dies in between, the row is still there:
nothing is lost, nothing is sent twice where the channel recognises a key or can be asked, nothing ends without a word.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.messaging import outcomes, preferences
from clinic.models import ContactSystem, Message, MessageCategory, MessageChannel, MessageStatus
from clinic.models.messages import UNSENT, ArchivedMessage
from clinic.people import auditing

IN_CALL = Q(status=MessageStatus.SENDING, call_started_at__isnull=False)
SENT_AGAIN_FOR = timedelta(hours=12)


def schedule(*, key, category, channel, address, body, due_at, not_after, **more):
    """Put one message into the outbox, inside the caller's transaction.

    `key` is unique for its cause: the same key again changes nothing. `due_at` and `not_after` are aware
    datetimes; after `not_after` the message is of no use and ends as expired. `more`: subject, patient,
    appointment, may_wake (may be sent in quiet hours), language (else the one in use here). Returns the message of this
    key, or its row in the archive.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    words = {"body": body, "language": language}
    fields = {"category": category, "channel": channel, "address": address, **words, **more}
    message, is_new = Message.objects.get_or_create_once(
        key=key, defaults={**fields, "due_at": due_at, "not_after": not_after, "next_try_at": due_at}
    )
    if is_new:
        transaction.on_commit(outcomes.ring, robust=True)
    return message


def schedule_for(patient, **letter):
    """`schedule` to where the patient wants it, in the words of `templates/messages/<template>.<channel>.txt`.

    `letter`: key (the channel is added to it), template, context, category, and what `schedule` takes. A patient
    without any contact becomes a work item instead; then None is returned.
    """
    addressed = _addressed(patient, [letter])
    return schedule(**addressed[0]) if addressed else None


def schedule_all_for(patient, letters):
    """`schedule_for` for many at once, with one look at where the patient wants them."""
    if not letters:
        return
    messages = [{**fields, "next_try_at": fields["due_at"]} for fields in _addressed(patient, letters)]
    if Message.objects.create_each_once(messages):
        transaction.on_commit(outcomes.ring, robust=True)


def _addressed(patient, letters):
    """The fields of each letter's message; a work item for each, and no fields, where there is no contact."""
    preference = preferences.preference_of(patient)
    contact = preferences.contact_for(patient, preference)
    if contact is None:
        for letter in letters:
            outcomes.open_work_item(key=f"{letter['key']}:nowhere", patient=patient, at=letter["due_at"])
        return []
    channel = MessageChannel.EMAIL if contact.system == ContactSystem.EMAIL else MessageChannel.SMS
    language = preference.language or settings.LANGUAGE_CODE
    to = {"patient": patient, "channel": channel, "address": contact.value, "language": language}
    with translation.override(language):
        return [_fields(**letter, **to) for letter in letters]


def _fields(*, key, template, context, category, channel, patient, **more):
    other = MessageChannel.SMS if channel == MessageChannel.EMAIL else MessageChannel.EMAIL
    words = {way: _words(template, way, {"patient": patient, **context}, category) for way in (channel, other)}
    subject, body = preferences.split_words(words[channel], channel)
    return {
        "key": f"{key}:{channel}",
        "category": category,
        "channel": channel,
        "subject": subject,
        "body": body,
        "other_words": words[other],
        "patient": patient,
        **more,
    }


def compose(template, channel, context):
    """Subject (empty for SMS) and body. In an e-mail's template the first line is the subject."""
    return preferences.split_words(_rendered(template, channel, context), channel)


def _words(template, channel, context, category):
    text = _rendered(template, channel, context)
    if category != MessageCategory.REMINDER:
        return text
    link = preferences.link_of(context["patient"])
    stop = _rendered("stop-reminders", channel, {"link": link})
    return f"{text} {stop}" if channel == MessageChannel.SMS else f"{text}\n\n{stop}"


def _rendered(template, channel, context):
    clinic = {"name": settings.CLINIC_NAME, "phone": settings.CLINIC_PHONE, "address": settings.CLINIC_ADDRESS}
    words = {"clinic": clinic, "site_url": settings.SITE_URL, "emergency_number": settings.EMERGENCY_NUMBER, **context}
    return render_to_string(f"messages/{template}.{channel}.txt", words, using="plain-text").strip()


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


def send_again(message, *, reason, by, at):
    """A colleague sends it once more, for a reason: a message of its own to where the patient is reached now.

    Raises MoveNotAllowed for what has not ended, was taken back, is a one-time code, or is being sent again already.
    """
    with transaction.atomic():
        locked = Message.objects.select_for_update(of=["self"], no_key=True).select_related("patient")
        message = locked.get(pk=message.pk)
        again, older = (
            model.objects.filter(key__startswith=f"{message.key}:again:") for model in (Message, ArchivedMessage)
        )
        if not message.may_be_sent_again or again.filter(status__in=[*UNSENT, MessageStatus.SENDING]).exists():
            raise MoveNotAllowed(_("This message cannot be sent again now. Look at what was sent since."))
        contact = preferences.contact_by(message.patient, message.channel) if message.patient else None
        names = ("category", "channel", "subject", "body", "other_words", "language")
        copied = {name: getattr(message, name) for name in names}
        new = schedule(
            key=f"{message.key}:again:{again.count() + older.count() + 1}",
            address=contact.value if contact else message.address,
            patient=message.patient,
            appointment=message.appointment,
            due_at=at,
            not_after=max(message.not_after, at + SENT_AGAIN_FOR),
            may_wake=True,
            **copied,
        )
        new.attempts.create(
            result=MessageStatus.WAITING, detail=_("sent again by %(who)s: %(why)s") % {"who": by, "why": reason}
        )
        outcomes.settle_work_items(message, note=_("sent again"), at=at)
        if message.patient:
            auditing.changed(message.patient, by=by, what=_("message sent again"))
    return new


def quiet_until(at, hours=None):
    """When the quiet hours end that `at` lies in (clinic time), or None outside them. `hours`: a patient's own."""
    starts, ends = hours or settings.QUIET_HOURS
    local = timezone.localtime(at)
    in_evening = local.hour >= starts and (starts > ends or local.hour < ends)
    in_morning = local.hour < ends < starts
    if not (in_evening or in_morning):
        return None
    day = local.date() + timedelta(days=1 if in_evening and starts > ends else 0)
    return timezone.make_aware(datetime.combine(day, time(ends)))


def outside_quiet_hours(at):
    """`at` itself, or the end of the quiet hours it lies in."""
    return quiet_until(at) or at
