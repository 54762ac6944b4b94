"""A worker for which nobody knocks looks by itself: the broker or the beat is away, and messages still go out in time.

Several that look at once change nothing: messages and chores are claimed in the database.
"""

import logging
from datetime import timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from clinic.operations import readiness

logger = logging.getLogger(__name__)

SILENT_BEATS = 2


class Watch:
    """A thread of a worker that calls `look` once in each beat, while none of the last two was heard."""

    def __init__(self, look):
        self._look, self._ended = look, Event()
        self._thread = Thread(target=self._keep_watch, name="watch", daemon=True)

    def begin(self):
        self._thread.start()

    def end(self, *, seconds):
        """After what is in hand, but within so many seconds."""
        self._ended.set()
        self._thread.join(timeout=seconds)

    def _keep_watch(self):
        while not self._ended.wait(settings.BEAT_SECONDS):
            try:
                if nobody_knocks(at=timezone.now()):
                    self._look()
            except Exception:  # the database may be away, too: this thread must live
                logger.exception("nobody knocks, and looking for work failed")
            finally:
                close_old_connections()
        connection.close()


def nobody_knocks(*, at):
    """Whether no tick of the beat, and no cron, was noted within the last two beats."""
    silence = readiness.since_beat(at=at)
    return silence is None or silence > SILENT_BEATS * timedelta(seconds=settings.BEAT_SECONDS)
