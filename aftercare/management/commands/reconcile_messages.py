from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aftercare.care_plans import missing_messages
from clinic.messaging import letters


class Command(BaseCommand):
    help = "Compares the aftercare messages that should exist with those that do. Fails when any is missing or extra."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=8, help="How far back procedures are looked at (8).")

    def handle(self, *, days, **options):
        report = missing_messages.compare(at=timezone.now(), days=days)
        for word in ("missing", "extra"):
            for about in getattr(report, word):
                self.stdout.write(f"{word}: {letters.name_of(*about)}")
        if report.missing or report.extra:
            raise CommandError(f"{len(report.missing)} missing, {len(report.extra)} extra of {report.checked}.")
        self.stdout.write(f"{report.checked} messages should exist, and they do; none is too many.")
