"""The mail server is ill, a clock is wrong, a worker is told to end: what that costs, printed as a table.

The short form runs with all tests; `bin/test --chaos` runs ten times the messages.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.chaos.case import PLAN, Case, print_table
from tests.chaos.world import ROOT, World
from tests.services import ServiceMissing, skip_or_fail, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.once, pytest.mark.xdist_group("outages")]

TIMES = 10 if os.environ.get("CHAOS") == "full" else 1
HANGS = 3_600
OTHER_TASKS_RUN = "SELECT now() - at < interval '5 seconds' FROM clinic_heartbeat WHERE part = 'beat'"
AHEAD = "from django.utils import timezone\nnow = timezone.now\ntimezone.now = lambda: now() + timedelta(seconds=90)\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    try:
        with World(tmp_path_factory.mktemp("outages"), "email") as world:
            seconds = "connect=3;greeting=3;mail=3;rcpt=3;data=3;text=3;answer=20"
            world.env |= {"SMTP_SECONDS": seconds}
            (world.folder / "plan.py").write_text(PLAN)
            world.start_workers(2, beats=1)
            Case(world, "warm up").deliver(10)
            world.usual = Case(world, "nothing is wrong").deliver(240 * TIMES)["healthy"]
            yield world
    except ServiceMissing as error:
        skip_or_fail(error)
    print_table()


@pytest.fixture
def moods(world):
    """How the mail server is now; well again after the test."""
    yield world.mail.moods
    world.mail.moods.clear()
    world.mail.errors = 0.0


# One slow recipient holds up nobody


def test_one_slow_recipient_in_60_holds_up_nobody(world, moods):
    case = Case(world, "one in 60 takes 2.5 s", ill=lambda address: int(address[1:].partition("@")[0]) % 60 == 7)
    moods["RCPT"] = lambda address: 2.5 if case.ill(address) else True
    case.plan(240 * TIMES)
    case.wait(60)

    report = case.report()
    assert (report["lost"], report["doubled"], report["told"]) == (0, set(), 0)
    assert report["healthy"] <= world.usual + 2


def test_recipients_that_hang_hold_up_nobody_and_codes_least_of_all(world, moods):
    case = Case(world, "one in 20 of 200 hangs", ill=lambda address: int(address[1:].partition("@")[0]) % 20 == 7)
    moods["RCPT"] = lambda address: HANGS if case.ill(address) else True
    case.plan(200 * TIMES, categories=("safety", "notice", "reminder", "code"))
    case.wait(60, left=10 * TIMES)
    moods.clear()
    case.wait(120)

    report = case.report()
    assert (report["lost"], report["doubled"]) == (0, set())
    assert report["healthy"] <= world.usual + 2


def test_domain_that_hangs_holds_up_neither_codes_nor_others(world, moods):
    case = Case(world, "300 x to a domain that hangs", ill=lambda address: address.endswith("@bad.example"))
    moods["RCPT"] = lambda address: HANGS if case.ill(address) else True
    case.plan(300 * TIMES, domain="bad.example")
    case.plan(100 * TIMES)
    for _code in range(4):
        case.plan(1, categories=("code",))
    case.wait(60, left=300 * TIMES)
    moods.clear()
    case.wait(200 * TIMES)

    report = case.report()
    assert (report["lost"], report["doubled"]) == (0, set())
    assert report["healthy"] <= world.usual + 2
    assert report["codes"] <= 5


# A channel that is down is not a message that failed


@pytest.mark.parametrize(
    ("name", "greeting"), [("hangs at connect", HANGS), ("421 at connect", "421 later"), ("hangs up", "hang up")]
)
def test_channel_that_is_down_costs_no_message_a_try(world, moods, name, greeting):
    moods["GREETING"] = greeting
    case = Case(world, name)
    case.plan(60 * TIMES)
    time.sleep(8)
    assert case.taken().total() == 0
    assert world.ask(OTHER_TASKS_RUN) == [(True,)]
    moods.clear()
    case.wait(60)

    report = case.report()
    assert (report["lost"], report["doubled"], report["told"], report["tries"]) == (0, set(), 0, 1)
    assert world.ask("SELECT count(*) FROM clinic_channelpause") == [(0,)]


def test_server_that_puts_off_is_tried_again(world, moods):
    world.mail.errors = 0.3
    case = Case(world, "451 for three in ten")
    case.plan(100 * TIMES)
    case.wait(120 * TIMES)

    report = case.report()
    assert (report["lost"], report["doubled"], report["told"]) == (0, set(), 0)


def test_server_that_drips_is_waited_for(world, moods):
    moods |= {"MAIL": 0.5, "RCPT": 0.5, "DATA": 0.5, "ANSWER": 0.5}
    case = Case(world, "each answer takes 0.5 s")
    case.plan(60 * TIMES)
    case.wait(120 * TIMES)

    report = case.report()
    assert (report["lost"], report["doubled"], report["told"], report["tries"]) == (0, set(), 0, 1)


# Handed over, and no answer


def test_late_answer_is_an_answer_and_the_lease_is_extended_meanwhile(world, moods):
    """It comes after a lease and a half; another worker looks for abandoned messages all the time."""
    moods["ANSWER"] = 9
    case = Case(world, "250 after 9 s")
    case.plan(12 * TIMES)
    case.wait(60 * TIMES)

    report = case.report()
    assert (report["lost"], report["doubled"], report["states"]) == (0, set(), {"accepted": 12 * TIMES})


def test_server_that_is_gone_after_the_text_doubles_safety_advice_only(world, moods):
    gone = set()

    def once(address):
        ill = int(address[1:].partition("@")[0]) % 10 == 4 and address not in gone
        gone.add(address)
        return "hang up" if ill else True

    moods["ANSWER"] = once
    case = Case(world, "gone after the text, one in 10")
    case.plan(100 * TIMES, categories=("safety", "notice", "reminder"))
    case.wait(90 * TIMES)

    report = case.report()
    assert report["lost"] == 0
    assert report["doubled"] <= report["safety"]
    assert report["told"] == report["states"]["unknown"]


# Clocks and ends


def test_worker_whose_clock_is_wrong_doubles_nothing(world, moods):
    script = world.folder / "ahead.py"
    text = (world.folder / "worker.py").read_text()
    script.write_text(text.replace("from celery.__main__", f"{AHEAD}from celery.__main__"))
    command = [sys.executable, str(script), "-A", "clinic", "worker", "-n", "ahead@%h", "-l", "ERROR"]
    ahead = world._popen([*command, "--without-gossip", "--without-mingle"])
    try:
        moods["ANSWER"] = 0.3
        case = Case(world, "a clock that is 90 s ahead")
        case.plan(150 * TIMES)
        case.wait(120 * TIMES)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(ahead.pid, signal.SIGTERM)
        ahead.wait(timeout=20)

    report = case.report()
    assert (report["lost"], report["doubled"], report["told"]) == (0, set(), 0)


def test_worker_that_is_told_to_end_does_so_after_what_it_has_in_hand(world, moods):
    moods["ANSWER"] = 0.2
    case = Case(world, "SIGTERM with a backlog")
    case.plan(1_000 * TIMES)
    wait_until(lambda: case.taken().total() > 20, what="the first of the backlog")
    begun = time.monotonic()
    for worker in world.workers:
        worker.send_signal(signal.SIGTERM)
    for worker in world.workers:
        worker.wait(timeout=30)
    seconds, left = time.monotonic() - begun, case.under_way()
    moods.clear()
    world.keep_alive()
    case.wait(120 * TIMES)

    report = case.report()
    assert left > 0
    assert seconds < 10
    assert (report["lost"], report["doubled"], report["told"], report["tries"]) == (0, set(), 0, 1)


def test_without_redis_cron_delivers(world, moods):
    for worker in world.workers:
        worker.kill()
        worker.wait()
    world.redis.crash()
    case = Case(world, "Redis is gone, cron delivers")
    case.plan(60 * TIMES)
    command = [sys.executable, "manage.py", "deliver_messages"]
    subprocess.run(command, cwd=ROOT, env=world.env, check=True, capture_output=True)
    world.redis.start()

    report = case.report()
    assert (report["lost"], report["doubled"], case.under_way()) == (0, set(), 0)
