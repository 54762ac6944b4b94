"""E-mail to a real server: what it is given."""

from dataclasses import replace

import pytest
from icalendar import Calendar

from clinic.messaging.channels import Outgoing, mail_marks
from clinic.messaging.channels.smtp import SmtpChannel

LETTER = Outgoing(key="visit:1:email", address="rasa@mail.example", subject="Your visit", body="Iki pirmadienio, ąčę.")


def test_smtp_channel_sends_the_letter(mail_goes_out):
    reference = SmtpChannel().send(LETTER)

    [mail] = mail_goes_out.mails
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == ("rasa@mail.example", "Your visit", reference)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(["plain"]).get_content().strip() == "Iki pirmadienio, ąčę."


@pytest.mark.parametrize(
    ("link", "headers"),
    [
        ("", (None, None)),
        ("http://clinic.example/r/1", ("<http://clinic.example/r/1>", None)),
        ("https://clinic.example/r/1", ("<https://clinic.example/r/1>", "List-Unsubscribe=One-Click")),
    ],
)
def test_smtp_channel_tells_mail_programs_where_reminders_stop(mail_goes_out, link, headers):
    SmtpChannel().send(Outgoing(key="k", address="rasa@mail.example", subject="s", body="b", stop_link=link))

    [mail] = mail_goes_out.mails
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == headers


def test_smtp_channel_gives_a_key_the_same_message_id_and_others_another(mail_goes_out):
    channel = SmtpChannel()
    other = Outgoing(key="visit:2:email", address=LETTER.address, subject="", body="")

    first, again, another = channel.send(LETTER), channel.send(LETTER), channel.send(other)

    assert (first == again, first == another) == (True, False)
    assert [mail["Message-ID"] for mail in mail_goes_out.mails] == [first, first, another]


def test_smtp_channel_says_nothing_of_the_key_in_the_mail(mail_goes_out):
    """A key may name a procedure, and headers are read by many."""
    SmtpChannel().send(LETTER)

    assert "visit:1" not in mail_goes_out.mails[0].as_string()


# A calendar file with it

INVITATION = "\r\n".join(
    [
        *("BEGIN:VCALENDAR", "PRODID:-//Clinic//Visits//EN", "VERSION:2.0", "METHOD:REQUEST", "BEGIN:VTIMEZONE"),
        *("TZID:Europe/Vilnius", "BEGIN:STANDARD", "DTSTART:20260101T000000", "TZNAME:EET", "TZOFFSETFROM:+0200"),
        *("TZOFFSETTO:+0200", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", "UID:visit-1@clinic.example"),
        *("SEQUENCE:3", "DTSTART;TZID=Europe/Vilnius:20260302T090000", "SUMMARY:Žygimantė P.: visit"),
        *("ORGANIZER;CN=Clinic:mailto:desk@clinic.example", "DTSTAMP:20260301T070000Z", "END:VEVENT", "END:VCALENDAR"),
        "",
    ]
)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_calendar_file_is_a_part_that_mail_programs_act_on_and_a_file(mail_goes_out, method):
    SmtpChannel().send(replace(LETTER, calendar=INVITATION.replace("REQUEST", method)))

    [mail] = mail_goes_out.mails
    assert [part.get_content_type() for part in mail.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"),
    ]
    part, file = list(mail.walk())[-2:]
    assert (part["Content-Type"].params["method"], part["Content-Type"].params["charset"]) == (method, "utf-8")
    assert (file.get_filename(), file.get_content()) == ("visit.ics", part.get_payload(decode=True))
    [event] = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    assert (event["attendee"], event["attendee"].params["partstat"]) == ("mailto:rasa@mail.example", "ACCEPTED")
    assert (event["uid"], event["summary"], event["sequence"]) == ("visit-1@clinic.example", "Žygimantė P.: visit", 3)
    assert mail.get_body(["plain"]).get_content().strip() == LETTER.body


def test_same_message_is_the_same_mail_also_with_a_calendar_file(mail_goes_out):
    letter = replace(LETTER, calendar=INVITATION)

    for _ in range(2):
        SmtpChannel().send(letter)

    first, second = ([part.get_boundary() for part in mail.walk()] for mail in mail_goes_out.mails)
    assert (first == second, len({one for one in first if one})) == (True, 2)


def test_a_mail_has_our_mark_and_returns_to_the_mailbox_for_bounces(mail_goes_out, settings):
    settings.BOUNCE_ADDRESS = "bounces@clinic.example"
    reference = SmtpChannel().send(replace(LETTER, message_id=4711))

    [mail], [envelope] = mail_goes_out.mails, mail_goes_out.envelopes
    mark = mail_marks.mark_of(4711)
    assert (mail_marks.message_in(mail["Message-ID"]), mail["Message-ID"]) == (4711, reference)
    assert envelope.mail_from == f"bounces+{mark}@clinic.example"
    assert mail["From"] == "Linden Pain Clinic <desk@clinic.example>"


def test_without_a_mailbox_for_bounces_mails_return_to_the_clinic(mail_goes_out):
    SmtpChannel().send(replace(LETTER, message_id=4711))

    assert mail_goes_out.envelopes[0].mail_from == "desk@clinic.example"


@pytest.mark.parametrize(("sender", "answers"), [("noreply@clinic.example", "desk@clinic.example"), ("", None)])
def test_answers_go_to_the_clinic_whoever_sends(mail_goes_out, settings, sender, answers):
    settings.DEFAULT_FROM_EMAIL = sender or settings.DEFAULT_FROM_EMAIL
    SmtpChannel().send(LETTER)

    assert mail_goes_out.mails[0]["Reply-To"] == answers


@pytest.mark.parametrize(("provider", "name"), [("postmark", "X-PM-Metadata-mark"), ("mailjet", "X-MJ-CustomID")])
def test_a_provider_that_forgets_our_message_id_gets_the_mark_in_a_header(mail_goes_out, settings, provider, name):
    settings.MAIL_WEBHOOK = provider
    SmtpChannel().send(replace(LETTER, message_id=4711))

    assert mail_goes_out.mails[0][name] == mail_marks.mark_of(4711)
