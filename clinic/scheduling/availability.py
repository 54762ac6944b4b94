"""Open times: the cached timetable, one query for the visits, and pure interval arithmetic."""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from django.utils import timezone

from clinic.errors import TimeNotOpen, TimeTaken
from clinic.lib.instants import seconds
from clinic.scheduling import diary, timetable
from clinic.scheduling.wishes import Search

MAX_DAYS = 62
DAYS_AT_ONCE = (14, 30, 18)  # a search for the first few covers two weeks, then a month, then the rest of two
NEAREST = 3
NEAREST_WITHIN_DAYS = [(1, 14), (MAX_DAYS // 2, MAX_DAYS)]  # days before, days in all: first near, then far


def open_times(search, *, first_day, days, limit=None):
    """Every open start of `days` civil days from `first_day`, in order of time, then of practitioner.

    `days` is cut to 62, and to those between the search's day and its horizon; `limit` ends the search after that many
    times. At most 6 queries, whatever the size of the data.
    """
    if days < 1 or first_day > search.last_day:
        return []
    last_day = min(search.last_day, first_day + timedelta(days=min(days, MAX_DAYS) - 1))
    return _times(search, max(first_day, search.today), last_day, limit=limit)


def next_open_time(search):
    """The first open start to the horizon, or None."""
    times = _times(search, search.today, search.last_day, limit=1)
    return times[0] if times else None


def first_open_days(search, *, days):
    """Every open start of that many civil days, the first of which is the next with an open start.

    One query covers two weeks; a clinic that has time seldom needs a second one.
    """
    found = []
    for times, until in _times_in_steps(search, search.today, search.last_day, DAYS_AT_ONCE):
        found += times
        last_day = found and timezone.localdate(found[0].starts_at) + timedelta(days=days - 1)
        if found and until >= last_day:
            break
    return [open_time for open_time in found if timezone.localdate(open_time.starts_at) <= last_day]


def nearest(search, starts_at):
    """Up to three open times nearest to `starts_at`: with the search's person if there are three, else with anybody.

    Searches the two weeks around it, and two months when these are full.
    """
    starts_at = min(max(starts_at, search.at), search.at + timedelta(days=search.visit_type.horizon_days))
    with_anybody, found = replace(search, practitioner=None), []
    for days_before, days in NEAREST_WITHIN_DAYS:
        if len(found) < NEAREST:
            first_day = max(timezone.localdate(starts_at) - timedelta(days=days_before), search.today)
            last_day = min(search.last_day, first_day + timedelta(days=days - 1))
            of_days = diary.of_days(with_anybody, first_day, last_day)
            found = of_days.all_starts(earliest=search.earliest)
    same_person = [(start, key) for start, key in found if key == search.practitioner]
    candidates = same_person if len(same_person) >= NEAREST else found
    wanted = seconds(starts_at)
    return [of_days.open_time(*choice) for choice in sorted(candidates, key=lambda c: abs(c[0] - wanted))[:NEAREST]]


def place_for(wish, *, at):
    """The room and machine for a visit as wished. Call it under locks.

    Nothing cached is used here: the timetable is read again. Raises TimeNotOpen for a start that would not be
    open even if nobody had a visit, TimeTaken when somebody or something it needs is in use.
    """
    practitioner, starts_at = wish.practitioner.pk, wish.starts_at
    search = Search(wish.visit_type, at, practitioner, by_desk=wish.by_desk, table=timetable.read())
    day, start = timezone.localdate(starts_at), seconds(starts_at)
    if day > search.last_day or start < search.earliest:
        raise TimeNotOpen
    of_day = diary.of_hours(search, day, day)
    if start != starts_at.timestamp() or start not in of_day.starts(practitioner):
        raise TimeNotOpen
    of_day.add_visits(at=at)
    if start not in of_day.starts(practitioner):
        raise TimeTaken
    return of_day.place(start)


def _times(search, first_day, last_day, *, limit):
    """All open starts of these days; with a limit the nearest days are searched first."""
    found = []
    for times, _until in _times_in_steps(search, first_day, last_day, DAYS_AT_ONCE if limit else [MAX_DAYS], limit):
        found += times
        if limit and len(found) >= limit:
            break
    return found[:limit]


def _times_in_steps(search, first_day, last_day, days_at_once, limit=None):
    """(open times, last day) for a few days at a time: one query each, made when the caller asks for more."""
    earliest = search.earliest
    for days in cycle(days_at_once):
        if first_day > last_day:
            return
        until = min(last_day, first_day + timedelta(days=days - 1))
        of_days = diary.of_days(search, first_day, until)
        yield [of_days.open_time(*choice) for choice in of_days.all_starts(earliest=earliest)[:limit]], until
        first_day = until + timedelta(days=1)
