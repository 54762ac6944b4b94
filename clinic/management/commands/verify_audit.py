from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.operations import audit_ends


class Command(BaseCommand):
    help = (
        "Looks at every entry of the audit trail: that none was changed, removed or inserted, that the triggers that"
        " protect it are there, and that it does not end before it was known to end. Ends with an error otherwise."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--known",
            action="append",
            default=[],
            type=place,
            metavar="NUMBER:HASH",
            help="an entry as the log or another machine noted it, to compare; may be given more than once",
        )

    def handle(self, *, known, **options):
        now = timezone.now()
        outside = [*audit_ends.known(at=now), *known]
        report = audit_ends.verify(known, at=now)
        self.stdout.write(f"Entries: {report.events}. The last is {report.number}:{report.hash}")
        if report.older:
            self.stdout.write(f"From before the chain began, counted only: {report.older}.")
        if not outside:
            self.stdout.write("No end is known outside the database yet: whether it was cut off is not seen.")
        for sentence in report.faults:
            self.stderr.write(sentence)
        if report.faults:
            raise CommandError(f"The audit trail is not as it was written: {report.fault_count} faults.")
        self.stdout.write("The audit trail is as it was written.")


def place(text):
    """Raises ValueError, which argparse tells."""
    number, _colon, last_hash = text.partition(":")
    return int(number), last_hash
