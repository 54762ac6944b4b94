"""Lines of the log without what opens a page: whoever reads a log must not be able to act for a patient.

Paths stand in lines about refused requests (403, 404, 409, 410, 500), in the lines of a web server, and in tracebacks.
So no caller needs to take care: each finished line is searched, also for tokens that were cut off or changed on their
way, because what is left of one can be guessed.

What a stranger asks for is one short line: no traceback, however often, and no more of it than tells what it was.
"""

import logging
import re

from clinic.lib.secret_addresses import secrets_in

HIDDEN = "[link]"
LONGEST_REFUSAL = 300
# What a signed token is about, a colon (servers also write %3A) and at least 27 letters of a keyed hash.
TOKEN = re.compile(r"[A-Za-z0-9][\w.=-]*(?:(?::|%3[Aa])[\w-]{1,10})?(?::|%3[Aa])[\w-]{27,}")
# Secrets that are no signed tokens, by what stands before them in a path.
SECRET = re.compile(
    r"(/password/reset/key/|/check-in/|/book/[\w-]+/(?=[\w-]+/(?:details|check|code|booked|visit\.ics)))[\w-]+"
)
# Any step of a path that is long and has letters and digits: nothing that a person would name a page.
LONG_STEP = re.compile(r"(/|%2[Ff])(?=[^/\s'\"]*\d)(?=[^/\s'\"]*[A-Za-z])(?!\d{4}-)[\w.:=~%+-]{16,}(?=/|\s|\?|['\"]|$)")


def redacted(line):
    return LONG_STEP.sub(rf"\1{HIDDEN}", SECRET.sub(rf"\1{HIDDEN}", TOKEN.sub(HIDDEN, line)))


def is_refusal(record):
    """A request that was refused for what it was, not for an error of ours."""
    return getattr(record, "status_code", 500) < 500


class LineFormatter(logging.Formatter):
    """As any other, but the finished line, with its traceback, says `[link]` for each secret of an address."""

    def format(self, record):
        if is_refusal(record):
            record.exc_info = record.exc_text = None
        line = super().format(record)
        for secret in secrets_in(getattr(record, "request", None)):
            line = line.replace(secret, HIDDEN)
        line = redacted(line)
        return line[:LONGEST_REFUSAL] if is_refusal(record) else line


class AnyFormatter:
    """Somebody else's formatter, redacted."""

    def __init__(self, formatter):
        self.formatter = formatter

    def format(self, record):
        return redacted(self.formatter.format(record))


def redact_handlers(logger, **kwargs):
    """For the handlers of a worker and a beat: Celery makes them itself, and tells."""
    for handler in logger.handlers:
        if handler.formatter and not isinstance(handler.formatter, AnyFormatter):
            handler.setFormatter(AnyFormatter(handler.formatter))
