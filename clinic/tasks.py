import time

from celery import shared_task
from celery.signals import worker_init, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from clinic.messaging import delivery, doorbell
from clinic.operations import chores, readiness
from clinic.operations.watch import Watch

watches = []


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
    doorbell.ring()
    for chore in chores.due():
        run_chore.apply_async((chore.code,), expires=settings.RINGS_EXPIRE_SECONDS)


@worker_init.connect
def keep_watch(**kwargs):
    """Also while there is no broker; delivering, which may take minutes, keeps no chore from its time."""
    for look in (delivery.deliver, chores.run_all_due):
        watches.append(Watch(look))
        watches[-1].begin()


@worker_shutting_down.connect
def take_nothing_new(**kwargs):
    """On SIGTERM a worker ends with the messages in hand, not with the backlog."""
    delivery.stop()


@worker_shutdown.connect
def end_watch(**kwargs):
    until = time.monotonic() + settings.WORKER_STOP_SECONDS
    for watch in watches:
        watch.end(seconds=max(0, until - time.monotonic()))
