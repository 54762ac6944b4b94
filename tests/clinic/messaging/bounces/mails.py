"""What comes back, as servers write it."""

from clinic.messaging.channels import mail_marks

REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mail.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report-1@mail.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Mon, 5 Jan 2026 09:00:00 +0000

Final-Recipient: rfc822; rasa@mail.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: text/rfc822-headers

From: desk@clinic.example
To: rasa@mail.example
Subject: Your visit
Message-ID: <{mark_inside}@clinic.example>

--b--
"""
COMPLAINT = """\
From: <abuse@provider.example>
To: bounces@clinic.example
Subject: FW: Your visit
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1

--b
Content-Type: message/rfc822

From: desk@clinic.example
To: rasa@mail.example
Subject: Your visit
Message-ID: <0123.{mark}@clinic.example>

Please come.

--b--
"""
WRITTEN = """\
From: Rasa <{sender}>
To: bounces@clinic.example
Subject: Re: Your visit
Message-ID: <answer-1@mail.example>
In-Reply-To: <0123.{mark}@clinic.example>
{more}Content-Type: text/plain; charset=utf-8

{words}

On Monday Linden Pain Clinic wrote:
> Please come.
"""


def report(message, *, action="failed", status="5.1.1", said="550 5.1.1 User unknown", by="envelope"):
    """A report on a delivery; `by`: where the mark stands, in the "envelope" or "inside"; or nowhere."""
    mark = mail_marks.mark_of(message.pk)
    to = f"bounces+{mark}@clinic.example" if by == "envelope" else "bounces@clinic.example"
    inside = f"0123.{mark}" if by == "inside" else "0123"
    return REPORT.format(to=to, mark_inside=inside, action=action, status=status, said=said).encode()


def complaint(message):
    return COMPLAINT.format(mark=mail_marks.mark_of(message.pk)).encode()


def written(message=None, *, words="I cannot come on Friday.", sender="rasa@mail.example", more=""):
    mark = mail_marks.mark_of(message.pk) if message else "of-nobody"
    return WRITTEN.format(mark=mark, words=words, sender=sender, more=more).encode()
