"""What messages are for. The package that has a reason to write registers it; the outbox knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass

from clinic.lib.registry import Registry
from clinic.models.messages import MessageCategory


@dataclass(frozen=True)
class Purpose:
    """Why the clinic writes: "visit-booked", "no-heavy-lifting".

    Its texts are `templates/messages/<topic>/<code>.<channel>.txt`. `cause` names the kind of thing whose primary key
    its messages carry ("" for none: each message is one of its own).

    `over` takes messages of this purpose that are due and the instant `at` which they are, and returns, by primary key,
    why some of them are no longer needed. `held` takes the same, and returns why some would say what is not known to be
    true now: they wait until it is, and expire if that is never in time.
    """

    code: str
    category: MessageCategory
    topic: str = ""
    cause: str = ""
    over: Callable = lambda messages, *, at: {}
    held: Callable = lambda messages, *, at: {}

    @property
    def template(self):
        return f"{self.topic}/{self.code}"


PURPOSES = Registry("purpose of messages")
