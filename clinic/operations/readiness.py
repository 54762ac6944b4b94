"""Are the clinic's processes working? Numbers only, nothing personal."""

from datetime import timedelta

from celery import current_app
from django.db import DatabaseError
from django.db.models import Min
from kombu.exceptions import KombuError

from clinic import work_kinds, worklist
from clinic.models import Heartbeat, Message

MAX_DELIVERY_DELAY = timedelta(minutes=5)
BEAT, RECONCILER = "beat", "reconciler"


def readiness(*, at):
    """What `/readyz` answers: database, broker, seconds the oldest due message is late, seconds since the last beat,
    messages that should exist and do not, seconds since they were last looked for.

    `ready` is False when the database or the broker is down, a due message is over 5 minutes late, or the beat has
    been silent for 5 minutes.
    """
    database, oldest = _oldest_due(at=at)
    broker = _broker_answers()
    beat = _seconds_since(BEAT, at=at)
    on_time = (oldest or 0) <= MAX_DELIVERY_DELAY.total_seconds()
    beats = beat is not None and beat <= MAX_DELIVERY_DELAY.total_seconds()
    return {
        "ready": database and broker and on_time and beats,
        "database": database,
        "broker": broker,
        "oldest_due_message_seconds": oldest,
        "last_beat_seconds": beat,
        "missing_messages": _missing_messages() if database else None,
        "last_reconciled_seconds": _seconds_since(RECONCILER, at=at),
    }


def note_beat(*, at):
    """The worker received a tick of the beat at `at`."""
    Heartbeat.objects.update_or_create(part=BEAT, defaults={"at": at})


def note_reconciled(*, at):
    """The messages that should exist were compared with those that do."""
    Heartbeat.objects.update_or_create(part=RECONCILER, defaults={"at": at})


def _missing_messages():
    return worklist.find(work_kinds.MESSAGE_MISSING).requested().count()


def _oldest_due(*, at):
    """Does the database answer, and how late is the oldest message that is due or that a dead worker left behind?"""
    try:
        due = Message.objects.due(at=at).aggregate(since=Min("next_try_at"))["since"]
        left_behind = Message.objects.abandoned().aggregate(since=Min("leased_until"))["since"]
    except DatabaseError:
        return False, None
    return True, max(int((at - since).total_seconds()) if since else 0 for since in (due, left_behind))


def _broker_answers():
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except (OSError, KombuError):
        return False
    return True


def _seconds_since(part, *, at):
    try:
        last = Heartbeat.objects.filter(part=part).values_list("at", flat=True).first()
    except DatabaseError:
        return None
    return int((at - last).total_seconds()) if last else None
