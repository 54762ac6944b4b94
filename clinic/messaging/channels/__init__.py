"""The ways out of the clinic. Every channel has the same contract, so the outbox treats them alike."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass
class Lease:
    """Until when a claim is certainly ours (`time.monotonic`). It is extended while the call lives."""

    until: float


@dataclass(frozen=True)
class Outgoing:
    """What a channel gets to send. `key` is the idempotency key: the same key is the same message.

    `message_id` is the clinic's id, which receipts name. `lease` is the claim under which it is sent, if any.
    `stop_link` is where the reader of a reminder stops them, `language` is that of the text ("": the clinic's),
    `calendar` the text of the calendar file that goes with a mail.
    """

    key: str
    address: str
    subject: str
    body: str
    message_id: int | None = None
    lease: "Lease | None" = None
    stop_link: str = ""
    language: str = ""
    calendar: str = ""

    def must_still_be_ours(self):
        """Call it right before the first byte goes out: if the process was paused too long, raises LeaseExpired."""
        if self.lease and time.monotonic() > self.lease.until:
            raise LeaseExpired


@dataclass(frozen=True)
class Heard:
    """What somebody wrote to us. `reference` is the provider's own name for it, `pictures` how many came with it."""

    number: str
    words: str
    reference: str
    pictures: int
    at: datetime


class LeaseExpired(Exception):
    """The claim expired before anything was sent. Another worker delivers the message."""


class TemporaryFailure(Exception):
    """Nothing was accepted; trying again later may work."""


class ChannelDown(TemporaryFailure):
    """Nothing was accepted, and that says nothing about the message: no connection, no TLS, no sign-in, no service."""


class Unanswered(Exception):
    """The message was handed over and no answer came: nobody can say whether it was accepted."""


class PermanentRefusal(Exception):
    """The provider will never accept this message at this address. `code` is its own number for why ("21610")."""

    def __init__(self, text, code=""):
        super().__init__(text)
        self.code = str(code)


class Channel(Protocol):
    """One way out. `name` says which, and stays the same as long as the clinic has it.

    `remembers_keys`: sending the same key again does nothing. `can_be_asked`: `find` looks for its outcome.
    """

    name: str
    remembers_keys: bool
    can_be_asked: bool

    def send(self, outgoing: Outgoing) -> str:
        """Hand over and return the provider's reference.

        Raises TemporaryFailure, ChannelDown, PermanentRefusal, Unanswered, LeaseExpired.
        """

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        """References of what the provider accepted since then that may be this message.

        More than one where messages look alike: each reference belongs to one of them.
        Raises TemporaryFailure, ChannelDown.
        """
