"""`manage.py flush`: empties the demo clinic. It refuses on a clinic with real patients."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import flush

from clinic.people import audit_chain
from procedures.records import seals


class Command(flush.Command):
    """Django sends `post_migrate` at the end, and that seals the tables again."""

    def handle(self, *, database, **options):
        if not settings.DEMO:
            raise CommandError("Signed records are never deleted. flush works with DEMO=true only.")
        seals.lift(using=database)
        audit_chain.lift(using=database)
        super().handle(database=database, **options)
