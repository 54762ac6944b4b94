"""Messages that go out while one thing is wrong, and what became of them."""

import json
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

import psycopg

from tests.chaos.world import ROOT, World
from tests.services import wait_until

PLAN = """
import json
import sys
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from clinic.models import Message
now = timezone.now()
fixed = dict(channel="email", subject="A mail", due_at=now, next_try_at=now, not_after=now + timedelta(hours=4))
Message.objects.bulk_create([Message(**fixed, may_wake=True, **one) for one in json.load(sys.stdin)], batch_size=1000)
"""
OPEN = "SELECT count(*) FROM clinic_message WHERE key LIKE %s AND status IN ('waiting', 'put-off', 'sending')"
PLANNED = """SELECT key, category, status, extract(epoch FROM due_at)::float, tries
    FROM clinic_message WHERE key LIKE %s"""
TOLD = "SELECT m.body FROM clinic_message m JOIN clinic_workitem w ON w.message_id = m.id"
COLUMNS = "{:34} {:>8} {:>6} {:>5} {:>8} {:>5} {:>9} {:>8}"
rows = []


def print_table():
    print("\n" + COLUMNS.format("", "messages", "taken", "lost", "doubled", "told", "healthy s", "codes s"))
    print("\n".join(rows))


@dataclass
class Case:
    """Messages of one fault, and what became of them. `ill`: whose messages are meant to suffer."""

    world: World
    name: str
    ill: callable = lambda address: False
    addresses: dict = field(default_factory=dict)

    def plan(self, count, *, categories=("safety", "notice", "reminder", "reminder"), domain="mail.example"):
        first = len(self.addresses)
        addresses = {f"{self.name} {n}": f"r{n}@{domain}" for n in range(first, first + count)}
        self.addresses |= addresses
        messages = [
            {"key": words, "body": words, "address": address, "category": categories[n % len(categories)]}
            for n, (words, address) in enumerate(addresses.items())
        ]
        command = [sys.executable, str(self.world.folder / "plan.py")]
        subprocess.run(command, cwd=ROOT, env=self.world.env, input=json.dumps(messages), text=True, check=True)

    def deliver(self, count):
        self.plan(count)
        self.wait(60)
        return self.report()

    def wait(self, seconds, *, left=0):
        """Until no more than that many are under way."""
        wait_until(lambda: self.under_way() <= left, seconds=seconds, what=f"the end of: {self.name}")

    def under_way(self):
        return self._ask(OPEN)[0][0]

    def taken(self):
        return Counter(words for words, _at in self.world.mail.taken if words in self.addresses)

    def report(self):
        """Numbers of lost, doubled and told; seconds of the healthy ones at the median, and of their codes at most.

        Seconds count from the moment at which the messages were due, all at once.
        """
        planned, taken, told = self._ask(PLANNED), self.taken(), {words for (words,) in self.world.ask(TOLD)}
        first = {}
        for words, at in self.world.mail.taken:
            first.setdefault(words, at)
        waits = {words: first[words] - due for words, _category, _status, due, _tries in planned if words in first}
        is_code = {words for words, category, *_rest in planned if category == "code"}
        healthy = {words: wait for words, wait in waits.items() if not self.ill(self.addresses[words])}
        codes = [wait for words, wait in healthy.items() if words in is_code]
        result = {
            "lost": sum(words not in taken and words not in told for words in self.addresses),
            "doubled": {words for words, times in taken.items() if times > 1},
            "told": len(told & set(self.addresses)),
            "safety": {words for words, category, *_rest in planned if category == "safety"},
            "healthy": statistics.median(healthy.values()) if healthy else 0.0,
            "codes": max(codes, default=0.0),
            "tries": max(tries for *_rest, tries in planned),
            "states": Counter(status for _words, _category, status, *_rest in planned),
        }
        figures = (len(self.addresses), taken.total(), result["lost"], len(result["doubled"]), result["told"])
        rows.append(COLUMNS.format(self.name, *figures, f"{result['healthy']:.1f}", f"{result['codes']:.1f}"))
        return result

    def _ask(self, query):
        with psycopg.connect(self.world.database) as connection:
            return connection.execute(query, [f"{self.name} %"]).fetchall()
