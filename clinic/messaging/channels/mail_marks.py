"""The mark by which we know a mail of ours when it comes back: our number of it, and a proof that we wrote it.

It stands in the Message-ID, which answers and reports quote, and in the sender of the envelope, to which servers
return what they cannot deliver (VERP). Strangers cannot make one, so nobody can end a message that is not theirs.
"""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

MARK = re.compile(r"(?<![\w-])m(\d{1,18})-([0-9a-f]{16})(?![0-9a-f])")
REPEATED_HEADERS = {"postmark": "X-PM-Metadata-mark", "mailjet": "X-MJ-CustomID"}


def mark_of(pk):
    return f"m{pk}-{_proof(pk)}"


def headers(pk):
    """For a provider that does not repeat our Message-ID when it tells what became of a mail."""
    name = REPEATED_HEADERS.get(settings.MAIL_WEBHOOK)
    return {name: mark_of(pk)} if name and pk else {}


def message_in(text):
    """The number of the message whose mark stands in `text`, or None."""
    return next((int(pk) for pk, proof in MARK.findall(text) if constant_time_compare(proof, _proof(pk))), None)


def envelope_sender(pk):
    """Where a mail that cannot be delivered returns to: BOUNCE_ADDRESS with the mark, "" without that setting."""
    mailbox, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    if not domain:
        return ""
    return f"{mailbox}+{mark_of(pk)}@{domain}" if pk else settings.BOUNCE_ADDRESS


def _proof(pk):
    return salted_hmac("clinic.bounces", str(pk), algorithm="sha256").hexdigest()[:16]
