"""What must be true of the settings before anything starts."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

from clinic.messaging import epoch

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}


@register
def demo_stays_on_this_machine(app_configs, **kwargs):
    """Anyone who opens the demo can sign in as anyone: it must not be reachable from outside."""
    outside = set(settings.ALLOWED_HOSTS) - LOOPBACK
    if settings.DEMO and (settings.IS_HTTPS or outside):
        return [
            Error("DEMO=true signs anybody in as anybody. Unset DEMO, or serve this machine only.", id="clinic.E001")
        ]
    return []


@register(Tags.database)
def deliveries_are_not_held(app_configs, databases=None, **kwargs):
    """`manage.py check --database default`. A warning: `migrate` checks too, and must still work after a restore."""
    try:
        state = epoch.restored_state() if databases else None
    except DatabaseError:
        return []  # not migrated yet, or away
    return [Warning(f"No message goes out: {state}", id="clinic.W010")] if state else []
