"""`manage.py clinic` as it is started: web server, worker and beat on the embedded default."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from clinic.management.commands.clinic import empty_data_folder, repair_queue_file
from tests.fixtures.live_clinic import ROOT, RunningClinic
from tests.services import wait_until

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]


class EmbeddedClinic(RunningClinic):
    def processes(self):
        """The ids of all processes that run with this clinic's data folder, and their commands."""
        marker = f"DATA_DIR={self.env['DATA_DIR']}\0".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if marker in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # it has just ended, or is somebody else's
        return {process_id: command for process_id, command in found.items() if command}

    def running(self, what):
        return sorted(process_id for process_id, command in self.processes().items() if what in command)

    def run(self, *arguments, **env):
        command = [sys.executable, "manage.py", "clinic", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def clinic(tmp_path):
    # Without a database, so nothing may query one.
    clinic = EmbeddedClinic(tmp_path, DEMO="false", BEAT_SECONDS="600")
    yield clinic
    for process_id in clinic.processes():
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


@pytest.fixture
def open_clinic(clinic):
    clinic.start()
    wait_until(lambda: clinic.running("celery"), what="the start of the worker")
    return clinic


def test_a_killed_web_server_comes_back(open_clinic):
    before = open_clinic.running("granian")

    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: open_clinic.running("granian") and not set(before) & set(open_clinic.running("granian")))

    wait_until(open_clinic.is_open, what="its opening again")


def test_unfinished_requests_do_not_stop_the_site(open_clinic):
    """Five of them did: each held one of the four threads for as long as it liked."""
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1:{open_clinic.port}\r\nContent-Length: 1000\r\n\r\na=1"
    with ExitStack() as stack:
        for _ in range(20):
            unfinished = socket.create_connection(("127.0.0.1", open_clinic.port))
            stack.enter_context(unfinished).sendall(head.encode())

        answers = [open_clinic.is_open() for _ in range(5)]

    assert answers == [True] * 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_with_all_that_it_started(open_clinic, number):
    open_clinic.process.send_signal(number)

    assert open_clinic.process.wait(timeout=10) == 0
    assert open_clinic.processes() == {}


def test_nothing_outlives_a_killed_supervisor(open_clinic):
    open_clinic.process.kill()
    open_clinic.process.wait()

    wait_until(lambda: open_clinic.processes() == {}, seconds=15, what="the end of all processes")


def test_it_tells_its_address_once_it_answers(open_clinic):
    wait_until(lambda: "Ctrl-C" in open_clinic.log.read_text())

    assert re.search(rf"The clinic is open: {open_clinic.url}/$", open_clinic.log.read_text(), re.MULTILINE)
    assert "/demo/" not in open_clinic.log.read_text()


def test_a_taken_port_is_said_before_anything_starts(open_clinic, tmp_path):
    second = open_clinic.run(DATA_DIR=str(tmp_path / "other"))

    assert second.returncode == 1
    assert f"Port {open_clinic.port} is taken" in second.stderr
    assert "DATA_DIR" not in second.stderr


def test_a_data_folder_in_use_is_left_alone(open_clinic):
    second = open_clinic.run("--fresh", PORT="1", DEMO="true")

    assert second.returncode == 1
    assert "already runs on" in second.stderr
    assert open_clinic.status_of("/healthz") == 200


def test_fresh_forgets_nothing_unless_it_is_a_demo(clinic, tmp_path):
    database = tmp_path / "data" / "clinic.sqlite3"
    database.parent.mkdir()
    sqlite3.connect(database).execute("CREATE TABLE kept (id)").connection.close()

    refused = clinic.run("--fresh")

    assert refused.returncode == 1
    assert "DEMO=true only" in refused.stderr
    assert database.exists()


def test_fresh_never_empties_a_folder_that_holds_the_code(tmp_path, settings):
    settings.DATA_DIR, settings.BASE_DIR = tmp_path, tmp_path / "code"
    (tmp_path / "letter").touch()

    with pytest.raises(CommandError, match="more than the clinic's data"):
        empty_data_folder()

    assert (tmp_path / "letter").exists()


def test_fresh_empties_the_data_folder_but_for_what_is_no_data(tmp_path, settings):
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    for name in ("clinic.sqlite3", "clinic.sqlite3-wal", "mail/1.eml", "static/clinic.css", "secret_key"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    empty_data_folder()

    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["clinic.css", "secret_key"]


@pytest.mark.parametrize("torn", [None, "", '[["celery"'])
def test_mend_doorbell_writes_a_torn_or_missing_list_of_listeners_whole(settings, tmp_path, torn):
    settings.QUEUE_DIR, settings.REDIS_URL = tmp_path, ""
    (tmp_path / "control").mkdir()
    path = tmp_path / "control" / "celery.exchange"
    if torn is not None:
        path.write_text(torn)

    repair_queue_file()

    assert json.loads(path.read_text()) == [["celery", "", "celery"]]
