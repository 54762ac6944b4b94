"""The open starts of the tests: visits of 30 minutes on the half hours from 09:00 to 10:30."""

from datetime import timedelta

from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from tests import factories
from tests.factories import MONDAY, NOW

SHORT = ("09:00", "11:00")
ALL = ["09:00", "09:30", "10:00", "10:30"]
TUESDAY = MONDAY + timedelta(days=1)


def shown(visit_type, *, day=MONDAY, days=1, now=NOW, **more):
    """The open starts in the clinic's civil time; with their day when more than one is requested."""
    times = availability.open_times(Search(visit_type, now, **more), first_day=day, days=days)
    return [factories.civil(time.starts_at)[11 if days == 1 else 0 :] for time in times]
