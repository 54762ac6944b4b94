"""How quickly the outbox empties: `python -m tests.chaos.bench_outbox [--due 10000] [--old 0 1000000 10000000]`.

A PostgreSQL and a Redis of its own, two real Celery workers, a provider that takes 5 ms for a call, by HTTP. Printed
for each number of old rows in the table: seconds until the provider has taken all that was due at once, and
what PostgreSQL does to find the next batch. Nothing is asserted.
"""

import argparse
import tempfile
import time

import psycopg

from tests.chaos.world import World

OLD_ROWS = """
INSERT INTO clinic_message (key, category, channel, address, subject, body, other_words, due_at, not_after, may_wake,
    status, next_try_at, tries, crashes, provider_reference, outcome, created_at, ended_at)
SELECT 'old:' || n, 'reminder', 'sms', '+3705' || lpad(n::text, 8, '0'), '', 'An old message', '', moment,
    moment + interval '1 day', false, 'delivered', moment, 1, 0, 'old' || n, '', moment, moment
FROM (SELECT n, now() - interval '30 days' - n * interval '10 seconds' AS moment
      FROM generate_series(%s::bigint, %s::bigint) AS n) AS old
"""
NEXT_BATCH = """EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM clinic_message
WHERE status IN ('waiting', 'put-off') AND channel = 'sms' AND category = 'reminder' AND next_try_at <= now()
ORDER BY next_try_at LIMIT 10"""
# By the two partial indexes, so that looking costs nothing itself.
LEFT = """SELECT
    (SELECT count(*) FROM clinic_message WHERE status IN ('waiting', 'put-off') AND next_try_at < 'infinity')
    + (SELECT count(*) FROM clinic_message WHERE status = 'sending' AND leased_until < 'infinity')"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--old", type=int, nargs="+", default=[0, 1_000_000])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as folder, World(folder, "sms") as world:
        world.provider.control(errors=0, lost_answers=0, delay_ms=5)
        there = 0
        print(f"{'old rows':>12} {'due':>8} {'seconds':>8} {'per second':>11} {'next batch':>11}  index", flush=True)
        for old in asked.old:
            _add_old_rows(world, there + 1, old)
            there = old
            plan = _next_batch(world)
            seconds = _empty(world, asked.due)
            rate = asked.due / seconds
            print(f"{old:12,} {asked.due:8,} {seconds:8.1f} {rate:11.0f} {plan[0]:8.3f} ms  {plan[1]}", flush=True)


def _add_old_rows(world, first, last):
    with psycopg.connect(world.database, autocommit=True) as connection:
        for start in range(first, last + 1, 500_000):
            connection.execute(OLD_ROWS, [start, min(start + 499_999, last)])
        connection.execute("VACUUM ANALYZE clinic_message")


def _next_batch(world):
    with psycopg.connect(world.database) as connection:
        connection.execute("SET jit = off")
        [report] = connection.execute(NEXT_BATCH).fetchone()[0]
    node = report["Plan"]
    while "Plans" in node:
        node = node["Plans"][0]
    return report["Execution Time"], node.get("Index Name", node["Node Type"])


def _empty(world, due):
    """Workers are up before anything is due, as they would be."""
    with psycopg.connect(world.database, autocommit=True) as connection:
        connection.execute("DELETE FROM clinic_message WHERE due_at > now() - interval '1 day'")
        connection.execute("DELETE FROM clinic_patientcontact")
        connection.execute("DELETE FROM clinic_patient")
        connection.execute("VACUUM ANALYZE clinic_message")
    if not world.workers:
        world.start_workers(2, beats=1)
        time.sleep(8)
    world.fill(due, poison_every=0)
    begun = time.monotonic()
    while world.ask(LEFT)[0][0]:
        time.sleep(0.5)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
