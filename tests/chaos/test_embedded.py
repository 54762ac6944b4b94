"""The embedded default: one machine, SQLite, files. The supervisor's children are killed in the middle of a batch."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests import migrated
from tests.chaos.world import FILL
from tests.fixtures.live_clinic import ROOT, RunningClinic

pytestmark = [pytest.mark.chaos, pytest.mark.once]
MESSAGES = 2_000 if os.environ.get("CHAOS") == "full" else 400
KILLS = 20 if os.environ.get("CHAOS") == "full" else 6


def family(pid):
    """The children of a process and theirs."""
    with suppress(OSError):
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [relative for child in children for relative in [child, *family(child)]]
    return []


@pytest.fixture
def clinic(tmp_path):
    clinic = RunningClinic(tmp_path)
    migrated.fill(tmp_path / "data" / "clinic.sqlite3", lambda: clinic.manage("migrate", "-v", "0"))
    clinic.start()
    yield clinic
    clinic.stop()


def test_killed_children_of_the_supervisor_lose_nothing_and_repeat_nothing(clinic, tmp_path):
    """A file is written once for a key, so a second try after a kill changes nothing."""
    script, folder = tmp_path / "fill.py", tmp_path / "data" / "messages" / "email"
    script.write_text(FILL)
    env = clinic.env | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "clinic.settings"}
    subprocess.run([sys.executable, str(script), "email", str(MESSAGES), "0"], cwd=ROOT, env=env, check=True)

    for _kill in range(KILLS):
        with suppress(ProcessLookupError):
            os.kill(random.choice(family(clinic.process.pid) or [0]) or os.getpid() + 10**7, signal.SIGKILL)
        time.sleep(1)
    until = time.monotonic() + 150  # a lease of 30 seconds, and what a supervisor waits before it starts again
    while len(list(folder.glob("[!.]*"))) < MESSAGES and time.monotonic() < until:
        time.sleep(0.5)

    keys = Counter(path.read_text().splitlines()[2] for path in folder.glob("[!.]*"))
    print(
        f"--- embedded: {MESSAGES} messages, {KILLS} kill -9: {len(keys)} files, {keys.total() - len(keys)} doubled ---"
    )
    assert sorted(keys) == sorted(f"Key: chaos:{n}:email" for n in range(MESSAGES))
    assert keys.total() == MESSAGES
