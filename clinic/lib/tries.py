"""How often somebody may try: counted for each account and the place where the tries come from, so that a stranger
who guesses locks out only themselves. A browser that the account knows is a place of its own.

The rates are those of `ACCOUNT_RATE_LIMITS`: `<act>_here` for one place, `<act>_anywhere` for all places that the
account does not know, together. The second is slow: it keeps many places from guessing, and known browsers do not
feel it.
"""

from allauth.core import ratelimit

from clinic.lib import client_address, known_devices

WAIT_SECONDS = 300


def may(request, act, login):
    """Whether one more `act` for the account that signs in as `login` is within the limits; it is counted."""
    place, _is_known = place_of(request, login)
    is_within = ratelimit.consume(request, action=f"{act}_here", key=f"{login.lower()} {place}")
    return is_within and may_from_anywhere(request, act, login)


def may_from_anywhere(request, act, login):
    """The slow limit alone: for all places that the account does not know, together."""
    _place, is_known = place_of(request, login)
    return is_known or ratelimit.consume(request, action=f"{act}_anywhere", key=login.lower())


def place_of(request, login):
    """(a name for where the try comes from, whether the account knows it). IPv6: the /64 of it."""
    user = request.user
    if user.is_authenticated and (user.email or "").lower() == login.strip().lower():
        return f"account {user.pk}", True
    device = known_devices.device_of(request, login)
    return (f"device {device}", True) if device else (f"home {client_address.place_of(request).mark}", False)


def refuse(request, account=None):
    """The answer to this request says 429, whatever page it shows; `account` is the one that was tried, if known."""
    request.has_tried_too_often, request.account_tried = True, account
