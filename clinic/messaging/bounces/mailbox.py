"""The mailbox to which mails come back, read by IMAP.

Nothing is deleted: what was read is marked as seen. What nobody here knows is marked with a flag, and once a day a
person is told how much of it there is.
"""

import imaplib
import logging
import ssl
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.messaging.bounces import news, reports

logger = logging.getLogger(__name__)

SECONDS = 30
MANY = 200  # in one run; the rest in the next
LONGEST_BYTES = 500_000  # a report quotes our mail; beyond that there are attachments


def read(*, at):
    """Read what is new. Returns how many mails. Raises OSError and imaplib.IMAP4.error while the mailbox is away."""
    with _opened(settings.BOUNCE_IMAP_URL) as mailbox:
        numbers = _new(mailbox)
        strange = [number for number in numbers if not _take(mailbox, number, at=at)]
    if strange:
        _tell_of_strangers(at=at)
    return len(numbers)


@contextmanager
def _opened(url):
    """imaps://user:password@host:993/folder; imap:// without TLS is for a server on the same machine."""
    parts = urlsplit(url)
    if parts.scheme == "imaps":
        tls = ssl.create_default_context()  # imaplib's own would trust anybody
        mailbox = imaplib.IMAP4_SSL(parts.hostname, parts.port or 993, ssl_context=tls, timeout=SECONDS)
    else:
        mailbox = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=SECONDS)
    try:
        mailbox.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        _must_be_ok(mailbox.select(f'"{folder}"'), "select")
        yield mailbox
    finally:
        mailbox.shutdown()


def _new(mailbox):
    answer = _must_be_ok(mailbox.uid("SEARCH", "UNSEEN"), "search")
    return (answer[0] or b"").split()[:MANY]


def _take(mailbox, number, *, at):
    """Read one mail and act; True if it concerned anybody. It counts as seen only after what it says is stored."""
    parts = _must_be_ok(mailbox.uid("FETCH", number, f"(BODY.PEEK[]<0.{LONGEST_BYTES}>)"), "fetch")
    content = b"".join(part[1] for part in parts if isinstance(part, tuple))
    try:
        is_known = news.note(reports.read(content), at=at)
    except Exception:
        # One mail that breaks the reader must not stop those behind it: a person looks at it.
        logger.exception("a mail that came back could not be read")
        is_known = False
    flags = r"(\Seen)" if is_known else r"(\Seen \Flagged)"
    _must_be_ok(mailbox.uid("STORE", number, "+FLAGS", flags), "store")
    return is_known


def _tell_of_strangers(*, at):
    worklist.open(
        work_kinds.MAIL_STRANGE,
        cause=None,
        occasion=timezone.localdate(at).isoformat(),
        what_to_say=_("In the mailbox for returned mail is mail from somebody we do not know. It has a flag."),
        due_at=at,
    )


def _must_be_ok(answer, what):
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{what}: {status}")
    return data
