"""What is done again and again: each in its time, never twice at once, whoever knocks."""

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from clinic import tasks
from clinic.models import BrowserSession, ChoreRun, Heartbeat, Message
from clinic.models import chores as chore_model
from clinic.models.chores import CHORES, Chore
from clinic.operations import chores
from tests import factories

pytestmark = pytest.mark.django_db


class Watering:
    """A chore that counts how often it was done; `begun` and `may_end` let a test be there while it is."""

    def __init__(self):
        self.times, self.error, self.waits = [], None, False
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, *, at):
        self.times.append(at)
        self.begun.set()
        if self.waits:
            assert self.may_end.wait(timeout=20)
        if self.error:
            raise self.error


@pytest.fixture
def watering():
    watering = Watering()
    chore = CHORES.register(Chore("water-the-plants", 3600, watering))
    yield watering
    CHORES.unregister(chore)


@pytest.fixture
def other_process(watering):
    """Another process that is at the chore until the test ends; it has a connection of its own."""
    watering.waits = True

    def run():
        chores.run("water-the-plants")
        connection.close()

    thread = threading.Thread(target=run)
    chores.due()
    thread.start()
    assert watering.begun.wait(timeout=20)
    yield thread
    watering.may_end.set()
    thread.join()


def water():
    return "water-the-plants" in {chore.code for chore in chores.due()} and chores.run("water-the-plants")


def row():
    return ChoreRun.objects.get(code="water-the-plants")


def begun_before(**ago):
    ChoreRun.objects.filter(code="water-the-plants").update(begun_at=timezone.now() - timedelta(**ago))


def test_chore_is_done_once_until_its_time_comes_again(watering):
    assert (water(), water(), len(watering.times)) == (True, False, 1)
    begun_before(minutes=59)
    assert not water()
    begun_before(minutes=60)
    assert (water(), len(watering.times)) == (True, 2)


def test_row_says_when_it_was_done(watering):
    water()

    done = row()
    assert done.begun_at <= done.done_at
    assert (done.failed_at, done.failure, done.leased_until, done.token) == (None, "", None, None)


def test_failure_is_noted_without_its_words_raised_and_tried_again(watering):
    watering.error = ValueError("Ona Petrauskienė")
    with pytest.raises(ValueError, match="Ona"):
        water()
    first = row().failed_at
    assert (row().failure, row().done_at, water()) == ("ValueError", None, False)

    begun_before(minutes=5)
    with pytest.raises(ValueError, match="Ona"):
        water()
    assert row().failed_at == first

    begun_before(minutes=5)
    watering.error = None
    assert (water(), row().failed_at, row().failure) == (True, None, "")


def test_chore_whose_worker_died_is_taken_over_when_its_lease_ends(watering):
    water()
    ChoreRun.objects.update(leased_until=timezone.now() + timedelta(seconds=30))
    assert not water()
    ChoreRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert water()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fast_seconds", [0, 90])
def test_two_are_never_at_it_at_once_even_with_a_wrong_clock(other_process, watering, time_machine, fast_seconds):
    begun_before(days=1)
    time_machine.move_to(timezone.now() + timedelta(seconds=fast_seconds))

    assert (chores.run("water-the-plants"), len(watering.times)) == (False, 1)


@pytest.mark.django_db(transaction=True)
def test_lease_is_renewed_while_the_chore_lives(monkeypatch, watering, request):
    for module in (chore_model, chores):
        monkeypatch.setattr(module, "LEASE", timedelta(seconds=0.9))
    request.getfixturevalue("other_process")
    begun_before(days=1)

    threading.Event().wait(2)

    assert (chores.run("water-the-plants"), len(watering.times)) == (False, 1)


def test_chore_of_a_package_that_is_not_here_is_left_alone():
    assert not chores.run("feed-the-cat")


def test_cron_does_all_that_the_beat_does(monkeypatch, settings, tmp_path):
    """From an empty database: each chore of each package, the messages and the note that somebody is at work."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(current_app.conf, "task_always_eager", True)
    tasks.tick()
    by_beat = done()
    ChoreRun.objects.all().delete()
    Heartbeat.objects.all().delete()
    factories.message(due_at=timezone.now())

    call_command("deliver_messages")

    assert done() == by_beat == {chore.code for chore in CHORES}
    assert {"archive-messages", "open-unsigned-records", "reconcile-messages"} <= by_beat
    assert Message.objects.get().status == "accepted"
    assert Heartbeat.objects.get(part="beat")


def done():
    return set(ChoreRun.objects.exclude(done_at=None).values_list("code", flat=True))


def test_failed_chore_keeps_cron_from_nothing_else(watering, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    watering.error = ValueError("no water")
    factories.message(due_at=timezone.now())

    with pytest.raises(CommandError, match="water-the-plants"):
        call_command("deliver_messages")

    assert done() == {chore.code for chore in CHORES} - {"water-the-plants"}
    assert Message.objects.get().status == "accepted"


def test_sessions_that_are_over_are_removed():
    for key, minutes in (("over", -1), ("open", 60)):
        BrowserSession.objects.create(
            session_key=key, session_data="", expire_date=timezone.now() + timedelta(minutes=minutes)
        )
    chores.due()

    chores.run("drop-expired-sessions")

    assert BrowserSession.objects.values_list("session_key", flat=True).get() == "open"
