from django.core.management.commands import flush

from clinic.approvals import versions
from clinic.people import audit_chain
from procedures.records import seals


class Command(flush.Command):
    """Tests that commit are cleaned up by emptying every table, which the clinic's own database refuses.

    Django sends `post_migrate` at the end, and that creates the triggers again.
    """

    def handle(self, *, database, **options):
        seals.lift(using=database)
        audit_chain.lift(using=database)
        versions.lift(using=database)
        super().handle(database=database, **options)
