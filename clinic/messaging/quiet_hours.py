"""The hours in which nobody is woken, on the clinic's clock."""

from datetime import time, timedelta

from django.conf import settings
from django.utils import timezone

from clinic.lib import civil_time


def until(at, hours=None):
    """When the quiet hours that `at` falls in end, or None outside them. `hours`: a patient's own, first and last."""
    starts, ends = hours or settings.QUIET_HOURS
    local = timezone.localtime(at)
    in_evening = local.hour >= starts and (starts > ends or local.hour < ends)
    in_morning = local.hour < ends < starts
    if not (in_evening or in_morning):
        return None
    day = local.date() + timedelta(days=1 if in_evening and starts > ends else 0)
    return civil_time.at(day, time(ends))


def outside(at):
    """`at` itself, or the end of the quiet hours it falls in."""
    return until(at) or at
