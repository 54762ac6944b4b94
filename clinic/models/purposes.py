"""What messages are for. The package that has a reason to write registers it; the outbox knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from clinic.lib.registry import Registry
from clinic.models.messages import MessageCategory


@dataclass(frozen=True)
class Purpose:
    """Why the clinic writes: "visit-booked", "no-heavy-lifting".

    Its texts are `templates/messages/<topic>/<code>.<channel>.txt`. `cause` names the kind of thing whose primary key
    its messages carry ("" for none: each message is one of its own).

    `over`, `past` and `held` take messages of this purpose and an instant `at`, and return, by primary key, why some of
    them are not to go then. `over`: their reason is gone; they are withdrawn. `past`: the hour of what they say is
    over; they expire by their own `not_after`, and nobody sends them again. `held`: they would say what is not known to
    be true now; they wait until it is. Every purpose says what ends it: `past_their_time` and `never` are for those
    that nothing else does.

    `stays_at_its_address`: it tells the owner of that very address, so it does not follow the patient to another one.
    """

    code: str
    category: MessageCategory
    over: Callable = field(kw_only=True)
    past: Callable = field(kw_only=True)
    topic: str = ""
    cause: str = ""
    held: Callable = lambda messages, *, at: {}
    stays_at_its_address: bool = False

    @property
    def template(self):
        return f"{self.topic}/{self.code}"


def never(messages, *, at):
    """Nothing makes them untrue."""
    return {}


def past_their_time(messages, *, at):
    """They answer something of their hour only."""
    return {message.pk: _("its time is over") for message in messages if at > message.not_after}


PURPOSES = Registry("purpose of messages")


def stay_at_their_address():
    """The codes of those that do."""
    return [purpose.code for purpose in PURPOSES if purpose.stays_at_its_address]
