"""Everything breaks while messages go out. What arrived is counted in the provider's own log.

The short form runs with all tests; `bin/test --chaos` runs ten thousand messages and more of every fault.
"""

import os
import time

import pytest

from tests.chaos.world import LEASE_SECONDS, World, table
from tests.services import ServiceMissing, skip_or_fail

pytestmark = [pytest.mark.chaos, pytest.mark.once]

IS_FULL = os.environ.get("CHAOS") == "full"
MESSAGES = int(os.environ.get("CHAOS_MESSAGES", 10_000 if IS_FULL else 500))
REDIS_DOWN_SECONDS = 60 if IS_FULL else 3
PATIENCE_SECONDS = 1_500 if IS_FULL else 150


@pytest.fixture
def world(tmp_path, request):
    try:
        with World(tmp_path, request.param) as world:
            yield world
    except ServiceMissing as error:
        skip_or_fail(error)


TURNS = {3: "stop", 6: "postgresql", 8: "receipts", 11: "outage", 14: "redis", 18: "postgresql", 20: "stop"}
# A round of all of them, and the full form goes on with what costs no minute.
if IS_FULL:
    TURNS |= {turn: "stop" for turn in range(32, 92, 12)} | dict.fromkeys((24, 48, 72), "receipts")


def break_everything(world, *, until_settled_by):
    """kill -9 every second all the time; the other faults in turn. Returns when nothing is left to do."""
    turn, stopped_until, to_stop = 0, 0, 0
    while (left := world.unsettled()) != 0 and time.monotonic() < until_settled_by:
        turn += 1
        many_left = left is None or left > MESSAGES * 0.02 or turn <= 20
        if many_left:
            world.kill_somebody()
        fault = TURNS.get(turn)
        to_stop += fault == "stop"
        if to_stop and not world.stopped and world.stop_somebody():  # else at the next turn
            to_stop -= 1
            stopped_until = time.monotonic() + LEASE_SECONDS + 2
        if fault == "postgresql":
            world.crash_postgresql()
        elif fault == "redis":
            world.lose_redis(REDIS_DOWN_SECONDS)
        elif fault == "receipts" and world.channel == "sms":
            world.tell_what_arrived()
        elif fault == "outage" and world.channel == "sms":
            world.faults["provider away"] += 1
            world.provider.control(outage=True)
            world.keep_alive_for(3)
            world.provider.control(outage=False)
        world.keep_alive_for(1)
        if time.monotonic() > stopped_until:
            world.let_go_on()
    world.let_go_on()


@pytest.mark.parametrize("world", ["sms"], indirect=True)
def test_provider_that_can_be_asked_loses_nothing_and_repeats_nothing(world):
    world.fill(MESSAGES, poison_every=100)
    world.start_web()
    world.start_workers(2, beats=3)

    break_everything(world, until_settled_by=time.monotonic() + PATIENCE_SECONDS)
    world.tell_what_arrived()

    report = world.report(MESSAGES)
    print(table("SMS, a provider that can be asked", report))
    assert (report["lost"], report["doubled"], report["ended in silence"]) == (0, 0, 0)
    assert world.unsettled() == 0
    assert report["states"]["delivered"] >= 30
    assert report["states"].get("dead", 0) <= MESSAGES // 100 + MESSAGES // 50  # the poison, and a few unlucky ones


@pytest.mark.skipif(not IS_FULL, reason="the short form breaks the SMS; each step of a mail dies in test_crash_points")
@pytest.mark.parametrize("world", ["email"], indirect=True)
def test_mail_loses_nothing_and_repeats_less_than_what_broke(world):
    world.mail.errors = 0.1
    world.fill(MESSAGES, poison_every=100)
    world.start_workers(2, beats=3)

    break_everything(world, until_settled_by=time.monotonic() + PATIENCE_SECONDS)

    report = world.report(MESSAGES)
    print(table("SMTP, which knows no keys", report))
    assert (report["lost"], report["ended in silence"]) == (0, 0)
    assert world.unsettled() == 0
    assert report["doubled"] < report["faults"]
