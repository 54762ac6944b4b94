"""`manage.py bench_times`: how fast open times are, as a share of what the bare web server does."""

import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from statistics import median

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic.models import Appointment
from clinic.operations.benchmarks import stage
from clinic.operations.supervisor import end_with_parent

HOST = "127.0.0.1"
CONNECTIONS = 4
START_SECONDS = 60
MAX_SECONDS = 30
ANSWER_SECONDS = 30


class Command(BaseCommand):
    help = (
        "Measures /book/times.json over HTTP on this machine, against a bare Django view that asks one indexed"
        " question, under the same web server and in turns with it. Prints a line for each case; the last number is"
        " the ratio of requests per second. On SQLite it measures a copy of the database in a temporary folder. On"
        " PostgreSQL it adds rows of its own, which are not in use and which nobody sees, and removes them again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=0.3, help="how long each measurement takes (0.3)")
        parser.add_argument("--rounds", type=int, default=15, help="how often each case is measured (15)")

    def handle(self, *, seconds, rounds, **options):
        if not (0 < seconds <= MAX_SECONDS and 1 <= rounds <= 100):
            raise CommandError(f"--seconds is at most {MAX_SECONDS}, --rounds is between 1 and 100.")
        with stage() as set_up, server(set_up.environment) as port:
            bare = Client(port, f"/bare/{first_appointment()}/")
            for name, query in set_up.questions().items():
                ours = Client(port, f"/book/times.json?{query}")
                pairs = [(ours.rate(seconds), bare.rate(seconds)) for _ in range(rounds)]
                self.stdout.write(f"{name}: {summary(pairs)}")


def summary(pairs):
    ours, bare = (median(rates) for rates in zip(*pairs, strict=True))
    ratio = median(ours / bare for ours, bare in pairs)
    return f"{ours:,.0f} requests/s, bare view {bare:,.0f} requests/s, ratio {ratio:.3f}"


def first_appointment():
    """There is always one: the stage has just written some."""
    return Appointment.objects.values_list("pk", flat=True).first() or 0


@contextmanager
def server(environment):
    """A granian of this command's own on a free local port, which ends with it."""
    port = free_port()
    own = {"SITE_URL": f"http://{HOST}:{port}", "ALLOWED_HOSTS": HOST, "DATABASE_STATEMENT_TIMEOUT_SECONDS": "5"}
    command = [
        *(sys.executable, "-m", "granian", "clinic.management.bench_rsgi:application", "--interface", "rsgi"),
        *("--host", HOST, "--port", str(port), "--working-dir", str(settings.BASE_DIR), "--workers", "1"),
        *("--no-ws", "--no-access-log", "--log-level", "warning"),
    ]
    process = subprocess.Popen(command, env=os.environ | own | environment, preexec_fn=end_with_parent)
    try:
        wait_until_open(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_until_open(port, process):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError("The web server did not start.")


class Client:
    """Requests one address again and again over connections that stay open; as simple as possible."""

    accepts = ""  # a line of the head

    def __init__(self, port, address):
        self.port = port
        self.request = f"GET {address} HTTP/1.1\r\nHost: {HOST}\r\n{self.accepts}\r\n".encode()
        for _ in range(CONNECTIONS * 4):  # each thread of the server has its database connection then
            self.count(until=0)

    def rate(self, seconds):
        """Requests per second, over all connections."""
        begun = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            counts = list(pool.map(lambda _: self.count(until=begun + seconds), range(CONNECTIONS)))
        return sum(counts) / (time.perf_counter() - begun)

    def count(self, *, until):
        """How many answers arrive before then; at least one."""
        count = 0
        with closing(socket.create_connection((HOST, self.port), timeout=ANSWER_SECONDS)) as connection:
            while not count or time.perf_counter() < until:
                connection.sendall(self.request)
                self.check(answer_of(connection))
                count += 1
        return count

    def check(self, answer):
        if not answer.startswith(b"HTTP/1.1 200") or b'"starts_at": ' not in answer:
            raise CommandError(f"Not the answer that was to be measured: {answer[:500]!r}")


def answer_of(connection):
    """The whole answer, head and body."""
    answer = connection.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += more(connection)
    return head + body


def more(connection):
    if received := connection.recv(65536):
        return received
    raise CommandError("The web server hung up.")
