"""In the demo anybody signs in as anybody, so it answers this machine only, however it was started."""

import ipaddress

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}
SENTENCE = "DEMO=true signs anybody in as anybody. Unset DEMO, or serve this machine only."
# What a proxy or a tunnel adds to a request that it hands on.
FORWARDED = {"HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP", "HTTP_TRUE_CLIENT_IP"}
FORWARDED |= {"HTTP_CF_CONNECTING_IP", "HTTP_X_ORIGINAL_HOST", "HTTP_X_CLUSTER_CLIENT_IP"}


def is_open_to_others():
    """Whether this demo has a name or an address that others use."""
    outside = set(settings.ALLOWED_HOSTS) - LOOPBACK
    return settings.DEMO and (settings.IS_HTTPS or bool(outside) or bool(settings.TRUSTED_PROXIES))


def refuse_to_start():
    """Raises ImproperlyConfigured: no web server, worker, beat or command starts such a demo."""
    if is_open_to_others():
        raise ImproperlyConfigured(SENTENCE)


def comes_from_outside(request):
    """Whether somebody handed the request on, or it was sent from another network."""
    if any(name in FORWARDED or name.startswith("HTTP_X_FORWARDED") for name in request.META):
        return True
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_global
    except ValueError:
        return False
