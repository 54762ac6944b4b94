"""Past messages in bulk: confirmations of bookings, and one in every state that the desk may see."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import prefetch_related_objects

from aftercare.message_purposes import NO_HEAVY_LIFTING
from clinic import work_kinds, worklist
from clinic.messaging import claims
from clinic.messaging.letters import Letter, compose
from clinic.models import (
    ContactSystem,
    Message,
    MessageAttempt,
    MessageChannel,
    MessageStatus,
)
from clinic.scheduling.message_purposes import VISIT_BOOKED

NOTICES = 320
S = MessageStatus
BUSY = "451 4.3.2 the mail server is busy"
REFUSED = "550 5.1.1 there is no such mailbox"
LATE = "too late to be of use"
DOUBT = "stopped while it was being sent; nobody can say whether it arrived"
SAY = "Our message did not arrive. Call, read it out, and ask for an address that works."


@dataclass
class Fate:
    """The outcome of a message that was not sent at the first try; results of its tries, oldest first."""

    message: Message
    status: str
    results: list

    @property
    def has_failed(self):
        return self.status in (S.DEAD, S.EXPIRED, S.UNKNOWN)

    def befall(self):
        message = self.message
        message.status, message.tries = self.status, max(1, len(self.results))
        if self.has_failed or self.status == S.PUT_OFF:
            message.outcome, message.provider_reference = self.results[-1][1], ""

    def attempts(self):
        for number, (result, detail) in enumerate(self.results):
            at = self.message.due_at + timedelta(seconds=30 * (2**number - 1))
            yield MessageAttempt(message=self.message, at=at, result=result, detail=detail)


def write_letters(visits, injected, moment):
    """Confirmations of the newest bookings and safety advice of some weeks ago, all sent; then the exceptions."""
    booked = sorted(visits, key=lambda visit: visit.booked_at, reverse=True)[:NOTICES]
    prefetch_related_objects([visit.patient for visit in [*booked, *injected]], "contacts")
    messages = [notice(visit) for visit in booked]
    fates = make_odd(messages, moment)
    messages += [safety_advice(visit) for visit in injected]
    Message.objects.bulk_create(messages)
    odd = {fate.message.pk for fate in fates}
    attempts = [sent(message) for message in messages if message.pk not in odd]
    attempts += [attempt for fate in fates for attempt in fate.attempts()]
    MessageAttempt.objects.bulk_create(attempts)
    worklist.open_all(work_item(fate.message) for fate in fates if fate.has_failed)


def accepted(visit, letter):
    """A message to the patient's preferred contact, as `outbox.schedule_for` writes it, that has gone out."""
    contact = visit.patient.preferred_contact
    channel = MessageChannel.EMAIL if contact.system == ContactSystem.EMAIL else MessageChannel.SMS
    subject, body = compose(letter.purpose, channel, {"patient": visit.patient, **letter.context})
    return Message(
        **letter.fields(channel),
        patient=visit.patient,
        address=contact.value,
        subject=subject,
        body=body,
        created_at=letter.due_at,
        status=S.ACCEPTED,
        tries=1,
        call_started_at=letter.due_at,
        ended_at=letter.due_at + timedelta(seconds=2),
        provider_reference="demo",
    )


def notice(visit):
    letter = Letter(
        VISIT_BOOKED,
        cause=visit.appointment.pk,
        sequence=0,
        context={"appointment": visit.appointment},
        appointment=visit.appointment,
        due_at=visit.booked_at,
        not_after=max(visit.appointment.starts_at, visit.booked_at + timedelta(hours=1)),
        may_wake=True,
    )
    return accepted(visit, letter)


def safety_advice(visit):
    plan = visit.procedure.care_plan
    letter = Letter(
        NO_HEAVY_LIFTING,
        cause=visit.procedure.pk,
        occasion="at-once",
        context={"plan": plan},
        due_at=plan.starts_at,
        not_after=plan.lift_again_at,
        may_wake=True,
    )
    return accepted(visit, letter)


def sent(message):
    return MessageAttempt(message=message, at=message.ended_at, result=S.ACCEPTED, detail="demo")


def make_odd(notices, moment):
    """Give some of the newest confirmations another outcome, so that the desk sees every state there is."""
    ahead = [message for message in notices if message.not_after > moment.now + timedelta(hours=2)]
    past = [message for message in notices if message.not_after < moment.now - timedelta(days=1)]
    fates = [
        Fate(ahead[2], S.PUT_OFF, [(S.PUT_OFF, BUSY)]),
        Fate(ahead[3], S.SENDING, []),
        Fate(ahead[5], S.DEAD, [(S.PUT_OFF, BUSY), (S.PUT_OFF, BUSY), (S.DEAD, REFUSED)]),
        Fate(ahead[9], S.UNKNOWN, [(S.UNKNOWN, DOUBT)]),
        Fate(past[0], S.EXPIRED, [(S.PUT_OFF, BUSY), (S.EXPIRED, LATE)]),
        *(Fate(message, S.DELIVERED, [(S.ACCEPTED, "demo"), (S.DELIVERED, "")]) for message in past[5:40:3]),
    ]
    for fate in fates:
        fate.befall()
    put_off(ahead[2], moment)
    being_sent(ahead[3], moment)
    return fates


def put_off(message, moment):
    message.next_try_at = moment.now + timedelta(minutes=6)
    message.ended_at = message.call_started_at = None


def being_sent(message, moment):
    """Claimed, and no call has begun yet: the worker that finds the lease expired sends it, once."""
    message.claim_token = uuid.UUID(int=message.appointment.pk)
    message.leased_until = moment.now + claims.LEASE
    message.ended_at = message.call_started_at = None
    message.tries, message.provider_reference = 0, ""


def work_item(message):
    return worklist.new(
        work_kinds.MESSAGE_NOT_SENT,
        cause=message.pk,
        occasion=message.status,
        patient=message.patient,
        appointment=message.appointment,
        message=message,
        what_to_say=SAY,
        due_at=message.ended_at,
        created_at=message.ended_at,
    )
