"""Redis that may be missing: soon noticed, not asked again for a while, then asked again."""

import signal
import time

import pytest

from clinic.lib import soft_redis
from clinic.lib.soft_redis import SoftRedis
from tests.services import Redis

pytestmark = pytest.mark.once


@pytest.fixture
def server():
    with Redis() as redis:
        yield redis


def test_text_is_there_while_redis_is(server):
    memory = SoftRedis(server.url)

    memory.set("mark", "7")

    assert (SoftRedis(server.url).get("mark"), memory.get("other")) == ("7", None)


def test_hung_redis_costs_one_short_wait(server):
    memory = SoftRedis(server.url)
    server.process.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        found = [memory.get("mark") for _time in range(50)]
        seconds = time.monotonic() - begun
    finally:
        server.process.send_signal(signal.SIGCONT)

    assert found == [None] * 50
    assert seconds < 3  # 50 waits would take 15 s


def test_it_is_asked_again_after_a_while(server, monkeypatch):
    monkeypatch.setattr(soft_redis, "LEFT_ALONE_SECONDS", 0)
    memory = SoftRedis(server.url)
    server.crash()
    memory.set("mark", "7")
    server.start()

    memory.set("mark", "8")

    assert memory.get("mark") == "8"
