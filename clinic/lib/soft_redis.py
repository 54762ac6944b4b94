"""Redis for what may be missing: little patience, and after a failure it is left alone for a while."""

import time
from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_SECONDS = 0.3  # for each of: connect, send, answer
LEFT_ALONE_SECONDS = 10


class SoftRedis:
    """Texts by name. While Redis is away there is none, and what is set is lost."""

    def __init__(self, url):
        self._client = redis.Redis.from_url(
            url,
            socket_connect_timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._left_alone_until = 0

    def get(self, name):
        return self._ask("get", name)

    def set(self, name, text):
        self._ask("set", name, text)

    def answers(self):
        """Whether it did just now, or would have: one that is left alone does not."""
        return bool(self._ask("ping"))

    def _ask(self, command, *arguments):
        if time.monotonic() < self._left_alone_until:
            return None
        try:
            return getattr(self._client, command)(*arguments)
        except (redis.RedisError, OSError):
            self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
            return None


@cache
def soft_redis(url):
    """One for each process and address."""
    return SoftRedis(url)
