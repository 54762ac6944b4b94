"""`manage.py clinic`: web server, task worker and beat as one supervised command."""

import fcntl
import hashlib
import http.client
import json
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from clinic.operations.supervisor import Child, Supervisor
from clinic.website import asset_bundles

HOST = "127.0.0.1"
LOCK_NAME = "clinic.lock"
STATIC_STAMP_NAME = "static.stamp"
LISTENERS = [["celery", "", "celery"]]  # routing key, pattern, queue
NOT_DATA = {LOCK_NAME, STATIC_STAMP_NAME, "secret_key"}


class Command(BaseCommand):
    help = "Runs the clinic: web server, task worker and beat, restarted when they die."

    def add_arguments(self, parser):
        parser.add_argument("--prepare", action="store_true", help="first migrate, collect static files, seed a demo")
        parser.add_argument("--fresh", action="store_true", help="first forget all data (demo only)")

    def handle(self, *, prepare, fresh, **options):
        refuse_taken_port()
        with locked_data_folder():
            if fresh:
                self.forget_data()
            if prepare:
                self.prepare()
            connection.close()
            Supervisor(children(), is_up=answers, when_up=self.announce).run()

    def forget_data(self):
        if not settings.DEMO:
            raise CommandError("--fresh forgets every patient, so it works with DEMO=true only.")
        if connection.settings_dict["ENGINE"] == "django.db.backends.sqlite3":
            empty_data_folder()
        else:
            call_command("flush", interactive=False, verbosity=0)

    def prepare(self):
        # Also when no migration is new: the roles' permissions follow the code.
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_if_changed()
        if settings.DEMO:
            call_command("seed_demo", if_empty=True)

    def announce(self):
        self.stdout.write(f"The clinic is open: {settings.SITE_URL}/")
        if settings.DEMO:
            self.stdout.write(
                f"Demo: sign in with one click as patient, desk, physician, physiotherapist or manager:"
                f" {settings.SITE_URL}/demo/"
            )
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


def refuse_taken_port():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Port {settings.PORT} is taken ({error.strerror})."
                " Stop what runs there, or choose another port: PORT=8001"
            ) from error


def locked_data_folder():
    """An open file that reserves the data folder for one clinic at a time: closing it, or dying, releases it."""
    lock = (settings.DATA_DIR / LOCK_NAME).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CommandError(
            f"A clinic already runs on {settings.DATA_DIR}. Stop it, or choose another folder: DATA_DIR=..."
        ) from error
    return lock


def empty_data_folder():
    """Removes what is in the data folder, but nothing if that folder contains the code or a home."""
    folder = settings.DATA_DIR.resolve()
    for kept in (settings.BASE_DIR, Path.home()):
        if kept.resolve().is_relative_to(folder):
            raise CommandError(f"DATA_DIR is {folder}: --fresh would remove more than the clinic's data.")
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in NOT_DATA and not path.is_relative_to(settings.STATIC_ROOT.resolve()):
            path.unlink()


def collect_static_if_changed():
    stamp = settings.DATA_DIR / STATIC_STAMP_NAME
    fingerprint = static_fingerprint()
    if not settings.STATIC_ROOT.is_dir() or not stamp.exists() or stamp.read_text() != fingerprint:
        print("Collecting static files ...", flush=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)


def static_fingerprint():
    """Changes with the clinic's own static files (name, size, time) and with the packages that ship some."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes() + repr(asset_bundles.PARTS).encode())
    for path in sorted((settings.BASE_DIR / "static").rglob("*")):
        if path.is_file():
            facts = path.stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def answers():
    web = http.client.HTTPConnection(HOST, settings.PORT, timeout=1)
    try:
        web.request("GET", "/healthz", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return web.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


def children():
    env = os.environ | {"PORT": str(settings.PORT), "PYTHONUNBUFFERED": "1"}
    env.setdefault("DATABASE_STATEMENT_TIMEOUT_SECONDS", "5")
    celery = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "--app",
        "clinic",
        "--workdir",
        str(settings.BASE_DIR),
    ]
    return [
        Child("web", web_command(), env=env),
        Child(
            "worker",
            [*celery, *worker_arguments()],
            env=env,
            before_start=repair_queue_file,
            stop_seconds=settings.WORKER_STOP_SECONDS,
        ),
        Child(
            "beat", [*celery, "beat", "--pidfile", "", "--loglevel", "WARNING"], env=env, before_start=repair_queue_file
        ),
    ]


def repair_queue_file():
    """The file broker's list of who listens: written whole here, since two processes that make it together, or a power
    cut, can leave it incomplete, and then no worker starts. Nothing is lost with it: the database knows what is due.
    """
    if settings.REDIS_URL:
        return
    path = settings.QUEUE_DIR / "control" / "celery.exchange"
    try:
        json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        whole = path.with_suffix(".whole")
        whole.write_text(json.dumps(LISTENERS))
        whole.replace(path)


def web_command():
    return [
        *(sys.executable, "-m", "granian", "clinic.rsgi:application", "--interface", "rsgi"),
        *("--host", HOST, "--port", str(settings.PORT), "--working-dir", str(settings.BASE_DIR)),
        *("--workers", str(settings.WEB_WORKERS)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "3"),
        *("--no-ws", "--no-access-log", "--log-level", "warning"),
    ]


def worker_arguments():
    return ["worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
