from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.models import User
from clinic.people import second_factors


class Command(BaseCommand):
    help = "Lets a colleague set up a second factor anew, and signs them out everywhere. Managers do it at /manage/."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--why", required=True, help="a few words for the audit trail")

    def handle(self, *, email, why, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None or not user.is_colleague:
            raise CommandError(f"Nobody who works here signs in with {email}.")
        second_factors.reset(user, why=why, at=timezone.now())
        self.stdout.write(f"{user} sets up a second factor at the next sign-in.")
