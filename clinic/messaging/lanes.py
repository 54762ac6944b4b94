"""Lanes: messages of one channel and one urgency go side by side, and no lane waits for another.

A call that lasts two seconds is slow. It gives its place back, so one slow recipient holds up nobody; of a mail domain
that has been slow lately only two messages are in hand at a time.
"""

import time
from collections import Counter
from dataclasses import dataclass

from clinic.models import MessageCategory, MessageChannel

SLOW_AFTER_SECONDS = 2
SLOW_DOMAIN_FOR_SECONDS = 600
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
        self._slow_domains = {}  # domain -> until when it counts as slow

    def enter(self, message):
        self.in_hand[message] = time.monotonic()

    def leave(self, message):
        self._note_if_slow(message)
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
            if domain not in self._slow_domains:
                return True
            taken[domain] += 1
            return taken[domain] <= MOST_OF_SLOW_DOMAIN

        return suits

    def _of_slow_domains(self):
        now = time.monotonic()
        for message in self.in_hand:
            self._note_if_slow(message)
        self._slow_domains = {domain: until for domain, until in self._slow_domains.items() if until > now}
        return Counter(domain_of(message) for message in self.in_hand if domain_of(message) in self._slow_domains)

    def _note_if_slow(self, message):
        now, domain = time.monotonic(), domain_of(message)
        if domain and now - self.in_hand[message] > SLOW_AFTER_SECONDS:
            self._slow_domains[domain] = now + SLOW_DOMAIN_FOR_SECONDS


def domain_of(message):
    """Whose server takes an e-mail; "" for an SMS, which the provider takes itself."""
    return message.address.rpartition("@")[2].casefold() if message.channel == MessageChannel.EMAIL else ""
