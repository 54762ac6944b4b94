"""A clinic that delivers while everything around it breaks: PostgreSQL, Redis, workers, beats and a provider, all real.

Waits are a fifth of the real ones (lease, back-off, time-out of the call), so that many of them fit into a test.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg

from clinic.operations.supervisor import end_with_parent
from tests import migrated
from tests.chaos.mail_log import MailLog
from tests.provider import Provider
from tests.services import PostgreSQL, Redis, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE_SECONDS = 6
PREPARED = """
import sys
from datetime import timedelta
import django
django.setup()
from clinic.messaging import circuits, claims, delivery, handover
from clinic.messaging.channels import sms
circuits.FIRST_PAUSE, circuits.LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=3)
claims.LEASE = timedelta(seconds=6)
claims.LEASE_MARGIN_SECONDS = 0.5
delivery.RENEW_EVERY_SECONDS = 1
handover.ASK_AFTER = timedelta(seconds=8)
handover.FIRST_BACK_OFF = timedelta(seconds=2)
sms.SECONDS = 2
"""
WORKER = PREPARED + "from celery.__main__ import main\nsys.argv[0] = 'celery'\nmain()\n"
FILL = """
import sys
import django
django.setup()
from datetime import date, timedelta
from django.utils import timezone
from clinic.models import Message, Patient, PatientContact
channel, count, poison_every = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now = timezone.now()
people = [Patient(given_name="Chaos", family_name=f"Number {n}", birth_date=date(1980, 1, 1)) for n in range(count)]
people = Patient.objects.bulk_create(people, batch_size=1000)
kinds = ["safety", "reminder", "notice", "reminder"]
def row(n):
    is_poison = poison_every and n % poison_every == 7
    number = f"+37069{n:06}" if is_poison else f"+37061{n:06}"
    mail = f"reader{n}@mail.example"
    return Message(
        patient=people[n], key=f"chaos:{n}:{channel}", channel=channel, category=kinds[n % 4], may_wake=True,
        address=number if channel == "sms" else mail, body=f"message {n}",
        subject="" if channel == "sms" else "two\\nlines" if is_poison else "A reminder",
        due_at=now, next_try_at=now, not_after=now + timedelta(hours=4),
    )
