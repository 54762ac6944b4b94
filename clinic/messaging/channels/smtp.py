"""E-mail by SMTP. It knows no keys and cannot be queried, but the Message-ID is the same for the same key."""

import hashlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from clinic.messaging.channels import LeaseExpired, Outgoing, PermanentRefusal, TemporaryFailure, Unanswered, html_mail

LOST = (smtplib.SMTPServerDisconnected, OSError)


class TrackingBackend(EmailBackend):
    """Django's SMTP, which notes whether sending the message's text has begun."""

    has_handed_over = False
    outgoing = None

    @property
    def connection_class(self):
        backend = self

        class Connection(super().connection_class):
            def send(self, part):
                """Commands are str, the text is bytes: it leaves last, after the server has taken its time."""
                if isinstance(part, bytes):
                    try:
                        backend.outgoing.must_still_be_ours()
                    except LeaseExpired:
                        self.close()  # a text that was not finished is not taken
                        raise
                    backend.has_handed_over = True
                super().send(part)

        return Connection


class Letter(EmailMultiAlternatives):
    """Text and HTML. The line between the two parts is made of the key, so the same message is the same mail."""

    key_digest = ""

    def message(self):
        mail = super().message()
        mail.set_boundary(f"=_{self.key_digest}")
        return mail


class SmtpChannel:
    remembers_keys = False
    can_be_asked = False

    def send(self, outgoing: Outgoing) -> str:
        digest = hashlib.sha256(outgoing.key.encode()).hexdigest()[:32]
        message_id = f"<{digest}@{_domain()}>"
        mail = Letter(
            outgoing.subject,
            outgoing.body,
            to=[outgoing.address],
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                **_unsubscribing(outgoing.stop_link),
            },
            connection=TrackingBackend(),
        )
        mail.attach_alternative(html_mail.to_html(outgoing), "text/html")
        mail.key_digest = digest
        mail.connection.outgoing = outgoing
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error) from error
        except (smtplib.SMTPException, OSError) as error:
            # Also a server that refuses the connection: that says nothing about the message or its address.
            handed_over = isinstance(error, LOST) and mail.connection.has_handed_over
            raise (Unanswered if handed_over else TemporaryFailure)(type(error).__name__) from error
        return message_id

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        return []


def _unsubscribing(link):
    """The button that mail programs show beside the sender (RFC 8058: one click posts to the link, by https only)."""
    if not link:
        return {}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link.startswith("https:") else {}
    return {"List-Unsubscribe": f"<{link}>", **one_click}


def _refusal(error):
    """5xx for the recipient or the content is permanent, 4xx is temporary."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
    else:
        code, reply = error.smtp_code, error.smtp_error
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    kind = PermanentRefusal if 500 <= code < 600 else TemporaryFailure
    return kind(f"{code} {text}"[:300])


def _domain():
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
