"""Tells a worker that something may be due. When nobody hears it, the next beat tick delivers."""

from contextlib import suppress

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError


def ring():
    current_app.send_task("clinic.deliver_due_messages", ignore_result=True)


def ring_after_commit():
    """Once what was scheduled is there to be seen."""
    transaction.on_commit(ring, robust=True)


def ring_if_heard():
    """`ring`, where it does not matter whether the broker is there."""
    with suppress(KombuError, OSError):
        ring()
