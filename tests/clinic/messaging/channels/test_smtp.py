"""E-mail to a real server: what it is given."""

import pytest

from clinic.messaging.channels import Outgoing
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
