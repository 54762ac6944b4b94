from celery import shared_task
from django.utils import timezone

from aftercare.care_plans import missing_messages


@shared_task(name="aftercare.reconcile")
def reconcile():
    missing_messages.tell_the_desk(at=timezone.now())
