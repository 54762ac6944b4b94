"""What somebody proves besides a password: whether there is anything, and how a colleague begins anew without it."""

from allauth.mfa.models import Authenticator

MAIN = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # written-down codes only stand in for these


def main_of(user):
    return Authenticator.objects.filter(user=user, type__in=MAIN)


def has_another(authenticator):
    """Whether something is left when this one is removed."""
    return main_of(authenticator.user).exclude(pk=authenticator.pk).exists()


def drop_written_codes(user):
    """Whoever has nothing that they stand in for needs none."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
