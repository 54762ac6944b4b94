"""E-mail to a real server that is ill, slow or refuses: is it the server, the message, or its reader?"""

import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult

from clinic.messaging.channels import (
    ChannelDown,
    Lease,
    LeaseExpired,
    Outgoing,
    PermanentRefusal,
    TemporaryFailure,
    Unanswered,
    registry,
    smtp_session,
)
from tests.services import free_port

LETTER = Outgoing(key="visit:1:email", address="rasa@mail.example", subject="Your visit", body="Iki pirmadienio, ąčę.")


def send(outgoing=LETTER):
    [channel] = registry.ways_out("email")
    return channel.send(outgoing)


def failure_of(outgoing=LETTER):
    with pytest.raises((TemporaryFailure, PermanentRefusal, Unanswered)) as caught:
        send(outgoing)
    return caught.value


@pytest.fixture
def patience(settings):
    """`patience(rcpt=0.2)`: seconds that the steps may take."""

    def be(**seconds):
        settings.SMTP_SECONDS = settings.SMTP_SECONDS | seconds

    return be


@pytest.fixture
def certificate(tmp_path):
    """Made for localhost, signed by nobody. An SSLContext; `path` is the file."""
    key, path = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", path]
    subprocess.run([*command, *subject], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path, key)
    context.path = str(path)
    return context


@pytest.mark.parametrize(
    ("moods", "error"),
    [
        # Before the reader is named it is about us: every mail would fare alike.
        ({"GREETING": "421 too busy"}, ChannelDown),
        ({"GREETING": "554 not you"}, ChannelDown),
        ({"GREETING": "hang up"}, ChannelDown),
        ({"MAIL": "421 closing"}, ChannelDown),
        ({"MAIL": "451 4.3.0 no space"}, ChannelDown),
        ({"MAIL": "530 5.7.0 sign in first"}, ChannelDown),
        ({"MAIL": "550 5.7.1 sender not allowed"}, ChannelDown),
        ({"MAIL": "hang up"}, ChannelDown),
        ({"MAIL": "552 5.3.4 too big"}, PermanentRefusal),
        # About the reader, unless it says otherwise.
        ({"RCPT": "450 4.2.1 busy mailbox"}, TemporaryFailure),
        ({"RCPT": "451 4.7.1 greylisted"}, TemporaryFailure),
        ({"RCPT": "421 closing"}, ChannelDown),
        ({"RCPT": "554 5.7.1 <rasa@mail.example>: Relay access denied"}, ChannelDown),
        ({"RCPT": "550 no such mailbox"}, PermanentRefusal),
        ({"RCPT": "hang up"}, TemporaryFailure),
        ({"DATA": "451 4.7.1 later"}, TemporaryFailure),
        ({"DATA": "554 5.7.1 no"}, PermanentRefusal),
        ({"DATA": "hang up"}, TemporaryFailure),
        # About the text.
        ({"ANSWER": "421 closing"}, TemporaryFailure),
        ({"ANSWER": "452 4.3.1 full"}, TemporaryFailure),
        ({"ANSWER": "554 5.6.0 no"}, PermanentRefusal),
        ({"ANSWER": "hang up"}, Unanswered),
    ],
)
def test_an_answer_is_about_the_server_the_message_or_its_reader(moody_mail, moods, error):
    moody_mail(**moods)

    assert type(failure_of()) is error


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("550 5.1.1 User unknown", "5.1.1"),
        ("550 no such mailbox", "550"),
        ("554 5.7.1 Blocked, see 5.1.2.3", "5.7.1"),
        ("554 Client 5.1.2.3 blocked", "554"),
    ],
)
def test_a_refusal_has_the_servers_own_number(moody_mail, answer, code):
    moody_mail(RCPT=answer)

    refusal = failure_of()

    assert (refusal.code, str(refusal)) == (code, answer)


def test_an_address_that_is_none_is_refused_without_asking(moody_mail):
    moody_mail()

    refusal = failure_of(replace(LETTER, address="rasa at mail"))

    assert (type(refusal), refusal.code) == (PermanentRefusal, "5.1.3")


# Nobody there, or nobody we trust


def test_a_server_that_wants_nobody_says_nothing_about_the_message(settings):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"

    assert type(failure_of()) is ChannelDown


def test_a_server_that_has_no_address_says_nothing_about_the_message(settings):
    settings.EMAIL_URL = "smtp://mail.invalid:25"

    assert type(failure_of()) is ChannelDown


