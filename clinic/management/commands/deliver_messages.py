from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.messaging import delivery


class Command(BaseCommand):
    help = "Delivers every message that is due. For cron or systemd, where no Celery beat runs."

    def handle(self, **options):
        delivered = 0
        while count := delivery.deliver_due(at=timezone.now()):
            delivered += count
        self.stdout.write(f"{delivered} messages taken from the outbox.")
