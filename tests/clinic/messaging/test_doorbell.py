"""The ring: once per transaction, after its commit, and never at the cost of who rings."""

import time

import pytest
from celery import current_app
from django.db import transaction

from clinic.messaging import doorbell
from tests.services import Redis, free_port, wait_until


@pytest.fixture
def bell(monkeypatch):
    monkeypatch.setattr(doorbell, "RING_AGAIN_SECONDS", 0.1)
    return doorbell.Bell()


@pytest.fixture
def broker(monkeypatch):
    """Where the broker is."""

    def move(url):
        current_app.pool.force_close_all()
        monkeypatch.setattr(current_app, "_pool", None)
        monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
        monkeypatch.setattr(current_app.conf, "broker_url", url)
        monkeypatch.setattr(current_app.conf, "broker_transport_options", {"max_retries": 0})

    return move


@pytest.mark.django_db
def test_one_ring_per_transaction(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings:
        for _message in range(3):
            doorbell.ring_after_commit()

    assert rings == [doorbell.ring]


@pytest.mark.django_db
def test_ring_of_a_savepoint_that_was_rolled_back_is_asked_for_again(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings:
        with transaction.atomic():
            doorbell.ring_after_commit()
            transaction.set_rollback(True)
        doorbell.ring_after_commit()

    assert rings == [doorbell.ring]


def test_ringing_costs_nothing_and_goes_on_until_it_is_taken(bell, broker):
    with Redis() as redis:
        broker(redis.url)
        redis.crash()
        begun = time.perf_counter()
        bell.ring()
        seconds = time.perf_counter() - begun
        was_taken = bell.is_taken(seconds=0.5)
        redis.start()

        assert bell.is_taken(seconds=20)

    assert not was_taken
    assert seconds < 0.1


def test_nobody_answers_and_nothing_is_raised(bell, broker):
    broker(f"redis://127.0.0.1:{free_port()}/0")

    for _time in range(100):
        bell.ring()

    wait_until(lambda: bell._thread.is_alive())
    assert not bell.is_taken(seconds=0.3)
