"""Lanes: messages of one channel and one urgency go side by side, and no lane waits for another.

A call that lasts two seconds is slow. It gives its place back, so one slow recipient holds up nobody. Of a mail domain
where one call after the other was slow only two messages are in hand at a time, until one is quick again.
"""

import time
from collections import Counter
from dataclasses import dataclass

from clinic.models import MessageCategory, MessageChannel

SLOW_AFTER_SECONDS = 2
SLOW_IN_A_ROW = 4  # calls, after which their domain is slow
MOST_OF_SLOW_DOMAIN = 2
MOST_SLOW_OF_CHANNEL = 40


@dataclass(frozen=True)
class Lane:
    """`places`: how many calls of it one worker has open at a time, the slow ones aside."""

    channel: str
    category: str
    places: int


PLACES = {
    MessageCategory.CODE: 4,
    MessageCategory.SAFETY: 8,
    MessageCategory.NOTICE: 8,
    MessageCategory.REMINDER: 12,
}
LANES = [Lane(channel, category, places) for category, places in PLACES.items() for channel in MessageChannel]
MOST_IN_HAND = len(MessageChannel) * (sum(PLACES.values()) + MOST_SLOW_OF_CHANNEL)


class Traffic:
    """What one worker has in hand: how much room each lane has, and which domains are full."""

    def __init__(self):
        self.in_hand = {}  # message -> since when (`time.monotonic`)
        self._slow_in_a_row = Counter()  # domain -> slow calls since the last quick one
        self._counted = set()  # slow messages in hand that are in it

    def enter(self, message):
        self.in_hand[message] = time.monotonic()

    def leave(self, message):
        self._count_slow()
        if message not in self._counted:
            self._slow_in_a_row.pop(domain_of(message), None)
        self._counted.discard(message)
        del self.in_hand[message]

    def room(self, lane):
        """How many more messages may go by this lane now."""
        since = time.monotonic() - SLOW_AFTER_SECONDS
        same = [(message, began) for message, began in self.in_hand.items() if message.channel == lane.channel]
        if sum(began < since for _message, began in same) >= MOST_SLOW_OF_CHANNEL:
            return 0
        return lane.places - sum(began >= since for message, began in same if message.category == lane.category)

    def has_suspect(self):
        """Whether a message is in hand whose call ended a worker before, and which is not slow."""
        since = time.monotonic() - SLOW_AFTER_SECONDS
        return any(message.crashes and began >= since for message, began in self.in_hand.items())

    def older_than(self, seconds):
        since = time.monotonic() - seconds
        return [message for message, began in self.in_hand.items() if began < since]

    def full_domains(self):
        """Slow domains from which no more messages are taken now."""
        return [domain for domain, number in self._of_slow_domains().items() if number >= MOST_OF_SLOW_DOMAIN]

    def suitable(self):
        """A function that says of message after message whether its domain still has room; it counts those it takes."""
        taken = self._of_slow_domains()

        def suits(message):
            domain = domain_of(message)
            if self._slow_in_a_row[domain] < SLOW_IN_A_ROW:
                return True
            taken[domain] += 1
            return taken[domain] <= MOST_OF_SLOW_DOMAIN

        return suits

    def _of_slow_domains(self):
        self._count_slow()
        domains = map(domain_of, self.in_hand)
        return Counter(domain for domain in domains if self._slow_in_a_row[domain] >= SLOW_IN_A_ROW)

    def _count_slow(self):
        for message in self.older_than(SLOW_AFTER_SECONDS):
            if message not in self._counted and domain_of(message):
                self._counted.add(message)
                self._slow_in_a_row[domain_of(message)] += 1


def domain_of(message):
    """Whose server takes an e-mail; "" for an SMS, which the provider takes itself."""
    return message.address.rpartition("@")[2].casefold() if message.channel == MessageChannel.EMAIL else ""
