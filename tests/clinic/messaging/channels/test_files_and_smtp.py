"""The ways out: files, and e-mail to a real server."""

import asyncio
import stat
import time
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from clinic.messaging.channels import Lease, LeaseExpired, Outgoing, PermanentRefusal, TemporaryFailure, Unanswered
from clinic.messaging.channels.files import FileChannel
from clinic.messaging.channels.smtp import SmtpChannel
from tests.factories import NOW
from tests.services import free_port

LETTER = Outgoing(key="visit:1:email", address="rasa@mail.example", subject="Your visit", body="Iki pirmadienio, ąčę.")


# Files


def test_file_channel_writes_one_file_for_a_key_however_often(tmp_path):
    channel = FileChannel(tmp_path / "new" / "email")

    references = {channel.send(LETTER) for _ in range(3)}

    [path] = (tmp_path / "new" / "email").iterdir()
    assert [path.name] == sorted(references) == channel.find(LETTER, since=NOW)
    assert path.read_text() == (
        "To: rasa@mail.example\nSubject: Your visit\nKey: visit:1:email\n\nIki pirmadienio, ąčę."
    )


def test_file_channel_keeps_keys_apart_that_look_alike(tmp_path):
    channel = FileChannel(tmp_path)
    keys = ["a:b", "a-b", "A:B", "../../a", "a" * 200, "a" * 201]

    for key in keys:
        channel.send(Outgoing(key=key, address="a@mail.example", subject="", body=key))

    assert len(list(tmp_path.iterdir())) == len(keys)


def test_file_channel_files_are_for_their_owner_only(tmp_path):
    FileChannel(tmp_path).send(LETTER)

    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_file_channel_finds_nothing_that_was_not_sent(tmp_path):
    assert FileChannel(tmp_path / "nowhere").find(LETTER, since=NOW) == []


def test_file_channel_says_later_when_it_cannot_write(tmp_path):
    (tmp_path / "email").write_text("in the way")

    with pytest.raises(TemporaryFailure):
        FileChannel(tmp_path / "email").send(LETTER)


# E-mail


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


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("421 closing", TemporaryFailure),
        ("451 later", TemporaryFailure),
        ("452 full", TemporaryFailure),
        ("550 no such mailbox", PermanentRefusal),
        ("554 no", PermanentRefusal),
    ],
)
def test_smtp_channel_tells_later_from_never(mail_goes_out, answer, error):
    mail_goes_out.refuse_with = answer

    with pytest.raises(error, match=answer):
        SmtpChannel().send(LETTER)


def test_smtp_channel_says_later_when_nobody_answers(settings, mail_goes_out):
    settings.EMAIL_PORT = free_port()

    with pytest.raises(TemporaryFailure, match="ConnectionRefusedError"):
        SmtpChannel().send(LETTER)


class Moody:
    """Refuses the reader of the letter, or hangs up when it hears of them."""

    def __init__(self, answer):
        self.answer = answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answer == "hang up":
            server.transport.close()
        if self.answer == "sleep":
            await asyncio.sleep(3)
        return self.answer


@pytest.fixture
def moody_server(settings):
    controllers = []

    def start(answer):
        controller = Controller(Moody(answer), hostname="127.0.0.1", port=free_port())
        controller.start()
        controllers.append(controller)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 1

    yield start
    for controller in controllers:
        controller.stop(no_assert=True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("450 busy mailbox", TemporaryFailure),
        ("550 no such mailbox", PermanentRefusal),
        ("hang up", TemporaryFailure),
        ("sleep", TemporaryFailure),
    ],
)
def test_smtp_channel_hears_what_is_said_of_the_reader(moody_server, answer, error):
    moody_server(answer)

    with pytest.raises(error):
        SmtpChannel().send(LETTER)


class HangsUpAfterData:
    """Takes the whole message and is gone before it answers."""

    async def handle_DATA(self, server, session, envelope):
        server.transport.abort()
        return "451 never read"


def test_smtp_answer_lost_after_the_text_is_doubt_and_not_a_failure(settings):
    controller = Controller(HangsUpAfterData(), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port

    try:
        with pytest.raises(Unanswered):
            SmtpChannel().send(Outgoing(key="k", address="rasa@mail.example", subject="s", body="b"))
    finally:
        controller.stop()


class HangsUpAtData(Controller):
    """Is gone before it allows the text."""

    def factory(self):
        class Server(SMTP):
            async def smtp_DATA(self, arg):
                self.transport.abort()

        return Server(self.handler)


def test_smtp_server_that_is_gone_before_the_text_has_it_not_for_certain(settings):
    controller = HangsUpAtData(Taken(), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port

    try:
        with pytest.raises(TemporaryFailure):
            SmtpChannel().send(LETTER)
    finally:
        controller.stop(no_assert=True)


class SlowToTakeTheText(Controller):
    """Lets the client wait for its leave to send the text, and knows what it got."""

    def factory(self):
        class Server(SMTP):
            async def smtp_DATA(self, arg):
                await asyncio.sleep(0.6)
                await super().smtp_DATA(arg)

        return Server(self.handler)


class Taken(list):
    async def handle_DATA(self, server, session, envelope):
        self.append(envelope.content)
        return "250 OK"


@pytest.mark.parametrize(("lease", "many"), [(0.3, 0), (30, 1)])
def test_smtp_text_is_not_sent_when_the_claim_ran_out_while_the_server_thought(settings, lease, many):
    controller = SlowToTakeTheText(Taken(), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    letter = replace(LETTER, lease=Lease(time.monotonic() + lease))

    try:
        if many:
            SmtpChannel().send(letter)
        else:
            with pytest.raises(LeaseExpired):
                SmtpChannel().send(letter)
    finally:
        controller.stop()
    assert len(controller.handler) == many


def test_smtp_server_that_wants_nobody_says_nothing_about_the_message(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    with pytest.raises(TemporaryFailure):
        SmtpChannel().send(Outgoing(key="k", address="rasa@mail.example", subject="s", body="b"))