messages = [row(n) for n in range(count)]
system = "phone" if channel == "sms" else "email"
PatientContact.objects.bulk_create(
    [PatientContact(patient=m.patient, system=system, value=m.address) for m in messages], batch_size=1000
)
Message.objects.bulk_create(messages, batch_size=1000)
"""
UNSETTLED = "SELECT count(*) FROM clinic_message WHERE status IN ('waiting', 'put-off', 'sending')"
SILENT = """SELECT count(*) FROM clinic_message m WHERE status NOT IN ('accepted', 'delivered')
    AND NOT EXISTS (SELECT FROM clinic_workitem w WHERE w.message_id = m.id)"""


class World:
    def __init__(self, folder, channel):
        self.folder, self.channel, self.faults = Path(folder), channel, Counter()
        self.stack, self.workers, self.log = ExitStack(), [], None
        self.stopped = None  # a process that SIGSTOP holds: nobody else ends it before its lease has expired

    def __enter__(self):
        self.postgresql = self.stack.enter_context(PostgreSQL(keeps_commits=True))
        self.redis = self.stack.enter_context(Redis())
        self.log = self.stack.enter_context((self.folder / "log").open("ab"))
        self.database = self.postgresql.create_database("clinic")
        own = {"DATABASE_URL": self.database, "REDIS_URL": self.redis.url, "DATA_DIR": str(self.folder)}
        own |= {"MEMORY_DIR": str(self.folder / "memory")}
        own |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "BEAT_SECONDS": "1", "LOG_LEVEL": "ERROR"}
        self.env = (
            os.environ | own | {"PYTHONPATH": str(ROOT), "EMAIL_URL": "", "DEMO": "false", "MESSAGES_TO_FILES": "true"}
        )
        self._provider()
        migrated.fill(self.database, lambda: self._run([sys.executable, "manage.py", "migrate", "-v", "0"]))
        return self

    def __exit__(self, *args):
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.stack.close()

    def fill(self, count, *, poison_every):
        script = self.folder / "fill.py"
        script.write_text(FILL)
        self._run([sys.executable, str(script), self.channel, str(count), str(poison_every)])

    def start_workers(self, count=2, beats=1):
        (self.folder / "worker.py").write_text(WORKER)
        self.commands = [["worker", "--without-gossip", "--without-mingle", "-n", f"w{n}@%h"] for n in range(count)]
        self.commands += [["beat", "-s", str(self.folder / f"beat{n}")] for n in range(beats)]
        self.workers = [self._start(command) for command in self.commands]

    def start_web(self):
        """Takes the provider's receipts."""
        self.web = f"http://127.0.0.1:{free_port()}"
        command = ["manage.py", "runserver", "--noreload", self.web.removeprefix("http://")]
        web = self._popen([sys.executable, *command])
        self.stack.callback(lambda: (web.kill(), web.wait()))
        wait_until(self._web_answers, what="the start of the web server")

    def keep_alive(self):
        """What a supervisor does: whoever has died is started again."""
        for place, worker in enumerate(self.workers):
            if worker.poll() is not None:
                with suppress(ProcessLookupError):
                    os.killpg(worker.pid, signal.SIGKILL)
                self.workers[place] = self._start(self.commands[place])

    def unsettled(self):
        with suppress(psycopg.OperationalError):
            return self.ask(UNSETTLED)[0][0]
        return None

    def ask(self, query):
        with psycopg.connect(self.database, connect_timeout=3) as connection:
            return connection.execute(query).fetchall()

    # Faults

    def kill_somebody(self):
        """kill -9 of a worker."""
        victim = random.choice(self._workers()).pid
        if victim != self.stopped:
            self.faults["kill -9"] += 1
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)

    def stop_somebody(self):
        """SIGSTOP of a process in the middle of a batch, if there is one: it holds claims and cannot know that it does
        not hold them any more when it goes on. Returns whether there was.
        """
        for victim in random.sample([worker.pid for worker in self._workers()], k=2):
            with suppress(ProcessLookupError, psycopg.OperationalError):
                before = self._claims()
                os.kill(victim, signal.SIGSTOP)
                time.sleep(0.3)
                if before and self._claims() & before:
                    self.stopped = victim
                    return True
                os.kill(victim, signal.SIGCONT)
        return False

    def let_go_on(self):
        """Counted only where it was still there to go on."""
        with suppress(ProcessLookupError):
            if self.stopped:
                os.kill(self.stopped, signal.SIGCONT)
                self.faults["SIGSTOP beyond the lease"] += 1
        self.stopped = None

    def _web_answers(self):
        with suppress(OSError):
            return urllib.request.urlopen(f"{self.web}/healthz", timeout=2).status == 200

    def _claims(self):
        return {token for (token,) in self.ask("SELECT claim_token FROM clinic_message WHERE status = 'sending'")}

    def tell_what_arrived(self):
        """Receipts for the latest, each twice and in any order, while all else goes on."""
        with suppress(OSError, ValueError):
            answers = self.provider.receipts(to=self.web, times=2, shuffled=True, latest=30)["statuses"]
            self.faults["receipts, doubled and out of order"] += 1
            print("answers to receipts:", Counter(answers))

    def crash_postgresql(self):
        self.faults["PostgreSQL stopped immediately"] += 1
        self.postgresql.crash()
        time.sleep(0.5)
        self.postgresql.start()

    def lose_redis(self, seconds):
        self.faults["Redis emptied and down"] += 1
        self.redis.crash()
        self.keep_alive_for(seconds)
        self.redis.start()

    def keep_alive_for(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.keep_alive()
            time.sleep(0.2)

    # Counting

    def taken(self):
        """How often the provider took each message, by its own log."""
        if self.channel == "sms":
            return Counter(line["body"] for line in self.provider.accepted())
        return Counter(words for words, _at in self.mail.taken)

    def report(self, count):
        taken, states = self.taken(), dict(self.ask("SELECT status, count(*) FROM clinic_message GROUP BY 1"))
        given_up = {
            body
            for (body,) in self.ask("SELECT m.body FROM clinic_message m JOIN clinic_workitem w ON w.message_id = m.id")
        }
        lost = [n for n in range(count) if f"message {n}" not in taken and f"message {n}" not in given_up]
        return {
            "messages": count,
            "taken by the provider": sum(taken.values()),
            "lost": len(lost),
            "doubled": sum(times - 1 for times in taken.values()),
            "told to the desk": len(given_up),
            "ended in silence": self.ask(SILENT)[0][0],
            "faults": sum(self.faults.values()),
            "by kind": dict(self.faults),
            "states": states,
        }

    def _provider(self):
        if self.channel == "sms":
            self.provider = Provider(self.folder)
            self.provider.start()
            self.stack.callback(self.provider.stop)
            self.env |= self.provider.env
            self.provider.control(errors=0.1, lost_answers=0.05, poison_prefix="+37069", delay_ms=5)
        else:
            self.mail = MailLog()
            self.mail.start()
            self.stack.callback(self.mail.stop, no_assert=True)
            self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{self.mail.port}"

    def _start(self, command):
        return self._popen([sys.executable, str(self.folder / "worker.py"), "-A", "clinic", *command, "-l", "ERROR"])

    def _popen(self, command):
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.env,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def _run(self, command):
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=self.log, stderr=self.log)

    def _workers(self):
        return [worker for worker, command in zip(self.workers, self.commands, strict=True) if command[0] == "worker"]


def table(title, report):
    rows = [
        f"{name:24} {value if not isinstance(value, dict) else json.dumps(value)}" for name, value in report.items()
    ]
    return "\n".join([f"--- {title} ---", *rows])
