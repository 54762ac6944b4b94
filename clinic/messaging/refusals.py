"""What the number that a provider gives for a refusal means, and what a person can do about it.

Sources: Twilio's error dictionary (five digits), RFC 3463 and the registry of enhanced status codes (5.1.1).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.lib.registry import Registry
from clinic.messaging import sms_numbers
from clinic.models import MessageChannel

BLOCKED = "21610"


@dataclass(frozen=True)
class Refusal:
    """`sentence` may name our number: %(our_number)s."""

    code: str
    sentence: str


REFUSALS = Registry("refusal of a provider")

_WRONG_NUMBER = gettext_lazy("This phone number does not exist. Ask for the right one, and read the message out.")
_NO_SMS = gettext_lazy(
    "This number takes no SMS: it may be a landline. Call it, read out, and ask for a mobile or an e-mail."
)
_SWITCHED_OFF = gettext_lazy(
    "The phone was off or out of reach. Call and read the message out; the number may be right."
)
_FILTERED = gettext_lazy(
    "The phone company took our SMS for spam. Call and read it out, and tell whoever runs this app."
)
_NO_MAILBOX = gettext_lazy(
    "This e-mail address does not exist. Call, read the message out, and ask for the right address."
)
_FULL = gettext_lazy("The mailbox is full. Call and read the message out; it may be sent again later.")
_UNWANTED = gettext_lazy(
    "The mail server does not want our mail. Call and read it out, and tell whoever runs this app."
)
_STOPPED = gettext_lazy(
    "This phone answered STOP, so the provider blocks our SMS. We cannot end that: the patient must text START to "
    "%(our_number)s. Call, read the message out, and say so."
)
_NOT_THIS_COUNTRY = gettext_lazy(
    "Our provider sends no SMS to this country. Call and read it out, and ask for an e-mail."
)

SENTENCES = {
    BLOCKED: _STOPPED,
    **dict.fromkeys(["21211", "21217", "30005"], _WRONG_NUMBER),
    **dict.fromkeys(["21614", "21612", "30006"], _NO_SMS),
    **dict.fromkeys(["30003", "30008"], _SWITCHED_OFF),
    **dict.fromkeys(["30004", "30007", "30034"], _FILTERED),
    "21408": _NOT_THIS_COUNTRY,
    **dict.fromkeys(["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1"], _NO_MAILBOX),
    "5.2.2": _FULL,
    **dict.fromkeys(["5.7.1", "5.7.26", "5.7.27"], _UNWANTED),
}
for _code, _sentence in SENTENCES.items():
    REFUSALS.register(Refusal(_code, _sentence))


def code_of(message):
    """The provider's number, also for an SMS that was not tried because the provider blocks the phone."""
    if message.refusal_code or message.channel != MessageChannel.SMS:
        return message.refusal_code
    return BLOCKED if sms_numbers.is_blocked(message.address) else ""


def what_to_do(message):
    """A sentence for a message that did not arrive; "" if the number tells nothing that is known here."""
    refusal = REFUSALS.find(code_of(message))
    our_number = sms_numbers.our_number() or _("the number that our SMS come from")
    return refusal.sentence % {"our_number": our_number} if refusal else ""
