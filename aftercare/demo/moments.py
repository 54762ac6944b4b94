"""The moment at which the demo clinic is made: everything in it is before or after this one."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from clinic.lib import civil_time

# Between these the day looks the same at every moment: somebody has come, somebody was seen, somebody will come.
EARLIEST, LATEST = time(0, 30), time(19, 59)
BEFORE, AFTER = timedelta(hours=3), timedelta(hours=4)


@dataclass(frozen=True)
class Moment:
    now: datetime

    @property
    def today(self):
        return timezone.localdate(self.now)

    @property
    def middle(self):
        """The instant of today around which the demo's visits are placed: now, or the nearest with room for them."""
        return min(max(self.now, at(self.today, EARLIEST)), at(self.today, LATEST))

    @property
    def alive_hours(self):
        """(day, from, until) of the hours around the middle in which somebody works, one per civil day."""
        hour = timezone.localtime(self.middle).replace(minute=0, second=0, microsecond=0)
        first, last = (timezone.localtime(instant(hour) + step) for step in (-BEFORE, AFTER))
        if first.date() == last.date():
            return [(first.date(), first.time(), last.time())]
        return [(first.date(), first.time(), time(23, 59)), (last.date(), time(0), last.time())]

    def days(self, first, last):
        """The civil days from `first` to `last`, both counted from today."""
        return [self.today + timedelta(days=n) for n in range(first, last + 1)]


def at(day, clock):
    """This time of a civil day of the clinic; of two equal ones the first."""
    return instant(civil_time.at(day, clock))


def instant(moment):
    """The same moment in UTC, where adding minutes is safe when clocks change."""
    return moment.astimezone(UTC)


def weekday_from(day, *, step=1):
    """This day, or the nearest one after it (before it with step -1) from Monday to Friday."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day
