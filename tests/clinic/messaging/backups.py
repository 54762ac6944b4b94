"""A backup of the outbox that can be put back, within one test's transaction."""

from django.utils import timezone

from clinic.messaging import epoch
from clinic.models import DeliveryMark, Message


class Backup:
    """What `pg_dump` or a copy of the file would have saved of the outbox and the mark."""

    def __init__(self):
        self.taken_at = timezone.now()
        self.mark = epoch.mark(at=self.taken_at)
        self.messages = list(Message.objects.all())

    def restore(self):
        DeliveryMark.objects.all().delete()
        DeliveryMark.objects.bulk_create([self.mark])
        for message in self.messages:
            message.attempts.all().delete()
            message.save()
