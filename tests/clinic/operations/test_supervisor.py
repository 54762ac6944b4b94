"""The supervisor with real processes, each of which has a child of its own, as a web server has."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clinic.management.commands.clinic import children
from clinic.operations import supervisor
from clinic.operations.supervisor import Child
from tests.services import wait_until

pytestmark = pytest.mark.once

# Writes its own and its child's process ids into the file that it is given, then waits forever.
WORKER = """
import os, subprocess, sys, time
from pathlib import Path
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
ids = Path(sys.argv[1])
ids.with_suffix(".new").write_text(f"{os.getpid()} {helper.pid}")
ids.with_suffix(".new").replace(ids)
time.sleep(600)
"""

CLINIC = """
import sys
from clinic.operations.supervisor import Child, Supervisor
children = [Child(name, [sys.executable, "-c", sys.argv[1], name]) for name in sys.argv[2:]]
Supervisor(children, when_up=lambda: print("open", flush=True)).run()
print("closed", flush=True)
"""


def exists(process_id):
    """A zombie has ended; only nobody has collected its exit status."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def all_end(process_ids):
    wait_until(lambda: not any(exists(process_id) for process_id in process_ids), seconds=10, what="their end")


class Running:
    """A supervisor with two children, and the files into which these write their process ids."""

    def __init__(self, folder):
        self.files = [folder / "web", folder / "worker"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLINIC, WORKER, *map(str, self.files)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        wait_until(lambda: all(file.exists() for file in self.files))

    def ids(self, file):
        return [int(word) for word in file.read_text().split()]

    def all_ids(self):
        return [process_id for file in self.files for process_id in self.ids(file)]


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path)
    yield running
    running.process.terminate()
    running.process.wait()
    all_end(running.all_ids())


def test_a_killed_child_comes_back_and_leaves_no_orphan(running):
    before = running.ids(running.files[0])

    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: running.ids(running.files[0]) != before)

    all_end(before)
    assert all(exists(process_id) for process_id in running.all_ids())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_children_and_theirs(running, number):
    running.process.send_signal(number)

    assert running.process.wait(timeout=10) == 0
    assert running.process.stdout.read() == "open\nclosed\n"
    assert not any(exists(process_id) for process_id in running.all_ids())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent ended")
def test_children_end_with_a_killed_supervisor(running):
    children = [running.ids(file)[0] for file in running.files]

    running.process.kill()

    all_end(children)
    for file in running.files:
        os.kill(running.ids(file)[1], signal.SIGKILL)  # a real server takes its own children along


DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(600)"
SLOW = """
import signal, sys, time
def end(*args):
    time.sleep(1.5)
    open(f"{sys.argv[1]}-done", "w")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
open(sys.argv[1], "w")
time.sleep(600)
"""


def started(folder, name, code, **more):
    child = Child(name, [sys.executable, "-c", f"import sys\n{code}", str(folder / name)], **more)
    child.start()
    wait_until(lambda: (folder / name).exists(), what="its start")
    return child


def test_each_child_has_its_own_time_to_stop(tmp_path):
    """A worker ends the message in hand, while a web server that does not listen is not waited for as long."""
    worker = started(tmp_path, "worker", SLOW, stop_seconds=30)
    web = started(tmp_path, "web", DEAF, stop_seconds=0.3)

    supervisor.Supervisor([worker, web]).end_children()

    assert (worker.process.returncode, web.process.returncode) == (0, -signal.SIGKILL)
    assert (tmp_path / "worker-done").exists()


def test_second_signal_waits_for_nobody(tmp_path):
    child = started(tmp_path, "deaf", DEAF, stop_seconds=600)
    clinic = supervisor.Supervisor([child])
    clinic.stop(), clinic.stop()

    clinic.end_children()

    assert child.process.returncode == -signal.SIGKILL


def test_worker_of_the_clinic_has_the_time_that_the_settings_say(settings):
    settings.WORKER_STOP_SECONDS = 77

    assert {child.name: child.stop_seconds for child in children()} == {"web": 5, "worker": 77, "beat": 5}


def test_a_child_that_dies_quickly_waits_longer_each_time():
    child = Child("web", ["true"])
    child.started_at = 100

    pauses = [child.pause_after_death(now=101) for _ in range(8)]

    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_was_healthy_starts_again_at_once():
    child = Child("web", ["true"])
    child.started_at, child.quick_deaths = 100, 5

    assert child.pause_after_death(now=100 + supervisor.HEALTHY_AFTER_SECONDS) == 0
    assert child.quick_deaths == 0
