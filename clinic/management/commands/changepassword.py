from django.contrib.auth.management.commands import changepassword
from django.utils import timezone

from clinic import audit_kinds
from clinic.messaging import account_letters
from clinic.models import User
from clinic.people import auditing


class Command(changepassword.Command):
    help = "Changes the password of an account, which is told to its owner and noted in the audit trail."

    def handle(self, *args, **options):
        user = User.objects.filter(email=options["username"]).first()
        before = user and user.password
        done = super().handle(*args, **options)
        if user and User.objects.get(pk=user.pk).password != before:
            auditing.noted(audit_kinds.PASSWORD_CHANGED, user=user, what="manage.py")
            account_letters.tell_of_change(user, "account/email/password_changed", at=timezone.now())
        return done
