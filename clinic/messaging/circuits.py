"""A way out that is down is paused. One message at a time finds out whether it works again; the others wait.

A pause is a row that every worker sees, on the database's clock. While one way of a channel is paused, the next way out
of the same channel carries its messages, if the clinic has one.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from clinic.messaging.channels import Channel, registry
from clinic.models import ChannelPause

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(seconds=60)
PROBE = timedelta(seconds=60)  # for the one message that finds out, before another one may


@dataclass(frozen=True)
class Way:
    """A way out that may be used now. `is_probe`: it was down, and one message only finds out."""

    channel: Channel
    is_probe: bool = False


class Ways:
    """Which way out each channel takes now; asks the database once."""

    def __init__(self):
        self._paused = set(ChannelPause.objects.values_list("name", flat=True))

    def has_paused(self, name):
        return any(way.name in self._paused for way in registry.ways_out(name))

    def open(self, name):
        """The first `Way` of a channel that is not paused, or None."""
        return next((Way(way) for way in registry.ways_out(name) if way.name not in self._paused), None)

    def probe(self, name):
        """A paused `Way` of a channel whose time has come, for one message; no other worker gets it now. Or None."""
        for way in registry.ways_out(name):
            if way.name in self._paused and _take_probe(way.name):
                return Way(way, is_probe=True)
        return None


def note_down(way, detail):
    """The way out is down: pause it; for longer each time that a probe says so again."""
    name = way.channel.name
    pause = {"since": timezone.now(), "until": Now() + FIRST_PAUSE, "detail": detail[:300]}
    row, is_new = ChannelPause.objects.get_or_create(name=name, defaults=pause)
    if is_new:
        logger.error("%s is down: %s; its messages wait", name, detail)
    elif way.is_probe:
        wait = min(FIRST_PAUSE * 2 ** min(row.failures, 10), LONGEST_PAUSE)
        again = ChannelPause.objects.filter(pk=row.pk)
        again.update(failures=F("failures") + 1, until=Now() + wait, detail=detail[:300])
        logger.warning("%s is still down: %s; next try in %d s", name, detail, wait.total_seconds())


def note_up(way):
    """A probe got through: the pause ends."""
    if way.is_probe and ChannelPause.objects.filter(name=way.channel.name).delete()[0]:
        logger.warning("%s works again", way.channel.name)


def _take_probe(name):
    return bool(ChannelPause.objects.filter(name=name, until__lte=Now()).update(until=Now() + PROBE))
