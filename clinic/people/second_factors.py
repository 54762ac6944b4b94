"""What somebody proves besides a password: whether there is anything, and how a colleague begins anew without it."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit_kinds
from clinic.errors import DomainError
from clinic.models import User
from clinic.people import auditing, sessions
from clinic.signals import second_factor_reset

MAIN = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # written-down codes only stand in for these


def main_of(user):
    return Authenticator.objects.filter(user=user, type__in=MAIN)


def has_another(authenticator):
    """Whether something is left when this one is removed."""
    return main_of(authenticator.user).exclude(pk=authenticator.pk).exists()


def drop_written_codes(user):
    """Whoever has nothing that they stand in for needs none."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()


def forget(user):
    """What was set up counts no more."""
    Authenticator.objects.filter(user=user).delete()


def reset(user, *, why, at, by=None, address=None):
    """`user` sets up a second factor anew at the next sign-in, and is signed out everywhere; they are told by mail.

    `by`: the manager, None for whoever looks after the computer. Raises DomainError for the manager's own.
    """
    if user == by:
        raise DomainError(_("Another manager must do this for you. You can change your own under “Your sign-in”."))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        forget(user)
        sessions.end_all(user)
        what = _("reset: %(why)s") % {"why": why}
        auditing.noted(audit_kinds.SECOND_FACTOR, by=by, user=user, address=address, what=what)
        second_factor_reset.send(User, user=user, by=by, at=at)


def state_of(users):
    """What each of `users` has set up: (user, app?, how many passkeys), in two queries at most."""
    users = list(users)
    have = {}
    for pk, kind in Authenticator.objects.filter(user__in=users, type__in=MAIN).values_list("user", "type"):
        have.setdefault(pk, []).append(kind)
    return [
        {
            "user": user,
            "has_app": Authenticator.Type.TOTP in have.get(user.pk, []),
            "passkeys": have.get(user.pk, []).count(Authenticator.Type.WEBAUTHN),
        }
        for user in users
    ]
