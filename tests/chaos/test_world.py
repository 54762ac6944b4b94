"""What the chaos suite takes for the truth: its servers' own logs."""

import pytest

from clinic.messaging.channels import Outgoing
from clinic.messaging.channels.smtp import SmtpChannel
from tests.chaos.mail_log import MailLog


@pytest.fixture
def mail_log(settings):
    log = MailLog()
    log.start()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{log.port}"
    yield log
    log.stop(no_assert=True)


def test_mail_log_knows_a_message_by_its_words_in_a_mail_of_several_parts(mail_log):
    for _time in range(2):
        SmtpChannel().send(
            Outgoing(key="chaos:7", address="reader7@mail.example", subject="A reminder", body="message 7")
        )

    assert [words for words, _at in mail_log.taken] == ["message 7", "message 7"]
