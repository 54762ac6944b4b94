from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings
from django.utils import timezone

from clinic.messaging import delivery, doorbell
from clinic.operations import chores, readiness


@shared_task(name="clinic.deliver_due_messages")
def deliver_due_messages():
    delivery.deliver()


@shared_task(name="clinic.run_chore")
def run_chore(code):
    """One chore of any package, alone: what is slow or fails keeps no other from its time."""
    chores.run(code)


@shared_task(name="clinic.tick")
def tick():
    """What the beat rings for: the messages and each chore that is due are called, as tasks of their own."""
    readiness.note_beat(at=timezone.now())
    doorbell.ring_if_heard()
    for chore in chores.due():
        run_chore.apply_async((chore.code,), expires=settings.RINGS_EXPIRE_SECONDS)


@worker_shutting_down.connect
def take_nothing_new(**kwargs):
    """On SIGTERM a worker ends with the messages in hand, not with the backlog."""
    delivery.stop()
