"""The clock on the clinic's wall, and the instants that it shows (time zone of the settings).

When clocks go forward some times do not exist: `at` and `instant` count on as if the clocks had not moved, so 02:30
is the instant at which the wall shows 03:30. When they go back some times come twice: they mean the first.
`stretch` is for working hours, which must not run past such a gap, nor lose the hour that comes twice.
"""

from bisect import bisect_left
from datetime import datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format

from clinic.lib.instants import seconds


def at(day, clock):
    """The instant at which the wall shows `clock` on `day`, in the clinic's zone."""
    return instant(datetime.combine(day, clock))


def instant(shown):
    """The instant at which the wall shows this day and time (naive), in the clinic's zone."""
    return shown.replace(tzinfo=timezone.get_default_timezone())


def shown_at(moment):
    """The day and time (naive) that the wall shows at an instant: for counting days back and forth on the calendar."""
    return timezone.localtime(moment, timezone.get_default_timezone()).replace(tzinfo=None)


def from_seconds(since_1970):
    """An instant given in whole seconds, in the clinic's zone."""
    return datetime.fromtimestamp(since_1970, tz=timezone.get_default_timezone())


def midnight(day):
    return at(day, time.min)


def whole_day(day):
    """First instant of a civil day and of the next one: 23, 24 or 25 hours apart."""
    return midnight(day), midnight(day + timedelta(days=1))


def written(moment):
    """Day and time with the year, for a sentence: Monday 2 March 2026, 09:00."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def written_near(moment):
    """For a day that is near, without its year: Monday 2 March, 09:00."""
    return date_format(timezone.localtime(moment), "l j F, H:i")


def written_short(moment):
    """Where there is little room: Mon 2 Mar 2026, 09:00."""
    return date_format(timezone.localtime(moment), "D j M Y, H:i")


def stretch(day, starts, ends):
    """Two times of a civil day as seconds since 1970. If the end comes twice, it is the later one; if a clock
    change leaves a time out, it is the first that is shown after it.
    """
    zone = timezone.get_default_timezone()
    return _first_second(day, starts, 0, zone), _first_second(day, ends, 1, zone)


@lru_cache(maxsize=8192)
def _first_second(day, clock, fold, zone):
    """When the wall shows this time, or first shows a later one if a clock change leaves this time out."""
    after, before = (seconds(datetime.combine(day, clock, tzinfo=zone).replace(fold=f)) for f in (1, 0))
    if before <= after:  # the usual case, and a time that comes twice
        return after if fold else before
    shown = datetime.fromtimestamp(before, tz=zone).utcoffset()
    between = range(after, before + 1)
    return between[bisect_left(between, True, key=lambda s: datetime.fromtimestamp(s, tz=zone).utcoffset() == shown)]
