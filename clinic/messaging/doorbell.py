"""Tells a worker that something may be due. If no worker gets it, the next beat tick delivers."""

from contextlib import suppress

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError


def ring():
    current_app.send_task("clinic.deliver_due_messages", ignore_result=True)


def ring_after_commit():
    """After the commit, when other processes can see what was scheduled."""
    transaction.on_commit(ring, robust=True)


def ring_if_heard():
    """`ring`, when it does not matter whether the broker is up."""
    with suppress(KombuError, OSError):
        ring()
