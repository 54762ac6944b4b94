"""Counts that all processes share are rows of the database, and hold at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from clinic.models import SharedValue
from clinic.operations import shared_cache

pytestmark = pytest.mark.django_db


def test_value_is_there_until_it_expires(time_machine):
    cache.set("tries", [1.5, 2.25], timeout=60)

    assert (cache.get("tries"), cache.get("others", "none")) == ([1.5, 2.25], "none")
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert cache.get("tries") is None


def test_set_writes_over_and_delete_says_whether_there_was_one():
    cache.set("tries", [1])
    cache.set("tries", [2], timeout=None)

    assert (cache.get("tries"), cache.delete("tries"), cache.delete("tries"), cache.get("tries")) == (
        [2],
        True,
        False,
        None,
    )


def test_add_leaves_what_is_there_and_replaces_what_expired(time_machine):
    assert (cache.add("lock", 1, timeout=10), cache.add("lock", 2, timeout=10), cache.get("lock")) == (True, False, 1)
    time_machine.move_to(timezone.now() + timedelta(seconds=11))
    assert (cache.add("lock", 3), cache.get("lock")) == (True, 3)


def test_touch_lengthens_a_life(time_machine):
    cache.set("tries", 1, timeout=10)

    assert (cache.touch("tries", 100), cache.touch("others")) == (True, False)
    time_machine.move_to(timezone.now() + timedelta(seconds=50))
    assert cache.get("tries") == 1


def test_keys_tell_nobody_who_tried():
    cache.set("login:ona@example.org:192.0.2.7", 1)

    key = SharedValue.objects.get().key
    assert (len(key), "ona" in key, "192" in key) == (64, False, False)


def test_live_values_are_never_pushed_out():
    """As Django's DatabaseCache does from its three hundredth on."""
    cache.set("tries", 1)

    for number in range(400):
        cache.set(f"other {number}", 1)

    assert cache.get("tries") == 1


def test_expired_values_are_removed():
    cache.set("old", 1, timeout=10)
    cache.set("new", 1, timeout=1000)
    cache.set("always", 1, timeout=None)

    shared_cache.forget_expired(at=timezone.now() + timedelta(seconds=11))

    assert SharedValue.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_expired", [False, True])
def test_of_many_who_add_at_once_one_does(is_expired):
    locks = [f"lock {number}" for number in range(30)]
    for lock in locks if is_expired else ():
        cache.set(lock, "old", timeout=-1)
    together = Barrier(4)

    def add(lock, number):
        together.wait()
        return cache.add(lock, number)

    def add_each(number):
        try:
            return [add(lock, number) for lock in locks]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        added = list(zip(*pool.map(add_each, range(4)), strict=True))

    assert [tries.count(True) for tries in added] == [1] * len(locks)
    assert [tries.index(True) for tries in added] == [cache.get(lock) for lock in locks]
