"""Can this node serve, and is the work done in time? Two questions, because a mail server that is down is no reason to
take the web away. Numbers and names of parts only, nothing personal.
"""

from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from clinic import work_kinds, worklist
from clinic.lib.soft_redis import soft_redis
from clinic.messaging import epoch, outages
from clinic.models import ChoreRun, Heartbeat
from clinic.models.chores import CHORES

BEAT = "beat"
SILENT_AFTER = timedelta(minutes=5)


def readiness():
    """What `/readyz` answers: can this node serve? `ready` is False without the database or with an older one than this
    code. The broker is told, and decides nothing: no page needs it.
    """
    migrated = _is_migrated()
    return {
        "ready": bool(migrated),
        "database": migrated is not None,
        "migrated": bool(migrated),
        "broker": not settings.REDIS_URL or soft_redis(settings.REDIS_URL).answers(),
    }


def work(*, at):
    """What `/readyz?work` answers: is what should be done by itself done in time?

    `on_time` is False when a due message is over 5 minutes late, a way out is paused, the beat (or cron) has been
    silent for 5 minutes, a chore is late, or nothing goes out since the database was restored. Raises DatabaseError.
    """
    oldest, beat = outages.oldest_due(at=at), since_beat(at=at)
    paused, late, restored = outages.paused(), late_chores(at=at), epoch.restored_state()
    beats = beat is not None and beat <= SILENT_AFTER
    return {
        "on_time": beats and oldest <= outages.LATE_AFTER and not (paused or late or restored),
        "oldest_due_message_seconds": _seconds(oldest),
        "last_beat_seconds": _seconds(beat),
        "paused_seconds": {name: _seconds(at - since) for name, since in paused.items()},
        "not_set_up": [channel.value for channel in outages.not_set_up()],
        "restored": str(restored) if restored else None,
        "late_chores": late,
        "failing_chores": list(ChoreRun.objects.exclude(failed_at=None).values_list("code", flat=True)),
        "missing_messages": worklist.find(work_kinds.MESSAGE_MISSING).requested().count(),
    }


def note_beat(*, at):
    """Somebody knocked at `at`: a worker received a tick of the beat, or cron began."""
    Heartbeat.objects.update_or_create(part=BEAT, defaults={"at": at})


def late_chores(*, at):
    """The codes of chores that went well last over two of their intervals and 5 minutes ago."""
    rows = {row.code: row for row in ChoreRun.objects.all()}
    return [chore.code for chore in CHORES if chore.code in rows and _is_late(chore, rows[chore.code], at=at)]


def _is_late(chore, row, *, at):
    since = row.done_at or row.failed_at or row.begun_at
    return since is not None and at - since > timedelta(seconds=2 * chore.every_seconds) + SILENT_AFTER


def _is_migrated():
    """Whether the database has what this code needs; None if it does not answer."""
    try:
        return _wanted_migrations() <= set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return None


@cache
def _wanted_migrations():
    """The last of each app, as this process has them on its disk."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def since_beat(*, at):
    """How long ago somebody knocked last; None if nobody ever did."""
    last = Heartbeat.objects.filter(part=BEAT).values_list("at", flat=True).first()
    return at - last if last else None


def _seconds(duration):
    return None if duration is None else int(duration.total_seconds())
