"""What this browser's person has proved since signing in, and whether it is enough for the page they ask for."""

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse
from django.utils.http import urlencode

PASSWORD, SECOND = "password", "mfa"
BOTH = {PASSWORD, SECOND}


def proved(request):
    """The names of what was proved. A passkey that signed somebody in counts for both: its device knows its owner."""
    records = get_authentication_records(request, request.user)
    return {name for record in records for name in (BOTH if record.get("passwordless") else {record["method"]})}


def is_something_missing(request):
    """Whether a colleague must prove more first. Who comes by a code comes as a patient, and is none here."""
    if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
        return False
    return not proved(request) >= BOTH and request.user.is_colleague


def url_of_missing(request, page):
    """Where that is done, to go on to `page`."""
    ways = [way["url"] for way in get_adapter().get_reauthentication_methods(request.user)]
    by_password = reverse("account_reauthenticate")
    others = [url for url in ways if url != by_password]
    if PASSWORD not in proved(request) and by_password in ways:
        url = by_password
    else:
        url = others[0] if others else reverse("mfa_index")
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: page})}"
