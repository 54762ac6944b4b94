"""Yesterday's backup is put back: of a world on PostgreSQL, and of the embedded clinic on SQLite."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.chaos.world import ROOT


class DatabaseBackup:
    """A copy of a world's database, taken at once. Nobody may be connected while it is taken or put back."""

    def __init__(self, world):
        self.world, self.taken_at = world, time.time()
        self._copy("clinic", "backup")

    def put_back(self):
        """The world's database is as it was."""
        self._copy("backup", "clinic")

    def _copy(self, source, target):
        names = {"source": sql.Identifier(source), "target": sql.Identifier(target)}
        with closing(psycopg.connect(self.world.postgresql.url("postgres"), autocommit=True)) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {target} WITH (FORCE)").format(**names))
            connection.execute(sql.SQL("CREATE DATABASE {target} TEMPLATE {source}").format(**names))


class FileBackup:
    """A copy of an embedded clinic's database file, or of its whole data folder."""

    def __init__(self, path):
        self.path, self.taken_at = Path(path), time.time()
        self.copy = self.path.with_name(f"{self.path.name}.backup")
        _replace(self.path, self.copy)

    def put_back(self):
        for rest in ("-wal", "-shm"):
            self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
        _replace(self.copy, self.path)


def _replace(source, target):
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def stop_workers(world):
    """As an operator does before putting a backup back."""
    for worker in world.workers:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    world.workers = []


def manage(env, *arguments):
    """Runs a command of the clinic; returns its exit status and what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def after_restore(env, backup):
    moment = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(backup.taken_at))
    return manage(env, "after_restore", "--taken-at", moment)
