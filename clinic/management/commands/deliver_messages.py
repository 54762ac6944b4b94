from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.messaging import delivery, epoch
from clinic.operations import chores, readiness


class Command(BaseCommand):
    help = "Does all that is due: every chore, then every message. For cron or systemd, where no Celery beat runs."

    def handle(self, **options):
        readiness.note_beat(at=timezone.now())
        failed = chores.run_all_due()
        self.deliver()
        if state := epoch.restored_state():
            raise CommandError(f"No message goes out: {state}.")
        if failed:
            raise CommandError(f"These chores failed and are tried again: {', '.join(failed)}.")

    def deliver(self):
        delivered = 0
        while count := delivery.deliver_due(at=timezone.now()):
            delivered += count
        self.stdout.write(f"{delivered} messages taken from the outbox.")
