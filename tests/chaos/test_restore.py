"""Dump, deliver, restore, and the workers go on: what arrived is counted in the provider's own log."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests import migrated
from tests.chaos.backups import DatabaseBackup, FileBackup, after_restore, manage, stop_workers
from tests.chaos.mail_log import MailLog
from tests.chaos.world import FILL, ROOT, World, table
from tests.services import ServiceMissing, skip_or_fail, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.once]

MESSAGES = 100
FULL = pytest.mark.skipif(os.environ.get("CHAOS") != "full", reason="the short form restores mails on SQLite")


@pytest.fixture
def world(tmp_path, request):
    try:
        with World(tmp_path, request.param) as world:
            yield world
    except ServiceMissing as error:
        skip_or_fail(error)


@pytest.mark.parametrize("world", ["sms", pytest.param("email", marks=FULL)], indirect=True)
def test_what_was_delivered_since_the_dump_is_not_sent_again(world):
    calm(world)
    world.fill(MESSAGES, poison_every=0)
    backup = DatabaseBackup(world)
    world.start_workers(2)
    settled(world)
    stop_workers(world)
    assert sum(world.taken().values()) == MESSAGES

    backup.put_back()
    world.start_workers(2)
    world.keep_alive_for(8)
    refused = sum(world.taken().values())
    status, said = after_restore(world.env, backup)
    settled(world)
    world.keep_alive_for(3)

    taken = world.taken()
    report = {
        "messages": MESSAGES,
        "taken after the restore, before after_restore": refused - MESSAGES,
        "taken again after it": sum(taken.values()) - refused,
        "lost": MESSAGES - len(taken),
        "states": dict(world.ask("SELECT status, count(*) FROM clinic_message GROUP BY 1")),
        "work items": dict(world.ask("SELECT occasion, count(*) FROM clinic_workitem GROUP BY 1")),
    }
    print(table(f"Dump, deliver, restore: {world.channel}", report))
    assert (status, refused, len(taken)) == (0, MESSAGES, MESSAGES), said
    if world.channel == "sms":
        assert sum(taken.values()) == MESSAGES
        assert report["work items"] == {"entries": 1}
    else:
        safety = {f"message {n}" for n in range(0, MESSAGES, 4)}
        assert {words for words, times in taken.items() if times > 1} <= safety
        assert max(taken.values()) <= 2
        assert report["work items"] == {"entries": 1, "others": 1}


@pytest.fixture
def mail_log():
    log = MailLog()
    log.start()
    yield log
    log.stop(no_assert=True)


def calm(world):
    if world.channel == "sms":
        world.provider.control(errors=0, lost_answers=0)
    else:
        world.mail.errors = 0


def settled(world):
    wait_until(lambda: world.unsettled() == 0, seconds=90, what="the end of the deliveries")


def test_embedded_clinic_sends_nothing_again(tmp_path, mail_log):
    """A copy of the file is put back; then one of the whole data folder, of which only the place beside it knows."""
    data = tmp_path / "data"
    own = {"DATABASE_URL": "", "REDIS_URL": "", "DATA_DIR": str(data), "MEMORY_DIR": str(tmp_path / "memory")}
    own |= {"DEMO": "false", "EMAIL_URL": f"smtp://127.0.0.1:{mail_log.port}", "LOG_LEVEL": "ERROR"}
    env = os.environ | own | {"DJANGO_SETTINGS_MODULE": "clinic.settings", "PYTHONPATH": str(ROOT)}
    migrated.fill(data / "clinic.sqlite3", lambda: manage(env, "migrate", "-v", "0"))
    (tmp_path / "fill.py").write_text(FILL)
    subprocess.run([sys.executable, str(tmp_path / "fill.py"), "email", "100", "0"], env=env, check=True)
    of_file, of_folder = FileBackup(data / "clinic.sqlite3"), FileBackup(data)
    manage(env, "deliver_messages")
    assert len(mail_log.taken) == MESSAGES

    for backup in (of_folder, of_file):
        backup.put_back()
        _status, said = manage(env, "deliver_messages")
        assert (len(mail_log.taken), "restored from a backup" in said) == (MESSAGES, True)
    assert after_restore(env, of_file)[0] == 0
    manage(env, "deliver_messages")

    twice = {words for words, times in Counter(words for words, _at in mail_log.taken).items() if times > 1}
    assert twice == {f"message {n}" for n in range(0, MESSAGES, 4)}
