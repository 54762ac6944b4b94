"""The ways out of the clinic. Every channel keeps the same contract, so the outbox treats them alike."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """What a channel gets to send. `key` is the idempotency key: the same key is the same message."""

    key: str
    address: str
    subject: str
    body: str


class TemporaryFailure(Exception):
    """Nothing was accepted; trying again later may work."""


class Unanswered(Exception):
    """The message was handed over and no answer came: nobody can say whether it was accepted."""


class PermanentRefusal(Exception):
    """The provider will never accept this message at this address."""


class Channel(Protocol):
    """`remembers_keys`: sending the same key again does nothing. `can_be_asked`: `find` tells what became of a key."""

    remembers_keys: bool
    can_be_asked: bool

    def send(self, outgoing: Outgoing) -> str:
        """Hand over and return the provider's reference; raises TemporaryFailure, PermanentRefusal, Unanswered."""

    def find(self, key: str) -> str | None:
        """The provider's reference of what it accepted under this key, or None."""
