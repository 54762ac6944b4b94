"""Where a request comes from."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

ONE_HOME = 64  # bits of an IPv6 address that one line has: its owner chooses the others
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """From where somebody comes, as far as limits need it.

    `mark` is a keyed hash that distinguishes two places without saying what they are. `is_shared`: many people may come
    from there, because it is this machine or its network, or a proxy that is not declared.
    """

    mark: str
    is_shared: bool


def client_address(request):
    """The network address of the person's browser, or None when it cannot be known.

    Behind `TRUSTED_PROXIES` proxies of the clinic's own, the address that the outermost of them saw.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        address = seen[-settings.TRUSTED_PROXIES] if len(seen) >= settings.TRUSTED_PROXIES else ""
    try:
        return str(_plain(ipaddress.ip_address(address)))
    except ValueError:
        return None


def place_of(request):
    """Where the request comes from: one home, or a place that many share. All addresses of one IPv6 /64 are one."""
    address = client_address(request)
    if address is None:
        return Place(_mark(UNKNOWN), is_shared=True)
    return Place(_mark(_home(address)), is_shared=not ipaddress.ip_address(address).is_global)


def address_mark(request):
    """The mark of one home; empty for a place that many people may share."""
    place = place_of(request)
    return "" if place.is_shared else place.mark


def _plain(address):
    """An IPv4 address that is written as an IPv6 one is that IPv4 address."""
    return getattr(address, "ipv4_mapped", None) or address


def _home(address):
    if ipaddress.ip_address(address).version == 4:
        return address
    return str(ipaddress.ip_network(f"{address}/{ONE_HOME}", strict=False).network_address)


def _mark(words):
    # This salt stays as it is: marks that are stored were made with it.
    return salted_hmac("clinic.network", words, algorithm="sha256").hexdigest()
