"""A real worker dies at each step of delivering, one step after the other; then a healthy one goes on.

The worker that dies is `manage.py deliver_messages` in a process of its own, on this test's database. What was sent is
counted outside of it: the files in its folder, the mails that a real server took.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from clinic.messaging import delivery
from clinic.models import Message, WorkItem
from tests import factories
from tests.clinic.messaging.deliveries import the_lease_runs_out

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
DIED = 86

# Ends the process right before or after the first call of one function, without a word to anybody.
WORKER = """
import os, sys
import django
from django.core.management import execute_from_command_line
django.setup()
from clinic.messaging import claims, handover
from clinic.messaging.channels.files import FileChannel
from clinic.messaging.channels.sms import TwilioChannel
from clinic.messaging.channels.smtp import SmtpChannel

def dies(owner, name, moment):
    original = getattr(owner, name)
    def call(*args, **kwargs):
        if moment == "before":
            os._exit(86)
        original(*args, **kwargs)
        os._exit(86)
    setattr(owner, name, call)

moment, step = sys.argv[1:]
owner, _dot, name = step.partition(".")
for owner in [FileChannel, SmtpChannel, TwilioChannel] if owner == "channel" else [globals()[owner]]:
    dies(owner, name, moment)
execute_from_command_line(["manage.py", "deliver_messages"])
"""

STEPS = ["claims.take", "handover.steps", "claims.begin_call", "channel.send", "handover._record_accepted"]
CRASHES = [(moment, step) for step in STEPS for moment in ("before", "after")]
CATEGORIES = ["code", "notice", "reminder", "safety"]
# From the beginning of a call to its record nobody knows whether a server that remembers no keys has the mail. Several
# calls are open at a time: when one is recorded, others may be in doubt.
IN_THE_CALL = [
    ("after", "claims.begin_call"),
    ("before", "channel.send"),
    ("after", "channel.send"),
    ("before", "handover._record_accepted"),
    ("after", "handover._record_accepted"),
]
BY_SMTP = [
    (category, moment, step)
    for category in CATEGORIES
    for moment, step in CRASHES
    if (moment, step) in IN_THE_CALL or category == "code" or os.environ.get("CHAOS") == "full"
]


@pytest.fixture
def worker(tmp_path, settings):
    """Runs a worker that dies before or after a step, and lets its lease expire. Its files are in `tmp_path`."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "worker.py").write_text(WORKER)

    def run(moment, step, **env):
        command = [sys.executable, str(tmp_path / "worker.py"), moment, step]
        env = environment(tmp_path) | env
        done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
        assert done.returncode == DIED, done.stderr
        the_lease_runs_out()

    return run


def environment(folder):
    own = {"DATABASE_URL": database_url(), "DATA_DIR": str(folder), "REDIS_URL": "", "PYTHONPATH": str(ROOT)}
    inherited = {name: value for name, value in os.environ.items() if name != "EMAIL_URL"}
    return inherited | own | {"DJANGO_SETTINGS_MODULE": "clinic.settings"}


def database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)


def a_healthy_worker_goes_on():
    while delivery.deliver_due(at=timezone.now()):
        pass


def message_keys(category, number=3):
    """More than one, so that some wait their turn behind the one with which the worker dies."""
    now = timezone.now()
    factories.patient(email="rasa@mail.example")
    return [factories.message(category=category, due_at=now, key=f"{category}:{n}").key for n in range(number)]


def ends():
    return dict(Message.objects.values_list("key", "status"))


def keys_of_files(folder):
    texts = [path.read_text() for path in (folder / "messages" / "email").iterdir() if not path.name.startswith(".")]
    return sorted(
        line.removeprefix("Key: ") for text in texts for line in text.splitlines() if line.startswith("Key: ")
    )


@pytest.mark.parametrize(("moment", "step"), CRASHES, ids=str)
def test_files_lose_nothing_and_repeat_nothing(worker, tmp_path, moment, step):
    keys = sorted(key for category in CATEGORIES for key in message_keys(category))

    worker(moment, step)
    a_healthy_worker_goes_on()

    assert keys_of_files(tmp_path) == keys
    assert ends() == dict.fromkeys(keys, "accepted")
    assert WorkItem.objects.count() == 0


def test_files_lose_nothing_when_workers_die_at_each_step_in_turn(worker, tmp_path):
    """Ten deaths, one after the other: no message pays for the deaths of its neighbours."""
    keys = sorted(key for category in CATEGORIES for key in message_keys(category))

    for moment, step in CRASHES:
        worker(moment, step)
    a_healthy_worker_goes_on()

    files, stopped = keys_of_files(tmp_path), [key for key, status in ends().items() if status == "dead"]
    assert sorted(set(files) | set(stopped)) == keys
    assert len(files) == len(set(files))
    assert sorted(ends().values()) == ["accepted"] * (len(keys) - len(stopped)) + ["dead"] * len(stopped)
    assert len(stopped) <= 1  # only one whose own call died three times
    assert list(WorkItem.objects.values_list("message__key", flat=True)) == stopped


@pytest.mark.once
@pytest.mark.parametrize(("category", "moment", "step"), BY_SMTP, ids=str)
def test_smtp_loses_nothing_and_repeats_only_safety_advice(worker, mail_goes_out, category, moment, step):
    """What nobody can know for sure becomes work for the desk; a code is never sent twice."""
    keys = message_keys(category)

    worker(moment, step, EMAIL_URL=mail_goes_out.url)
    a_healthy_worker_goes_on()

    unknown = [key for key in keys if ends()[key] == "unknown"]
    told = sorted(WorkItem.objects.values_list("message__key", flat=True))
    mails = Counter(mail["Message-ID"] for mail in mail_goes_out.mails)
    assert set(ends().values()) <= {"accepted", "unknown"}
    assert told == unknown
    assert len(mails) >= 3 - len(unknown)
    if category == "safety":
        assert (unknown, max(mails.values()) <= 2) == ([], True)
    else:
        assert (bool(unknown) <= ((moment, step) in IN_THE_CALL), max(mails.values(), default=1)) == (True, 1)
    if (moment, step) not in IN_THE_CALL:
        assert (unknown, mails.total()) == ([], 3)


@pytest.mark.once
@pytest.mark.parametrize(("moment", "step"), CRASHES, ids=str)
def test_sms_loses_nothing_and_repeats_nothing_for_the_provider_is_asked(worker, sms_goes_out, moment, step):
    """Also where two people share a number and are told the same, word for word."""
    now = timezone.now()
    bodies = ["For Rasa", "For both", "For both", "For Jonas"]
    for body in bodies:
        factories.message(channel="sms", address="+37061234567", subject="", body=body, due_at=now)

    worker(moment, step, **sms_goes_out.env)
    a_healthy_worker_goes_on()

    assert sorted(line["body"] for line in sms_goes_out.accepted()) == sorted(bodies)
    assert set(ends().values()) == {"accepted"}
    assert WorkItem.objects.count() == 0
