"""The mailbox, read by IMAP: everything once, nothing deleted, one bad mail stops nobody."""

import imaplib
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from clinic.messaging.bounces import mailbox, reports
from clinic.models import WorkItem
from tests import factories
from tests.architecture.source import ROOT
from tests.clinic.messaging.bounces import mails
from tests.factories import NOW
from tests.imap import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings):
    box = Mailbox()
    box.start()
    settings.BOUNCE_IMAP_URL = box.url
    yield box
    box.stop()


@pytest.fixture
def message():
    patient = factories.patient(email="rasa@mail.example")
    return factories.message(patient=patient, status="accepted", tries=1, ended_at=NOW, accepted_at=NOW)


def test_what_came_back_is_read_once_and_kept(box, message):
    box.put(mails.report(message))

    assert [mailbox.read(at=NOW) for _time in range(2)] == [1, 0]

    message.refresh_from_db()
    assert (message.status, box.flags, len(box.mails)) == ("dead", [{r"\Seen"}], 1)


def test_one_mail_that_breaks_the_reader_stops_nobody_and_is_shown_to_a_person(box, message, monkeypatch):
    usual = reports.read
    monkeypatch.setattr(reports, "read", lambda content: 1 / 0 if content == b"bad" else usual(content))
    box.put(b"bad")
    box.put(mails.report(message))

    assert mailbox.read(at=NOW) == 2

    message.refresh_from_db()
    assert (message.status, box.flags) == ("dead", [{r"\Seen", r"\Flagged"}, {r"\Seen"}])


def test_mail_of_strangers_gets_a_flag_and_a_person_is_told_once_a_day(box):
    for number in range(3):
        box.put(mails.written(sender=f"stranger-{number}@elsewhere.example"))
        mailbox.read(at=NOW)

    assert box.flags == [{r"\Seen", r"\Flagged"}] * 3
    assert [item.kind for item in WorkItem.objects.all()] == ["mail_strange"]


def test_a_mail_whose_reading_broke_off_is_read_again(box, message):
    box.put(mails.report(message))
    box.breaks_at = "UID"

    with pytest.raises((OSError, imaplib.IMAP4.error)):
        mailbox.read(at=NOW)
    box.breaks_at = None

    assert (mailbox.read(at=NOW), WorkItem.objects.count()) == (1, 1)


@pytest.mark.parametrize(("right", "wrong"), [("secret", "lie"), ("INBOX", "Elsewhere")])
def test_a_mailbox_that_lets_nobody_in_is_an_error(box, settings, right, wrong):
    settings.BOUNCE_IMAP_URL = box.url.replace(right, wrong)

    with pytest.raises(imaplib.IMAP4.error):
        mailbox.read(at=NOW)


def test_the_command_reads_it(box, message, capsys):
    box.put(mails.report(message))

    call_command("read_bounces")

    assert capsys.readouterr().out == "1 mails read.\n"


def test_the_command_says_what_is_missing(settings):
    settings.BOUNCE_IMAP_URL = ""

    with pytest.raises(CommandError, match="BOUNCE_IMAP_URL"):
        call_command("read_bounces")


@pytest.mark.once
@pytest.mark.parametrize(("url", "known"), [("imaps://user:password@mail.example", True), ("", False)])
def test_beat_and_cron_read_it_where_there_is_one(url, known):
    code = "import django; django.setup(); from clinic.models.chores import CHORES; print([*CHORES])"
    env = os.environ | {"BOUNCE_IMAP_URL": url, "DJANGO_SETTINGS_MODULE": "clinic.settings"}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert ("read-bounces" in done.stdout) is known
