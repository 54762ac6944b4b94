from celery import shared_task
from django.utils import timezone

from clinic import before_visit, chasing, delivering, waiting, watching


@shared_task(name="clinic.deliver_due_messages")
def deliver_due_messages():
    while delivering.deliver_due(at=timezone.now()):
        pass


@shared_task(name="clinic.tick")
def tick():
    watching.note_beat(at=timezone.now())
    deliver_due_messages()
    waiting.move_on(at=timezone.now())
    chasing.chase_wishes(at=timezone.now())
    before_visit.chase(at=timezone.now())
