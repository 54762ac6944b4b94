from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from clinic.models import Role, User
from clinic.people import employment


class Command(BaseCommand):
    help = "Adds a colleague who may sign in. They choose their password through “Forgotten password?”."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", required=True)

    @transaction.atomic
    def handle(self, *, email, role, name, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} has an account already. Patients and colleagues need addresses of their own.")
        user = User.objects.create_user(email, name=name)
        employment.start(user, role, at=timezone.now())
        self.stdout.write(f"{name} may sign in as {role} with {user.email}, after choosing a password.")
