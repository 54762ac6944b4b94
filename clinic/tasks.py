from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinic import archiving, before_visit, chasing, delivering, ending, waiting, watching


@shared_task(name="clinic.deliver_due_messages")
def deliver_due_messages():
    """Until nothing is due. Where much is, one more worker is called, which may call the next: once each."""
    has_called = False
    while taken := delivering.deliver_due(at=timezone.now()):
        if taken == delivering.BATCH and not has_called:
            has_called = True
            ending.ring_if_heard()


@shared_task(name="clinic.archive_old_messages")
def archive_old_messages():
    archiving.archive(at=timezone.now(), days=settings.MESSAGES_ARCHIVED_AFTER_DAYS)


@shared_task(name="clinic.tick")
def tick():
    watching.note_beat(at=timezone.now())
    deliver_due_messages()
    waiting.move_on(at=timezone.now())
    chasing.chase_wishes(at=timezone.now())
    before_visit.chase(at=timezone.now())
