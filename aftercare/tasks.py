from celery import shared_task
from django.utils import timezone

from aftercare import reconciling


@shared_task(name="aftercare.reconcile")
def reconcile():
    reconciling.tell_the_desk(at=timezone.now())
