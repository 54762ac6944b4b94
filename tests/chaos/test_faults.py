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


def break_everything(world, *, until_settled_by):
    """kill -9 every second all the time; the other faults in turn, twice each. Returns when nothing is left to do."""
    go_on = lambda: None  # noqa: E731
    turn = 0
    turns = {3: "stop", 6: "postgresql", 11: "outage", 14: "redis", 18: "postgresql", 20: "stop"}
    while (left := world.unsettled()) != 0 and time.monotonic() < until_settled_by:
        turn += 1
        many_left = left is None or left > MESSAGES * 0.02 or turn <= max(turns)
        if many_left:
            world.kill_somebody()
        fault = turns.get(turn)
        if fault == "stop":
            go_on = world.stop_somebody()
            until = time.monotonic() + LEASE_SECONDS + 2
        elif fault == "postgresql":
            world.crash_postgresql()
        elif fault == "redis":
            world.lose_redis(REDIS_DOWN_SECONDS)
        elif fault == "outage" and world.channel == "sms":
            world.faults["provider away"] += 1
            world.provider.control(outage=True)
            world.keep_alive_for(3)
            world.provider.control(outage=False)
        world.keep_alive_for(1)
        if turn > 3 and time.monotonic() > until:
            go_on()
    go_on()


@pytest.mark.parametrize("world", ["sms"], indirect=True)
def test_provider_that_can_be_asked_loses_nothing_and_doubles_nothing(world):
    world.fill(MESSAGES, poison_every=100)
    world.start_workers(2, beats=3)

    break_everything(world, until_settled_by=time.monotonic() + PATIENCE_SECONDS)

    report = world.report(MESSAGES)
    print(table("SMS, a provider that can be asked", report))
    assert (report["lost"], report["doubled"], report["ended in silence"]) == (0, 0, 0)
    assert world.unsettled() == 0
    assert report["states"].get("dead", 0) <= MESSAGES // 100 + MESSAGES // 50  # the poison, and a few unlucky ones


@pytest.mark.skipif(not IS_FULL, reason="the short form breaks the SMS; each step of a mail dies in test_crash_points")
@pytest.mark.parametrize("world", ["email"], indirect=True)
def test_mail_loses_nothing_and_doubles_less_than_what_broke(world):
    world.fill(MESSAGES, poison_every=100)
    world.start_workers(2, beats=3)

    break_everything(world, until_settled_by=time.monotonic() + PATIENCE_SECONDS)

    report = world.report(MESSAGES)
    print(table("SMTP, which knows no keys", report))
    assert (report["lost"], report["ended in silence"]) == (0, 0)
    assert world.unsettled() == 0
    assert report["doubled"] < report["faults"]
