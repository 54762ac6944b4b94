"""E-mail by SMTP. It knows no keys and cannot be asked, but the Message-ID is the same for the same key."""

import hashlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from clinic.channels import Outgoing, PermanentRefusal, TemporaryFailure


class SmtpChannel:
    remembers_keys = False
    can_be_asked = False

    def send(self, outgoing: Outgoing) -> str:
        message_id = f"<{hashlib.sha256(outgoing.key.encode()).hexdigest()[:32]}@{_domain()}>"
        mail = EmailMessage(
            outgoing.subject,
            outgoing.body,
            to=[outgoing.address],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
            connection=get_connection(settings.EMAIL_BACKEND),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _failure(code, reply) from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(type(error).__name__) from error
        return message_id

    def find(self, key: str) -> None:
        return None


def _failure(code, reply):
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    kind = PermanentRefusal if 500 <= code < 600 else TemporaryFailure
    return kind(f"{code} {text}"[:300])


def _domain():
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
