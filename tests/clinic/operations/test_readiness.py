"""Can this node serve, is the work done in time? And the task that shows that somebody is at work."""

import signal
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from clinic import tasks
from clinic.messaging import claims, epoch, outbox
from clinic.models import ChannelPause, ChoreRun, Heartbeat, Message
from clinic.operations import chores, readiness
from tests import factories
from tests.factories import NOW
from tests.services import Redis, free_port

pytestmark = pytest.mark.django_db

NODE_IS_READY = {"ready": True, "database": True, "migrated": True, "broker": True}


@pytest.fixture
def at_work():
    """Somebody knocked a moment ago."""
    readiness.note_beat(at=NOW)


# This node


def test_node_can_serve_though_no_work_is_done(client):
    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()) == (200, NODE_IS_READY)


def test_node_cannot_serve_with_a_database_that_is_older_than_its_code(client):
    MigrationRecorder(connection).migration_qs.filter(app="aftercare").delete()

    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()) == (503, NODE_IS_READY | {"ready": False, "migrated": False})


def test_node_serves_without_the_broker(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    assert readiness.readiness() == NODE_IS_READY | {"broker": False}


def test_hung_broker_holds_no_answer_up(settings):
    with Redis() as redis:
        settings.REDIS_URL = redis.url
        assert readiness.readiness() == NODE_IS_READY
        redis.process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()

        reports = [readiness.readiness() for _time in range(10)]

        seconds = time.monotonic() - begun
        redis.process.send_signal(signal.SIGCONT)
    assert reports == [NODE_IS_READY | {"broker": False}] * 10
    assert seconds < 2  # the ten would take 3 s


# The work


def test_work_is_on_time(at_work):
    assert readiness.work(at=NOW + timedelta(seconds=30)) == {
        "on_time": True,
        "oldest_due_message_seconds": 0,
        "last_beat_seconds": 30,
        "paused_seconds": {},
        "not_set_up": [],
        "restored": None,
        "late_chores": [],
        "failing_chores": [],
        "missing_messages": 0,
    }


@pytest.mark.parametrize(("seconds", "on_time"), [(0, True), (300, True), (301, False)])
def test_work_is_late_when_a_due_message_is_five_minutes_late(seconds, on_time):
    at = NOW + timedelta(seconds=seconds)
    readiness.note_beat(at=at)
    factories.message(due_at=NOW)
    factories.message(due_at=at + timedelta(hours=1))

    report = readiness.work(at=at)

    assert (report["on_time"], report["oldest_due_message_seconds"]) == (on_time, seconds)


def test_what_a_dead_worker_left_behind_is_late():
    """Its lease expired long ago and nobody took it over."""
    now = timezone.now()
    readiness.note_beat(at=now)
    factories.message(due_at=now - timedelta(hours=1), not_after=now)
    claims.take(Message.objects.due(at=now))
    Message.objects.update(leased_until=now - timedelta(minutes=6))

    report = readiness.work(at=now)

    assert (report["on_time"], report["oldest_due_message_seconds"]) == (False, 360)


def test_what_has_ended_is_not_late(at_work):
    factories.message(due_at=NOW - timedelta(days=1))
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    assert readiness.work(at=NOW)["on_time"]


@pytest.mark.parametrize(("seconds", "on_time"), [(300, True), (301, False)])
def test_work_is_late_when_the_beat_is_silent(seconds, on_time):
    readiness.note_beat(at=NOW - timedelta(hours=1))
    readiness.note_beat(at=NOW)

    report = readiness.work(at=NOW + timedelta(seconds=seconds))

    assert (report["on_time"], report["last_beat_seconds"], Heartbeat.objects.count()) == (on_time, seconds, 1)


def test_work_is_late_before_the_first_beat():
    report = readiness.work(at=NOW)

    assert (report["on_time"], report["last_beat_seconds"]) == (False, None)


def test_paused_way_out_is_named_and_one_that_is_gone_is_not(at_work):
    since = NOW - timedelta(minutes=10)
    for name in ("email-files", "twilio-2"):
        ChannelPause.objects.create(name=name, since=since, until=NOW)

    report = readiness.work(at=NOW)

    assert (report["on_time"], report["paused_seconds"]) == (False, {"email-files": 600})


def test_channel_that_is_not_set_up_is_named(at_work, settings):
    settings.MESSAGES_TO_FILES, settings.EMAIL_URL = False, "smtp://mail.example:25"

    report = readiness.work(at=NOW)

    assert (report["on_time"], report["not_set_up"]) == (True, ["sms"])


def test_restored_database_is_told(at_work):
    epoch.mark(at=NOW)
    epoch.hold(at=NOW)

    report = readiness.work(at=NOW)

    assert not report["on_time"]
    assert "after_restore" in report["restored"]


@pytest.mark.parametrize(("hours", "late"), [(48, []), (49, ["archive-messages"])])
def test_chore_is_late_after_two_of_its_intervals(hours, late, at_work):
    chores.due()
    ChoreRun.objects.filter(code="archive-messages").update(done_at=NOW - timedelta(hours=hours))

    report = readiness.work(at=NOW)

    assert (report["on_time"], report["late_chores"]) == (not late, late)


def test_failing_chore_is_named_and_late_if_it_goes_on(at_work):
    chores.due()
    row = ChoreRun.objects.filter(code="reconcile-messages")
    row.update(failed_at=NOW, failure="ValueError")
    assert readiness.work(at=NOW)["failing_chores"] == ["reconcile-messages"]
    assert readiness.work(at=NOW)["on_time"]

    row.update(failed_at=NOW - timedelta(hours=3))

    assert readiness.work(at=NOW)["late_chores"] == ["reconcile-messages"]


def test_readyz_work_answers_503_until_somebody_is_at_work(client):
    answer = client.get(reverse("readyz"), {"work": ""})
    assert (answer.status_code, answer.json()["on_time"]) == (503, False)

    readiness.note_beat(at=timezone.now())

    assert client.get(reverse("readyz"), {"work": ""}).status_code == 200


# Who shows that somebody is at work


def test_tick_notes_the_beat():
    tasks.tick()

    assert Heartbeat.objects.get().part == "beat"


def test_ring_delivers_all_that_is_due(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for _ in range(25):
        factories.message(due_at=timezone.now())

    tasks.deliver_due_messages()

    assert set(Message.objects.values_list("status", flat=True)) == {"accepted"}
