"""Delivering the outbox: takes what is due, lane by lane, and has many calls open at a time.

The database belongs to one thread, which decides and records everything; each call to a provider has a thread of its
own and does nothing else. So a call that hangs holds up its own message only, and its lease is extended beside it.
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from queue import Empty, SimpleQueue

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from clinic.messaging import circuits, claims, doorbell, epoch, handover
from clinic.messaging.channels import registry
from clinic.messaging.due_checks import Circumstances
from clinic.messaging.lanes import LANES, MOST_IN_HAND, Traffic
from clinic.models import Message, MessageChannel

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1  # for what has become due while calls are open
RENEW_EVERY_SECONDS = 5
MARK_EVERY_SECONDS = 0.25  # how far this clinic has delivered, for the case that its database is restored
ABANDONED_AT_ONCE = 20

_calls = ThreadPoolExecutor(MOST_IN_HAND, thread_name_prefix="call")
_wanted, _at_work, _stopping = threading.Event(), threading.Lock(), threading.Event()
_traffic = Traffic()


def deliver_due(*, at):
    """Deliver what is due at `at`, and what a dead worker left behind, until nothing of it is left.

    Returns how many messages were taken. Never raises for one message's sake: a bad row is postponed, and quarantined
    when it has crashed three workers. Nothing is taken from a database that was restored.
    """
    return Delivery(at=at).run()


def deliver():
    """What a worker does when it is woken. If this process is at it already, it looks again at once."""
    _wanted.set()
    while _wanted.is_set() and not _stopping.is_set() and _at_work.acquire(blocking=False):
        try:
            _wanted.clear()
            Delivery(at=timezone.now(), traffic=_traffic, call_next=doorbell.ring).run()
        finally:
            _at_work.release()


def stop():
    """This process is about to end: nothing new is taken, and calls that are open end as they would."""
    _stopping.set()


class Delivery:
    """One run, by one worker. `call_next` wakes the next worker when there is more than this one can take."""

    def __init__(self, *, at, traffic=None, call_next=lambda: None):
        self._began_at, self._clock_then = at, time.monotonic()
        self._traffic, self._call_next = traffic or Traffic(), call_next
        self._ended, self._taken, self._has_called = SimpleQueue(), 0, False
        self._full = set()  # lanes whose last claim took all there was room for
        self._has_suspects = False
        self._looked = self._renewed = self._marked = -LOOK_AGAIN_SECONDS
        self._is_allowed = False

    @property
    def at(self):
        """It goes on: calls take minutes where a provider is slow."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._clock_then)

    def run(self):
        """Until nothing is due and every call has ended. Returns how many messages were taken."""
        self._keep(self._take)
        while self._traffic.in_hand:
            self._go_on_with_what_ended()
            self._keep(self._renew_leases)
            self._keep(self._take)
        if self._taken:
            epoch.may_deliver(at=timezone.now())  # what the last calls sent is marked, too
        return self._taken

    def _take(self):
        if _stopping.is_set() or not self._may_deliver():
            return
        looks_at_all = time.monotonic() - self._looked >= LOOK_AGAIN_SECONDS or _wanted.is_set()
        if looks_at_all:
            _wanted.clear()
            self._looked = time.monotonic()
        elif not (self._full or self._has_suspects):
            return
        ways = circuits.Ways()
        if looks_at_all or self._has_suspects:
            self._take_abandoned(ways)
        if looks_at_all:
            for channel in MessageChannel:
                self._take_probe(channel, ways)
        for lane in LANES if looks_at_all else list(self._full):
            self._take_lane(lane, ways)

    def _may_deliver(self):
        """Nothing is taken from a database that was restored. How far it has delivered is marked meanwhile."""
        if time.monotonic() - self._marked >= MARK_EVERY_SECONDS:
            self._is_allowed, self._marked = epoch.may_deliver(at=timezone.now()), time.monotonic()
        return self._is_allowed

    def _take_lane(self, lane, ways):
        room, rows = self._traffic.room(lane), self._due(lane)
        if ways.open(lane.channel) is None and registry.is_set_up(lane.channel):
            rows = rows.filter(not_after__lt=self.at)  # while it is down, only what has become useless ends
        for domain in self._traffic.full_domains():
            rows = rows.exclude(address__iendswith=f"@{domain}")
        if room <= 0 or not (lane in self._full or rows.exists()):
            return
        claimed = claims.take(rows[:room], suits=self._traffic.suitable())
        (self._full.add if len(claimed) == room else self._full.discard)(lane)
        if lane in self._full and not self._has_called:
            self._has_called = True
            self._call_next()
        self._begin(claimed, ways.open)

    def _take_abandoned(self, ways):
        """What a worker left behind that has not been heard of for longer than its lease.

        Those whose call had begun go one at a time: one of them may have ended the worker, and would end this one.
        """
        usable = [channel for channel in MessageChannel if ways.open(channel) or not registry.is_set_up(channel)]
        is_of_use = Q(channel__in=usable) | Q(not_after__lt=self.at)  # while it is down, what is too late ends
        rows = Message.objects.abandoned().filter(is_of_use).order_by("leased_until")
        only_claimed, suspects = rows.filter(call_started_at=None), rows.exclude(call_started_at=None)
        if only_claimed.exists():
            self._begin(claims.take(only_claimed[:ABANDONED_AT_ONCE]), ways.open)
        self._has_suspects = suspects.exists()
        if self._has_suspects and not self._traffic.has_suspect():
            self._begin(claims.take(suspects[:1]), ways.open)

    def _take_probe(self, channel, ways):
        """Where a way out is down, the most urgent message finds out whether it works again."""
        for lane in LANES if ways.has_paused(channel) else ():
            rows = self._due(lane).filter(not_after__gte=self.at)
            if lane.channel == channel and rows.exists():
                if way := ways.probe(channel):
                    self._begin(claims.take(rows[:1]), lambda name: way if name == channel else ways.open(name))
                return

    def _due(self, lane):
        due = Message.objects.due(at=self.at).filter(channel=lane.channel, category=lane.category)
        return due.order_by("next_try_at")

    def _begin(self, claimed, way_of):
        self._taken += len(claimed)
        for message, now in self._looked_at(claimed):
            self._traffic.enter(message)
            steps = handover.steps(message, now, way_of)
            self._go_on(message, steps, partial(next, steps))

    def _looked_at(self, claimed):
        """Each with the circumstances of all; one that cannot be looked at is set aside, so that it stops no other."""
        try:
            now = Circumstances(claimed, at=self.at)
        except DatabaseError:
            raise
        except Exception:
            if len(claimed) > 1:
                return [each for message in claimed for each in self._looked_at([message])]
            logger.exception("message %s cannot be looked at", claimed[0].pk)
            handover.set_aside(claimed[0])
            return []
        return [(message, now) for message in claimed]

    def _go_on_with_what_ended(self):
        """Wait for a call to end, for a second at most, and go on with it and all others that have ended."""
        timeout = LOOK_AGAIN_SECONDS
        while True:
            try:
                message, steps, call = self._ended.get(timeout=timeout) if timeout else self._ended.get_nowait()
            except Empty:
                return
            error, timeout = call.exception(), 0
            self._go_on(message, steps, partial(steps.throw, error) if error else partial(steps.send, call.result()))

    def _go_on(self, message, steps, resume):
        """Up to the next call to a provider, or to the end."""
        try:
            call = _calls.submit(resume())
        except StopIteration:
            self._traffic.leave(message)
        except Exception:
            # One poison row must not stop the others. Its lease expires; a crash in the call is counted then.
            logger.exception("message %s: delivery crashed", message.pk)
            self._traffic.leave(message)
            _connect_anew_if_broken()
        else:
            call.add_done_callback(lambda call: self._ended.put((message, steps, call)))

    def _renew_leases(self):
        if time.monotonic() - self._renewed < RENEW_EVERY_SECONDS:
            return
        self._renewed = time.monotonic()
        for message in self._traffic.older_than(RENEW_EVERY_SECONDS):
            claims.renew(message)

    def _keep(self, act):
        """`act`, whose failure must not end the run while calls are open: it is tried again a second later."""
        try:
            act()
        except Exception:
            if not self._traffic.in_hand:
                raise
            logger.exception("no more messages can be taken; calls that are open go on")
            _connect_anew_if_broken()


def _connect_anew_if_broken():
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
