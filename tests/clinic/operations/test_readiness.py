"""Is the machinery at work? And the two tasks that show it."""

from datetime import timedelta

import pytest
from celery import current_app
from django.urls import reverse
from django.utils import timezone

from clinic import tasks
from clinic.messaging import claims, outbox
from clinic.models import Heartbeat, Message
from clinic.operations import readiness
from tests import factories
from tests.factories import NOW
from tests.services import Redis, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker():
    """Lets a test say where the broker is, and puts it back."""
    before = current_app.conf.broker_url

    def move(url):
        current_app.conf.broker_url = url

    yield move
    current_app.conf.broker_url = before


def test_readiness_is_given_when_all_is_at_work():
    readiness.note_beat(at=NOW)

    assert readiness.readiness(at=NOW + timedelta(seconds=30)) == {
        "ready": True,
        "database": True,
        "broker": True,
        "oldest_due_message_seconds": 0,
        "last_beat_seconds": 30,
        "missing_messages": 0,
        "last_reconciled_seconds": None,
    }


@pytest.mark.parametrize(("seconds", "ready"), [(0, True), (300, True), (301, False)])
def test_readiness_ends_when_a_due_message_is_five_minutes_late(seconds, ready):
    at = NOW + timedelta(seconds=seconds)
    readiness.note_beat(at=at)
    factories.message(due_at=NOW)
    factories.message(due_at=at + timedelta(hours=1))

    report = readiness.readiness(at=at)

    assert (report["ready"], report["oldest_due_message_seconds"]) == (ready, seconds)


def test_readiness_counts_what_a_dead_worker_left_behind():
    """Its lease expired long ago and nobody took it over."""
    now = timezone.now()
    readiness.note_beat(at=now)
    factories.message(due_at=now - timedelta(hours=1), not_after=now)
    claims.take(Message.objects.due(at=now))
    Message.objects.update(leased_until=now - timedelta(minutes=6))

    report = readiness.readiness(at=now)

    assert (report["ready"], report["oldest_due_message_seconds"]) == (False, 360)


def test_readiness_ignores_what_has_ended():
    readiness.note_beat(at=NOW)
    factories.message(due_at=NOW - timedelta(days=1))
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    assert readiness.readiness(at=NOW)["ready"]


@pytest.mark.parametrize(("seconds", "ready"), [(300, True), (301, False)])
def test_readiness_ends_when_the_beat_is_silent(seconds, ready):
    readiness.note_beat(at=NOW - timedelta(hours=1))
    readiness.note_beat(at=NOW)

    report = readiness.readiness(at=NOW + timedelta(seconds=seconds))

    assert (report["ready"], report["last_beat_seconds"], Heartbeat.objects.count()) == (ready, seconds, 1)


def test_readiness_is_not_given_before_the_first_beat():
    assert readiness.readiness(at=NOW)["last_beat_seconds"] is None
    assert not readiness.readiness(at=NOW)["ready"]


def test_readiness_ends_while_the_broker_is_away(broker):
    readiness.note_beat(at=NOW)
    broker(f"redis://127.0.0.1:{free_port()}/0")

    report = readiness.readiness(at=NOW)

    assert (report["ready"], report["broker"], report["database"]) == (False, False, True)


def test_readiness_is_given_with_redis(broker):
    readiness.note_beat(at=NOW)
    with Redis() as redis:
        broker(redis.url)

        assert readiness.readiness(at=NOW)["ready"]


def test_readyz_answers_503_with_numbers_only_while_not_ready(client):
    answer = client.get(reverse("readyz"))

    assert (answer.status_code, answer.json()["ready"], answer.json()["last_beat_seconds"]) == (503, False, None)
    readiness.note_beat(at=timezone.now())
    assert client.get(reverse("readyz")).status_code == 200


def test_tick_notes_the_beat():
    tasks.tick()

    assert Heartbeat.objects.get().part == "beat"


def test_ring_delivers_all_that_is_due(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for _ in range(25):
        factories.message(due_at=timezone.now())

    tasks.deliver_due_messages()

    assert set(Message.objects.values_list("status", flat=True)) == {"accepted"}
