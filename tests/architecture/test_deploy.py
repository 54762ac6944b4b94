"""A clinic in production starts without a warning from Django, and never as a demo."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.once

PRODUCTION = {
    "SITE_URL": "https://clinic.example",
    "ALLOWED_HOSTS": "clinic.example",
    "SECRET_KEY": "a long key of many letters and 0123456789 that a machine made up, once, for this clinic",
    "DEMO": "false",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "SMS_CHANNEL": "none",
}


def check_deploy(tmp_path, **env):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | PRODUCTION | env
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_production_has_nothing_to_warn_about(tmp_path):
    checked = check_deploy(tmp_path)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_production_is_never_a_demo(tmp_path):
    checked = check_deploy(tmp_path, DEMO="true")

    assert checked.returncode == 1
    assert "DEMO" in checked.stderr


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"SMS_CHANNEL": "twilio"}, "no SMS can leave"),
        ({"MESSAGES_TO_FILES": "true"}, "reach nobody"),
        ({"EMAIL_URL_2": "consolemail://"}, "EMAIL_URL_2 does not begin with smtp"),
        ({"TWILIO_ACCOUNT_SID_2": "AC1"}, "TWILIO_AUTH_TOKEN_2"),
        ({"SMTP_SECONDS": "greting=3"}, "greting"),
        ({"BOUNCE_IMAP_URL": "imaps://user:password@mail.example"}, "needs BOUNCE_ADDRESS"),
        ({"MAIL_WEBHOOK": "postmark", "MAILGUN_WEBHOOK_SIGNING_KEY": "key"}, "needs MAIL_WEBHOOK_SECRET"),
        ({"MAIL_WEBHOOK": "mailgun", "MAIL_WEBHOOK_SECRET": "user:password"}, "Mailgun: its key"),
        ({"MAIL_WEBHOOK": "sendgrid", "MAIL_WEBHOOK_SECRET": "user:password"}, "MAIL_WEBHOOK is a provider"),
    ],
)
def test_production_knows_what_it_cannot_send(tmp_path, env, said):
    checked = check_deploy(tmp_path, **env)

    assert (checked.returncode, said in checked.stderr) == (1, True)
