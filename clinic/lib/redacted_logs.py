"""Lines of the log without what opens a page: whoever reads a log must not be able to act for a patient.

Paths stand in lines about refused requests (403, 404, 409, 500), in the lines of a web server, and in tracebacks. So
no caller needs to take care: each finished line is searched.
"""

import logging
import re

HIDDEN = "[link]"
# What a signed token is about, a colon (servers also write %3A) and at least 27 letters of a keyed hash.
TOKEN = re.compile(r"[A-Za-z0-9][\w.=-]*(?:(?::|%3[Aa])[\w-]{1,10})?(?::|%3[Aa])[\w-]{27,}")
# Secrets that are no signed tokens, by what stands before them in a path.
SECRET = re.compile(
    r"(/password/reset/key/|/check-in/|/book/[\w-]+/(?=[\w-]+/(?:details|check|booked|visit\.ics)))[\w-]+"
)


def redacted(line):
    return SECRET.sub(rf"\1{HIDDEN}", TOKEN.sub(HIDDEN, line))


class LineFormatter(logging.Formatter):
    """As any other, but the finished line, with its traceback, says `[link]` for each secret of an address."""

    def format(self, record):
        return redacted(super().format(record))


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
