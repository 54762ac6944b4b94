from celery import shared_task
from django.utils import timezone

from procedures.records import images, unsigned


@shared_task(name="procedures.tick")
def tick():
    unsigned.open_overdue_items(at=timezone.now())
    images.delete_orphans(at=timezone.now())
