"""Browsers that somebody has signed in with before: strangers who guess cannot use up their tries.

After OWASP's "Slow Down Online Guessing Attacks with Device Cookies". The cookie says nothing about whom it knows: it
holds a random number for each account and a keyed hash of both, and opens nothing by itself.
"""

import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = f"{settings.COOKIE_PREFIX}device"
SALT = "clinic.known-device"
KEPT_SECONDS = 365 * 24 * 60 * 60
MOST = 6  # people who share one browser
SEPARATORS = ".", "~"


def device_of(request, login):
    """A name for this browser if `login` (an e-mail address or a number) has signed in with it before, else None."""
    for number, proof in _entries(request):
        if constant_time_compare(proof, _proof(login, number)):
            return number
    return None


def remember(request, response, logins):
    """Let the browser prove from now on that each of `logins` signed in with it."""
    new = [(number, _proof(login, number)) for login in logins for number in [_number(request, login)]]
    entries = [*new, *(entry for entry in _entries(request) if entry not in new)][:MOST]
    inner, outer = SEPARATORS
    response.set_cookie(
        COOKIE,
        outer.join(inner.join(entry) for entry in entries),
        max_age=KEPT_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        path="/",
    )


def _number(request, login):
    return device_of(request, login) or secrets.token_hex(12)


def _entries(request):
    inner, outer = SEPARATORS
    parts = [part.split(inner) for part in request.COOKIES.get(COOKIE, "").split(outer)[:MOST]]
    return [(part[0], part[1]) for part in parts if len(part) == 2 and "".join(part).isascii()]


def _proof(login, number):
    return salted_hmac(SALT, f"{number} {login.strip().lower()}", algorithm="sha256").hexdigest()[:32]
