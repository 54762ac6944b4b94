from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from procedures.records import record_checks


class Command(BaseCommand):
    help = (
        "Holds every signed record, note and void against its seal and the seals against the audit trail, and says"
        " whether the triggers that protect them are there. Ends with an error otherwise. Run verify_audit, too: the"
        " trail is what gives away a seal that was made anew."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seal", action="store_true", help="first seal the records that have no seal yet")

    def handle(self, *, seal, **options):
        while seal and record_checks.seal_older(at=timezone.now()):
            pass
        report = record_checks.verify()
        self.stdout.write(f"Records: {report.records}.")
        if report.unsealed:
            self.stdout.write(f"Without a seal yet, not looked at: {report.unsealed}. A chore seals them, or --seal.")
        for sentence in report.faults:
            self.stderr.write(sentence)
        if report.faults:
            raise CommandError(f"Signed records are not as they were signed: {len(report.faults)} faults.")
        self.stdout.write("Every signed record is as it was signed.")
