"""A screen that nobody has touched for a while shows no patient: the desk's computers stand where people wait."""

from django.conf import settings
from django.utils import timezone

from clinic.lib.client_address import client_address

NOTED_EACH_SECONDS = 30
# Where a screen is unlocked, or left to somebody else
OPEN_WHILE_LOCKED = {
    *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("account_logout", "account_sign_in_again"),
}


def begin(request):
    """Somebody has signed in with this browser."""
    device = request.META.get("HTTP_USER_AGENT", "")
    request.session.sign_in(at=timezone.now(), address=client_address(request), device=device)


def is_locked(request):
    """Only for those who work here: a patient's phone is their own."""
    minutes = settings.IDLE_LOCK_MINUTES
    if not minutes or not request.user.is_authenticated:
        return False
    return request.session.was_left(at=timezone.now(), minutes=minutes) and request.user.is_colleague


def see(request):
    """Note that its person is there, unless that is known already, or the page fetches something by itself."""
    if settings.IDLE_LOCK_MINUTES and request.user.is_authenticated and _is_by_a_person(request):
        at = timezone.now()
        if not request.session.is_seen_by(at=at, seconds=NOTED_EACH_SECONDS):
            request.session.see(at=at)


def _is_by_a_person(request):
    """What is sent, and each page that is opened. What a page fetches to stay up to date is no sign of anybody."""
    if request.method != "GET":
        return True
    is_part = request.headers.get("HX-Request") == "true"
    return not is_part and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
