"""Tells a worker that something may be due. Nobody waits for it, and no page fails because the broker is away.

A thread of the process rings, and again until the broker has taken it. If the process ends before, the next tick of
the beat delivers: the rows in the database are the truth.
"""

import atexit
import logging
import os
import time
from threading import Condition, Thread

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

RING_AGAIN_SECONDS = 5
WAIT_AT_EXIT_SECONDS = 0.5


class Bell:
    """Rings for this process. Whoever rings while one ring is under way shares the next."""

    def __init__(self):
        self._changed = Condition()
        self._asked = self._taken = 0
        self._thread = None

    def ring(self):
        with self._changed:
            self._asked += 1
            if self._thread is None:
                self._thread = Thread(target=self._ring_when_asked, name="doorbell", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def is_taken(self, *, seconds):
        """Waits until the broker has all that was rung. Whether that took less than so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._taken == self._asked, timeout=seconds)

    def _ring_when_asked(self):
        fails = False
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._taken < self._asked)
                asked = self._asked
            try:
                current_app.send_task(
                    "clinic.deliver_due_messages", ignore_result=True, expires=settings.RINGS_EXPIRE_SECONDS
                )
            except Exception as error:  # whatever the broker's client raises: this thread must live
                if not fails:
                    logger.warning("the broker is away (%s); messages wait for it or for cron", type(error).__name__)
                fails = True
                time.sleep(RING_AGAIN_SECONDS)
                continue
            fails = False
            with self._changed:
                self._taken = asked
                self._changed.notify_all()


_bell = Bell()


def ring():
    """At once, also if the broker is away."""
    _bell.ring()


def ring_after_commit():
    """After the commit, when other processes can see what was scheduled: once, however much it was."""
    if not any(function is ring for _savepoints, function, _robust in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)


def is_taken(*, seconds):
    return _bell.is_taken(seconds=seconds)


def _begin_anew():
    """A forked child has none of its parent's threads."""
    global _bell
    _bell = Bell()


os.register_at_fork(after_in_child=_begin_anew)
atexit.register(lambda: is_taken(seconds=WAIT_AT_EXIT_SECONDS))
