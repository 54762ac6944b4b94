"""Acting on what came back: the message ends, a person takes over. The same report again changes nothing."""

import hashlib
import logging
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.lib.texts import without_nul
from clinic.messaging import outcomes, preferences, triage
from clinic.messaging.bounces.reports import Kind
from clinic.models import ContactSystem, Message, MessageStatus, PatientContact, PreferenceSource, TakenFor
from clinic.models.messages import ArchivedMessage

logger = logging.getLogger(__name__)

STORED = ("code", "detail", "sender", "words")
MAY_HAVE_ARRIVED = [
    MessageStatus.SENDING,
    MessageStatus.PUT_OFF,
    MessageStatus.UNKNOWN,
    MessageStatus.ACCEPTED,
    MessageStatus.DELIVERED,
]
UNDECIDED = [MessageStatus.SENDING, MessageStatus.PUT_OFF, MessageStatus.UNKNOWN, MessageStatus.ACCEPTED]


def note(report, *, at):
    """Record what came back. Returns whether it concerned anybody here; if not, it may be somebody else's trick."""
    if report.kind == Kind.AUTOMATIC:
        return True
    report = replace(report, **{name: _storable(getattr(report, name)) for name in STORED})
    with transaction.atomic():
        message = _find(Message, report) or _find(ArchivedMessage, report)
        if report.kind == Kind.WORDS:
            return _hand_to_a_person(report, message, at=at)
        if message is None or message.tries == 0:
            logger.warning("a report on a mail came back that is not ours: %s %s", report.kind, report.code)
            return False
        ACTS[report.kind](message, report, at=at)
    return True


def _storable(text):
    """Without what PostgreSQL refuses: NUL, and bytes that are no letters."""
    return without_nul(text.encode("utf-8", "replace").decode())


def _find(model, report):
    if report.message_id is None:
        return None
    rows = model.objects.select_for_update(of=["self"], no_key=True).select_related("patient", "appointment")
    return rows.filter(pk=report.message_id).first()


def _failed(message, report, *, at):
    """It will never arrive: as if the server had refused it in the first place."""
    if message.status not in MAY_HAVE_ARRIVED:
        return
    changes = {"status": MessageStatus.DEAD, "outcome": report.detail, "refusal_code": report.code[:20], "ended_at": at}
    if isinstance(message, ArchivedMessage):
        return _failed_long_ago(message, changes, report, at=at)
    Message.objects.filter(pk=message.pk).update(**changes, claim_token=None, leased_until=None)
    for name, value in changes.items():
        setattr(message, name, value)
    outcomes.settle_work_items(message, note=_("it came back"), at=at)
    return outcomes.report_undelivered(message, MessageStatus.DEAD, report.detail)


def _failed_long_ago(message, changes, report, *, at):
    """In the archive: the try is written down there, and a person hears of it."""
    tries = [*message.tries_then, [at.isoformat(), MessageStatus.DEAD, report.detail]]
    ArchivedMessage.objects.filter(pk=message.pk).update(**changes, tries_then=tries)
    worklist.open(
        work_kinds.MESSAGE_NOT_SENT,
        cause=message.pk,
        occasion=MessageStatus.DEAD,
        what_to_say=_("Our message came back long after. Call, and ask whether the address is right."),
        patient=message.patient,
        appointment=message.appointment,
        due_at=at,
    )


def _delayed(message, report, *, at):
    _note_once(message, MessageStatus.ACCEPTED, report)


def _arrived(message, report, *, at):
    if isinstance(message, Message) and message.status in UNDECIDED:
        released = {"claim_token": None, "leased_until": None, "in_doubt_since": None}
        ended = {"status": MessageStatus.DELIVERED, "ended_at": message.ended_at or at}
        Message.objects.filter(pk=message.pk).update(**ended, **released)
        _note_once(message, MessageStatus.DELIVERED, report)
        outcomes.settle_work_items(message, note=_("it arrived after all"), at=at)


def _complained(message, report, *, at):
    """The reader called our mail unwanted: no more reminders. Safety advice goes on, as after any stop."""
    if message.patient:
        source = PreferenceSource.COMPLAINT
        preferences.choose(message.patient, by=None, source=source, at=at, wants_reminders=False)


def _note_once(message, status, report):
    """A line among the tries; servers report the same delay again and again."""
    if isinstance(message, Message) and not message.attempts.filter(result=status, detail=report.detail).exists():
        message.attempts.create(result=status, detail=report.detail)


def _hand_to_a_person(report, message, *, at):
    """Somebody answered to where bounces go. A stranger's mail stays in the mailbox for whoever looks after it."""
    patient = message.patient if message else _patient_who_writes(report.sender)
    if message is None and patient is None:
        return False
    worklist.open(
        work_kinds.MAIL_RED if triage.sounds_of(report.words) == TakenFor.RED else work_kinds.MAIL_WORDS,
        cause=message.pk if message else patient.pk,
        occasion=_number_of(report),
        what_to_say=(_("%(who)s wrote: %(words)s") % {"who": report.sender, "words": report.words})[:300],
        patient=patient,
        appointment=message.appointment if message else None,
        due_at=at,
    )
    return True


def _number_of(report):
    """The same mail again has the same, whatever it calls itself."""
    own = report.reference or f"{report.sender} {report.words}"
    return hashlib.sha256(own.encode(errors="replace")).hexdigest()[:20]


def _patient_who_writes(sender):
    """Whose address this is, if it is one patient's only."""
    found = PatientContact.objects.filter(system=ContactSystem.EMAIL, value__iexact=sender, until=None)
    patients = {contact.patient for contact in found.select_related("patient")[:2]}
    return patients.pop() if len(patients) == 1 else None


ACTS = {Kind.FAILED: _failed, Kind.DELAYED: _delayed, Kind.ARRIVED: _arrived, Kind.COMPLAINT: _complained}
