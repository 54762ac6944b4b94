"""Reading what came back: a report on a delivery (RFC 3464), a complaint (RFC 5965), a machine's answer, or a person's.

What no rule knows is for a person: only what is unmistakable acts by itself.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from enum import StrEnum
from html import unescape

from clinic.messaging.channels import mail_marks

STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
SAID_NO = re.compile(r"\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b")
ROBOTS = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
AWAY = re.compile(
    r"^(automatic reply|auto(matische)?[ -]?(reply|response|antwort)|out of (the )?office)", re.IGNORECASE
)
MAILBOXES = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "In-Reply-To", "References")
QUOTED = re.compile(r"^(>|On .{5,200} wrote:$|-----Original Message)")


class Kind(StrEnum):
    FAILED = "failed"  # it will never arrive
    DELAYED = "delayed"  # the server still tries
    ARRIVED = "arrived"
    COMPLAINT = "complaint"  # the reader called it unwanted
    AUTOMATIC = "automatic"  # somebody is away
    WORDS = "words"  # somebody wrote


@dataclass(frozen=True)
class Report:
    """What came back. `message_id`: our number of the mail it is about, or None.

    `code` is the server's own number ("5.1.1"), `detail` what it said. Of a person: `sender` and `words`.
    `reference` is the Message-ID of what came back itself.
    """

    kind: Kind
    message_id: int | None = None
    code: str = ""
    detail: str = ""
    sender: str = ""
    words: str = ""
    reference: str = ""


def read(content):
    """The report in these bytes of a mail. Never raises: what cannot be read is words for a person."""
    try:
        return _read(message_from_bytes(content, policy=default))
    except Exception:  # the standard library's parser gives up on some headers, each in its own way
        text = content[:20_000].decode(errors="replace")
        return Report(Kind.WORDS, message_id=mail_marks.message_in(text), words=" ".join(text.split()))


def _read(mail):
    about = {"message_id": _message_of(mail), "reference": _header(mail, "Message-ID")}
    kind, code, detail = _kind(mail)
    if kind == Kind.WORDS:
        return Report(kind, **about, sender=_sender(mail), words=_words(mail))
    return Report(kind, **about, code=code, detail=detail[:300])


def code_in(text):
    """The number of RFC 3463 in a server's words, or ""."""
    found = STATUS.search(text)
    return found[1] if found else ""


def _kind(mail):
    report_type = str(mail.get_param("report-type") or "").lower()
    if report_type == "feedback-report":
        return Kind.COMPLAINT, "", ""
    if report_type == "delivery-status":
        return _of_delivery(mail)
    if report_type == "disposition-notification":
        return Kind.AUTOMATIC, "", ""
    text = _text(mail)
    if ROBOTS.match(_sender(mail)) or _header(mail, "Return-Path").strip() == "<>":
        said = SAID_NO.search(text)
        return (Kind.FAILED, code_in(text), _first_line(text, said)) if said else (Kind.AUTOMATIC, "", "")
    return (Kind.AUTOMATIC if _is_automatic(mail) else Kind.WORDS), "", ""


def _of_delivery(mail):
    """The worst of what it says: one mail of ours has one reader, who may have forwarded it to several."""
    worst = (Kind.AUTOMATIC, "", "")
    kinds = {"failed": Kind.FAILED, "delayed": Kind.DELAYED, "delivered": Kind.ARRIVED}
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload():
            kind = kinds.get(_header(fields, "Action").strip().lower())
            if kind and (worst[0] == Kind.AUTOMATIC or kind == Kind.FAILED):
                said = _header(fields, "Diagnostic-Code").partition(";")[2] or _header(fields, "Status")
                worst = (kind, code_in(_header(fields, "Status") + " " + said), " ".join(said.split()))
    return worst


def _message_of(mail):
    """By the mark in its own headers, or in those of our mail that it brings along."""
    headers = " ".join(value for name in MAILBOXES for value in map(str, mail.get_all(name, [])))
    if (found := mail_marks.message_in(headers)) is not None:
        return found
    inner = [part for part in mail.walk() if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")]
    return mail_marks.message_in(" ".join(part.as_string()[:20_000] for part in inner))


def _is_automatic(mail):
    said = _header(mail, "Auto-Submitted").strip().lower()
    if said and said != "no":
        return True
    precedence = _header(mail, "Precedence").strip().lower()
    marked = any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id"))
    return precedence in ("bulk", "auto_reply", "junk", "list") or marked or bool(AWAY.match(_header(mail, "Subject")))


def _words(mail):
    """What somebody wrote, without what it answers to."""
    lines = []
    for line in _text(mail).splitlines():
        if QUOTED.match(line.strip()):
            break
        lines.append(line)
    return " ".join(f"{_header(mail, 'Subject')}\n{' '.join(lines)}".split())


def _text(mail):
    part = mail.get_body(["plain", "html"])
    try:
        text = part.get_content() if part else ""
    except (LookupError, ValueError, KeyError):  # an alphabet that nobody knows
        text = str(part.get_payload())
    return unescape(re.sub(r"<[^>]*>", " ", text)) if part and part.get_content_subtype() == "html" else text


def _sender(mail):
    addresses = getattr(mail.get("From"), "addresses", ())
    return addresses[0].addr_spec if addresses else _header(mail, "From")


def _header(mail, name):
    return str(mail.get(name, ""))


def _first_line(text, found):
    return " ".join(text[found.start() :].splitlines()[0].split())