def test_a_server_without_a_certificate_that_we_trust_gets_nothing(moody_mail, certificate):
    server = moody_mail(tls=certificate)

    assert (type(failure_of()), server.mails) == (ChannelDown, 0)


def test_a_server_with_a_certificate_that_we_trust_gets_the_mail(moody_mail, certificate, monkeypatch, settings):
    server = moody_mail(tls=certificate)
    settings.EMAIL_URL = settings.EMAIL_URL.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", certificate.path)
    smtp_session._tls.cache_clear()

    send()

    assert server.mails == 1
    smtp_session._tls.cache_clear()


def test_a_server_that_speaks_no_tls_gets_nothing_where_we_want_it(moody_mail, settings):
    server = moody_mail()
    settings.EMAIL_URL = settings.EMAIL_URL.replace("smtp:", "smtp+tls:")

    assert (type(failure_of()), server.mails) == (ChannelDown, 0)


def test_a_sign_in_that_is_refused_says_nothing_about_the_message(moody_mail, settings):
    server = moody_mail()
    nobody = AuthResult(success=False, handled=False)
    server.options |= {"auth_require_tls": False, "authenticator": lambda *args: nobody}
    settings.EMAIL_URL = settings.EMAIL_URL.replace("://", "://clinic:wrong@")

    failure = failure_of()

    assert (type(failure), str(failure)[:3], server.mails) == (ChannelDown, "535", 0)


# Slow


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("GREETING", ChannelDown),
        ("MAIL", ChannelDown),
        ("RCPT", TemporaryFailure),
        ("DATA", TemporaryFailure),
        ("ANSWER", Unanswered),
    ],
)
def test_each_step_has_its_own_patience(moody_mail, patience, step, error):
    moody_mail(**{step: 2})
    patience(**{step.lower(): 0.2})

    began = time.monotonic()

    assert (type(failure_of()), time.monotonic() - began < 1.9) == (error, True)


@pytest.mark.parametrize("step", ["GREETING", "MAIL", "RCPT", "DATA", "ANSWER"])
def test_an_answer_that_comes_late_but_in_time_counts(moody_mail, patience, step):
    server = moody_mail(**{step: 0.7})
    patience(**dict.fromkeys(["greeting", "mail", "rcpt", "data", "answer"], 0.3) | {step.lower(): 5})

    send()

    assert server.mails == 1


def test_the_patience_of_rfc_5321_is_the_default(settings):
    minutes = {step: seconds / 60 for step, seconds in settings.SMTP_SECONDS.items() if step != "connect"}

    assert minutes == {"greeting": 5, "mail": 5, "rcpt": 5, "data": 2, "text": 3, "answer": 10}


def test_a_server_that_answers_letter_by_letter_is_given_up_in_time(settings, patience):
    patience(greeting=0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=drip, args=[listener], daemon=True).start()
        began = time.monotonic()

        assert (type(failure_of()), time.monotonic() - began < 2) == (ChannelDown, True)


def drip(listener):
    connection, _address = listener.accept()
    try:
        for letter in "220 mail.example is here\r\n" * 4:
            connection.sendall(letter.encode())
            time.sleep(0.1)
    except OSError:
        pass


def test_a_server_that_hangs_at_the_goodbye_has_the_mail_all_the_same(moody_mail, monkeypatch):
    monkeypatch.setattr(smtp_session, "GOODBYE_SECONDS", 0.2)
    server = moody_mail(QUIT=3)

    assert (send().startswith("<"), server.mails) == (True, 1)


@pytest.mark.parametrize(("seconds", "many"), [(0.3, 0), (30, 1)])
def test_the_text_does_not_leave_when_the_claim_ran_out_while_the_server_thought(moody_mail, seconds, many):
    server = moody_mail(DATA=0.6)
    letter = replace(LETTER, lease=Lease(time.monotonic() + seconds))

    if many:
        send(letter)
    else:
        with pytest.raises(LeaseExpired):
            send(letter)

    assert server.mails == many


# Two providers


def test_each_server_is_a_way_out_with_a_name_that_stays(settings, moody_mail):
    first, second = moody_mail(), moody_mail()
    settings.EMAIL_URL, settings.EMAIL_URL_2 = (f"smtp://127.0.0.1:{server.port}" for server in (first, second))

    assert [way.name for way in registry.ways_out("email")] == ["smtp", "smtp-2"]
    registry.way_named("smtp-2").send(LETTER)
    assert (first.mails, second.mails) == (0, 1)
