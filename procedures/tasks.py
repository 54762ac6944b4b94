from celery import shared_task
from django.utils import timezone

from procedures.records import images, unsigned


@shared_task(name="procedures.tick")
def tick():
    unsigned.chase(at=timezone.now())
    images.sweep(at=timezone.now())
