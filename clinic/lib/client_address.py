"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.utils.crypto import salted_hmac


def client_address(request):
    """The network address of the person's browser, or None when it cannot be known.

    Behind `TRUSTED_PROXIES` proxies of the clinic's own, the address that the outermost of them saw.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        address = seen[-settings.TRUSTED_PROXIES] if len(seen) >= settings.TRUSTED_PROXIES else ""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def address_mark(request):
    """A keyed hash that distinguishes two addresses without saying what they are.

    Empty for an address that many people may share: this machine itself, or a proxy that is not declared.
    """
    address = client_address(request)
    if address is None or not ipaddress.ip_address(address).is_global:
        return ""
    # This salt stays as it is: marks that are stored were made with it.
    return salted_hmac("clinic.network", address, algorithm="sha256").hexdigest()
