"""Doing the chores: each when its database row says that it is due, claimed with a lease, so never twice at once.

Beat and cron only knock: several of each change nothing. A chore whose worker died is taken over when its lease ends;
one that failed is tried again, at the latest after five minutes.
"""

import logging
import uuid
from contextlib import contextmanager
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from clinic.models.chores import CHORES, LEASE, ChoreRun

logger = logging.getLogger(__name__)


def due():
    """The chores to be done now, as registered."""
    known = set(ChoreRun.objects.values_list("code", flat=True))
    new = [ChoreRun(code=chore.code) for chore in CHORES if chore.code not in known]
    if new:
        ChoreRun.objects.bulk_create(new, ignore_conflicts=True)
    return [chore for chore in CHORES if ChoreRun.objects.due(chore).exists()]


def run(code):
    """Do the chore if it is due and nobody is at it; whether it was done. What it raises is noted, and raised.

    A chore that this process does not know belongs to a package that another one has: nothing is done.
    """
    chore, token = CHORES.find(code), uuid.uuid4()
    if chore is None or not ChoreRun.objects.claim(chore, token):
        return False
    mine = ChoreRun.objects.claimed(token)
    try:
        with _lease_renewed(mine):
            chore.run(at=timezone.now())
    except Exception as error:
        failed_at = Coalesce(F("failed_at"), Now())
        mine.update(failed_at=failed_at, failure=type(error).__name__, leased_until=None, token=None)
        raise
    mine.update(done_at=Now(), failed_at=None, failure="", leased_until=None, token=None)
    return True


def run_all_due():
    """Each that is due, one after the other, the most frequent first. Returns the codes of those that failed."""
    failed = []
    for chore in sorted(due(), key=lambda chore: chore.every_seconds):
        try:
            run(chore.code)
        except Exception:
            logger.exception("chore %s failed", chore.code)
            failed.append(chore.code)
    return failed


@contextmanager
def _lease_renewed(mine):
    """While the body runs, a thread says that its worker lives."""
    done = Event()
    thread = Thread(target=_renew, args=(mine, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(mine, done):
    try:
        while not done.wait(LEASE.total_seconds() / 3):
            try:
                mine.update(leased_until=Now() + LEASE)
            except DatabaseError:
                logger.warning("a chore's lease could not be renewed; it is tried again")
                connection.close()
    finally:
        connection.close()
