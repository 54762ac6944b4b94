"""A worker that hears no beat looks for work by itself, and leaves it when somebody knocks again."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import DatabaseError
from django.utils import timezone

from clinic.operations import readiness, watch
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seconds", "silent"), [(59, False), (61, True)])
def test_two_beats_are_a_silence(settings, seconds, silent):
    settings.BEAT_SECONDS = 30
    readiness.note_beat(at=NOW)

    assert watch.nobody_knocks(at=NOW + timedelta(seconds=seconds)) == silent


def test_silence_before_the_first_beat():
    assert watch.nobody_knocks(at=NOW)


@pytest.mark.django_db(transaction=True)
def test_watch_looks_while_nobody_knocks_also_after_a_failure(settings):
    settings.BEAT_SECONDS = 0.1
    looks, third = [], Event()

    def look():
        looks.append(timezone.now())
        if len(looks) == 1:
            raise DatabaseError("away")
        if len(looks) == 3:
            third.set()

    kept = watch.Watch(look)
    kept.begin()
    assert third.wait(timeout=20)
    kept.end(seconds=20)

    assert not kept._thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_watch_does_nothing_while_somebody_knocks(settings):
    settings.BEAT_SECONDS = 0.1
    readiness.note_beat(at=timezone.now() + timedelta(hours=1))
    looks = []
    kept = watch.Watch(lambda: looks.append(1))
    kept.begin()

    Event().wait(0.8)
    kept.end(seconds=20)

    assert looks == []
