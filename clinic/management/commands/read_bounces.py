from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.messaging.bounces import mailbox


class Command(BaseCommand):
    help = "Reads the mailbox to which mails come back (BOUNCE_IMAP_URL). Beat and cron do it every five minutes."

    def handle(self, **options):
        if not settings.BOUNCE_IMAP_URL:
            raise CommandError("BOUNCE_IMAP_URL is not set.")
        self.stdout.write(f"{mailbox.read(at=timezone.now())} mails read.")
