"""E-mail by SMTP. It knows no keys and cannot be queried, but the Message-ID is the same for the same key."""

import hashlib
import re
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

from clinic.messaging.channels import (
    ChannelDown,
    Outgoing,
    PermanentRefusal,
    TemporaryFailure,
    Unanswered,
    calendar_part,
    html_mail,
    mail_marks,
)
from clinic.messaging.channels.smtp_session import Session, Step

ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")  # RFC 3463
BAD_ADDRESS, TOO_BIG = "5.1.3", 552
# Answers to a reader's address that are about us. It shuts down; sign in first (RFC 4954); it takes no mail of ours.
ABOUT_US = {421, 530, 534, 535, 538}
NO_RELAY = re.compile(r"relay\w* (access )?(denied|not permitted|prohibited)|(unable|not permitted) to relay", re.I)


class Letter(EmailMultiAlternatives):
    """Text and HTML. The lines between the parts are made of the key, so the same message is the same mail."""

    key_digest = ""

    def message(self):
        mail = super().message()
        for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
            part.set_boundary(f"=_{self.key_digest}{f'_{number}' if number else ''}")
        return mail


class SmtpChannel:
    remembers_keys = False
    can_be_asked = False

    def __init__(self, url="", *, name="smtp"):
        """`url` as in EMAIL_URL, which is the default."""
        self.url, self.name = url or settings.EMAIL_URL, name

    def send(self, outgoing: Outgoing) -> str:
        mail, to = _letter(outgoing), _reader(outgoing)
        session = Session(self.url, outgoing)
        try:
            session.open()
            session.hand_over(mail.message().as_bytes(linesep="\r\n"), sender=_sender(outgoing), to=to)
        except smtplib.SMTPResponseException as refusal:
            raise _meaning(refusal, session.step) from refusal
        except (smtplib.SMTPException, OSError) as error:
            raise _what_broke(error, session.step) from error
        finally:
            session.say_goodbye()
        return mail.extra_headers["Message-ID"]

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        return []

    def sent_to(self, address, *, since):
        return []

    def heard(self, *, since):
        return []


def _letter(outgoing):
    digest = hashlib.sha256(outgoing.key.encode()).hexdigest()[:32]
    # Short enough for one line: a Message-ID that is folded is not understood everywhere.
    name = f"{digest[:16]}.{mail_marks.mark_of(outgoing.message_id)}" if outgoing.message_id else digest
    headers = {
        "Message-ID": f"<{name}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
        **_unsubscribing(outgoing.stop_link),
        **mail_marks.headers(outgoing.message_id),
    }
    reply_to = [] if settings.CLINIC_EMAIL in settings.DEFAULT_FROM_EMAIL else [settings.CLINIC_EMAIL]
    mail = Letter(outgoing.subject, outgoing.body, to=[outgoing.address], reply_to=reply_to, headers=headers)
    mail.attach_alternative(html_mail.to_html(outgoing), "text/html")
    if outgoing.calendar:
        _attach_calendar(mail, outgoing)
    mail.key_digest = digest
    return mail


def _attach_calendar(mail, outgoing):
    """As a part that mail programs act on (RFC 6047), and as a file for those that only know files."""
    method, text = calendar_part.addressed(outgoing)
    mail.attach_alternative(text, f"text/calendar; method={method}")
    mail.attach("visit.ics", text.encode(), "application/ics")


def _unsubscribing(link):
    """The button that mail programs show beside the sender (RFC 8058: one click posts to the link, by https only)."""
    if not link:
        return {}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link.startswith("https:") else {}
    return {"List-Unsubscribe": f"<{link}>", **one_click}


def _meaning(refusal, step):
    """What an answer says, by what it was about: us, this message, or its reader.

    Before the reader was named it is about us, and every mail would fare alike; only the size is the message's own.
    """
    code, reply = refusal.smtp_code, refusal.smtp_error
    reply = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    text = f"{code} {reply}"[:300]
    if step <= Step.MAIL and code != TOO_BIG:
        return ChannelDown(text)
    if step == Step.RCPT and (code in ABOUT_US or NO_RELAY.search(reply)):
        return ChannelDown(text)
    if 500 <= code < 600:
        enhanced = ENHANCED.match(reply)
        return PermanentRefusal(text, code=enhanced[0] if enhanced else str(code))
    return TemporaryFailure(text)


def _what_broke(error, step):
    """The server is gone or silent. Once the text was on its way, nobody knows whether it was accepted."""
    name = f"{type(error).__name__} ({step.name})"
    if step >= Step.TEXT:
        return Unanswered(name)
    return (ChannelDown if step <= Step.MAIL else TemporaryFailure)(name)


def _sender(outgoing):
    """Of the envelope: where it comes back to if it cannot be delivered."""
    if returned_to := mail_marks.envelope_sender(outgoing.message_id):
        return returned_to
    return parseaddr(sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8"))[1]


def _reader(outgoing):
    try:
        address = sanitize_address(outgoing.address, "utf-8")
    except ValueError:
        address = ""
    if "@" not in address:
        raise PermanentRefusal(_("this is no e-mail address"), code=BAD_ADDRESS)
    return address


def _domain():
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
