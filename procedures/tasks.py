from celery import shared_task
from django.utils import timezone

from procedures import imaging, unsigned


@shared_task(name="procedures.tick")
def tick():
    unsigned.chase(at=timezone.now())
    imaging.sweep(at=timezone.now())
