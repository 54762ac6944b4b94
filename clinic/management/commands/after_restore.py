from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.errors import DomainError
from clinic.operations import restores

SAID_EVERY = 100


class Command(BaseCommand):
    help = (
        "Run it after a backup was put back, before anything else starts. Messages that may have gone out since are"
        " settled: providers that can be asked are asked; of the rest only safety advice is sent again, and people get"
        " work items. Until it has ended well no message goes out. May be killed and run again. Ends with an error"
        " while something is left."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--taken-at",
            required=True,
            type=moment,
            help="when the backup was taken (began): 2026-03-02T03:00+02:00; without a zone it is the clinic's",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="change nothing, ask nobody, print what would be done"
        )

    def handle(self, *, taken_at, dry_run, **options):
        now = timezone.now()
        try:
            report = (
                restores.plan(taken_at=taken_at, at=now)
                if dry_run
                else restores.settle(taken_at=taken_at, at=now, say=self.say)
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        if report.was_settled_before:
            return self.stdout.write("This restore was settled before. Nothing is left to do.")
        self.print_counts(report)
        if dry_run:
            return self.stdout.write("Nothing was changed.")
        if not report.sequences_moved:
            self.stderr.write(
                "New rows may get the numbers of lost ones: the sequences belong to another database role."
            )
        if not report.is_settled:
            raise CommandError(f"{report.unsettled} of these are not settled. No message goes out: run this again.")
        return self.stdout.write("Settled: messages go out again. Work items tell the desk what is lost.")

    def print_counts(self, report):
        self.stdout.write(f"Lost: what was entered between {report.taken_at} and {report.until}.")
        self.stdout.write(f"Messages that may have gone out since: {report.fates.total()}")
        if report.heard:
            self.stdout.write(f"SMS that people wrote since, taken up from the provider's list: {report.heard}")
        for fate, count in sorted(report.fates.items(), key=str):
            self.stdout.write(f"  {count:6} {fate or 'the provider is asked'}")

    def say(self, count):
        if count % SAID_EVERY == 0:
            self.stdout.write(f"{count} looked at")


def moment(text):
    """Raises ValueError, which argparse tells."""
    at = datetime.fromisoformat(text)
    return at if timezone.is_aware(at) else timezone.make_aware(at)
