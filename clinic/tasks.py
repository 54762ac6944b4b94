from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinic.messaging import archive, delivery, doorbell
from clinic.operations import readiness
from clinic.scheduling import visit_answers, waitlist


@shared_task(name="clinic.deliver_due_messages")
def deliver_due_messages():
    """Until nothing is due. When much is due, one more worker is called, which may call the next: once each."""
    has_called = False
    while taken := delivery.deliver_due(at=timezone.now()):
        if taken == delivery.BATCH and not has_called:
            has_called = True
            doorbell.ring_if_heard()


@shared_task(name="clinic.archive_old_messages")
def archive_old_messages():
    archive.archive(at=timezone.now(), days=settings.MESSAGES_ARCHIVED_AFTER_DAYS)


@shared_task(name="clinic.tick")
def tick():
    readiness.note_beat(at=timezone.now())
    deliver_due_messages()
    waitlist.advance_offers(at=timezone.now())
    waitlist.open_calls(at=timezone.now())
    visit_answers.open_unanswered_calls(at=timezone.now())
