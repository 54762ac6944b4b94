"""One talk with a mail server about one mail, with the patience that RFC 5321 (4.5.3.2) asks for at each step.

`SMTP_SECONDS` says how long each step may take: the whole step, so that a server that answers letter by letter is no
exception. How far a talk had come decides what an error means: `channels.smtp` reads `step`.
"""

import io
import smtplib
import ssl
import time
from enum import IntEnum
from functools import lru_cache

import environ
from django.conf import settings
from django.core.mail.utils import DNS_NAME

from clinic.messaging.channels import LeaseExpired

GOODBYE_SECONDS = 5


class Step(IntEnum):
    """How far a talk has come; `SMTP_SECONDS` has the same names."""

    CONNECT = 1
    GREETING = 2  # and all until the server lets us in: TLS, EHLO, sign-in
    MAIL = 3
    RCPT = 4
    DATA = 5
    TEXT = 6
    ANSWER = 7


class Session(smtplib.SMTP):
    """`open`, then `hand_over`, then `say_goodbye`. `step` is where it is, or where it broke."""

    def __init__(self, url, outgoing):
        super().__init__(local_hostname=DNS_NAME.get_fqdn())
        self.server, self.outgoing = environ.Env.email_url_config(url), outgoing
        self._begin(Step.CONNECT)

    def open(self):
        """Until the server lets us in. Raises OSError, SMTPException."""
        self.timeout, self._host = settings.SMTP_SECONDS["connect"], self.server["EMAIL_HOST"]
        _must_be([220], *self.connect(self._host, self.server["EMAIL_PORT"] or 0))
        if self.server.get("EMAIL_USE_TLS"):
            self.starttls(context=_tls())
        self.ehlo_or_helo_if_needed()
        if self.server["EMAIL_HOST_USER"] and self.server["EMAIL_HOST_PASSWORD"]:
            self.login(self.server["EMAIL_HOST_USER"], self.server["EMAIL_HOST_PASSWORD"])

    def hand_over(self, text, *, sender, to):
        """Returns when the server has accepted the text. Raises OSError, SMTPException, LeaseExpired."""
        self._begin(Step.MAIL)
        _must_be([250], *self.mail(sender, [f"size={len(text)}"] if self.has_extn("size") else []))
        self._begin(Step.RCPT)
        _must_be([250, 251], *self.rcpt(to))
        self._begin(Step.DATA)
        _must_be([250], *self.data(text))

    def say_goodbye(self):
        """Whatever comes of it: all that matters has been said."""
        self._until = time.monotonic() + GOODBYE_SECONDS
        try:
            self.quit()
        except (OSError, smtplib.SMTPException):
            self.close()

    def send(self, part):
        """Commands are str, the text is bytes: it leaves last, after the server has taken its time."""
        if not isinstance(part, bytes):
            return super().send(part)
        try:
            self.outgoing.must_still_be_ours()
        except LeaseExpired:
            self.close()  # a text that was not finished is not taken
            raise
        self._begin(Step.TEXT)
        self.sock.settimeout(settings.SMTP_SECONDS["text"])
        super().send(part)
        return self._begin(Step.ANSWER)

    def getreply(self):
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_UntilTheStepEnds(self))
        return super().getreply()

    def read_into(self, buffer):
        """Waits for the server no longer than the step may take. Raises TimeoutError."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)
        return self.sock.recv_into(buffer)

    def _begin(self, step):
        self.step, self._until = step, time.monotonic() + settings.SMTP_SECONDS[step.name.lower()]

    def _get_socket(self, host, port, timeout):
        connected = super()._get_socket(host, port, timeout)
        self._begin(Step.GREETING)
        return _tls().wrap_socket(connected, server_hostname=host) if self.server.get("EMAIL_USE_SSL") else connected


class _UntilTheStepEnds(io.RawIOBase):
    """What a session reads its replies from."""

    def __init__(self, session):
        self._session = session

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._session.read_into(buffer)


@lru_cache(maxsize=1)
def _tls():
    """Reading the machine's certificates takes longer than sending a mail."""
    return ssl.create_default_context()


def _must_be(wanted, code, reply):
    if code not in wanted:
        raise smtplib.SMTPResponseException(code, reply)
