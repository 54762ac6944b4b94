"""A time zone as iCalendar writes it: every change of the clock in a span, each at the hour that was shown before it.

icalendar's own VTIMEZONE (7.3) gives the hour that the clock shows after a change forward, an hour too late.
Source: RFC 5545 3.6.5, "onset" and TZOFFSETFROM.
"""

from datetime import UTC, datetime, time, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

MINUTE = timedelta(minutes=1)


def vtimezone(zone, *, first_day, last_day):
    """The VTIMEZONE of a `ZoneInfo` from the first day to the end of the last: at least what held when it began."""
    begins, ends = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in (first_day, last_day))
    component = Timezone()
    component.add("tzid", zone.key)
    component.add_component(_observance(zone, begins, before=begins))
    moment = begins
    while moment < ends + timedelta(days=1):
        later = moment + timedelta(days=1)
        if _clock(zone, moment) != _clock(zone, later):
            component.add_component(_observance(zone, _change(zone, moment, later), before=moment))
        moment = later
    return component


def _observance(zone, moment, *, before):
    """What holds from `moment`, with its onset on the clock of `before`."""
    old, new = before.astimezone(zone), moment.astimezone(zone)
    is_forward = new.utcoffset() > old.utcoffset() if before != moment else bool(new.dst())
    part = (TimezoneDaylight if is_forward else TimezoneStandard)()
    part.add("dtstart", (moment + old.utcoffset()).replace(tzinfo=None))
    part.add("tzoffsetfrom", old.utcoffset())
    part.add("tzoffsetto", new.utcoffset())
    part.add("tzname", new.tzname())
    return part


def _change(zone, before, after):
    """The first minute at which the clock is as `after`."""
    while after - before > MINUTE:
        middle = before + (after - before) // 2
        middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
        if _clock(zone, middle) == _clock(zone, before):
            before = middle
        else:
            after = middle
    return after


def _clock(zone, moment):
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()
