from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.privacy import notice, retention


class Command(BaseCommand):
    help = "Says what need not be kept any longer, by the times of PRIVACY_FILE; removes it with --apply."

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="remove it; what is removed does not come back")

    def handle(self, *, apply, **options):
        now = timezone.now()
        try:
            found = retention.apply(at=now) if apply else retention.overdue(at=now)
        except notice.NoticeIsWrong as error:
            raise CommandError(str(error)) from error
        for kept, count in found:
            done = "removed" if apply else "over"
            self.stdout.write(f"{kept.code}: {count} {done} (kept for {kept.how_long} {kept.since})")
        for kept in notice.read().kept:
            if not kept.has_rule:
                how = "by hand" if kept.by_hand else f"with {kept.goes_with}"
                self.stdout.write(f"{kept.code}: {how} (kept for {kept.how_long} {kept.since})")
        if not apply:
            self.stdout.write("Nothing was removed. --apply removes it.")
