"""When the clinic is open: whenever somebody works here, less what is closed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from clinic.lib import civil_time
from clinic.lib.instants import seconds
from clinic.lib.intervals import merged, subtracted
from clinic.scheduling import timetable

DAYS_AHEAD = 62  # how far ahead the next opening is searched for
NOON = time(12)
CALL_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Stretch:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Day:
    """One civil day: its open periods in order, none when nobody works or all is closed."""

    day: date
    stretches: tuple
    is_closure: bool  # somebody would work, but the whole clinic is closed


@dataclass(frozen=True)
class State:
    """Whether the clinic is open at an instant, until when, and when it opens next (None: not within two months)."""

    is_open: bool
    until: datetime | None
    opens_at: datetime | None
    opens_in_days: int | None  # civil days until then; 0 today
    is_closed_all_day: bool

    @property
    def opens_today(self):
        return self.opens_in_days == 0

    @property
    def opens_tomorrow(self):
        return self.opens_in_days == 1

    @property
    def opens_within_a_week(self):
        """Its weekday is enough to say when."""
        return self.opens_at is not None and self.opens_in_days < 7


def days(*, first_day, count, table=None):
    """The opening of each of `count` civil days from `first_day`. One query, none with a `table`."""
    table = table or timetable.current()
    return [_day(table, first_day + timedelta(days=number)) for number in range(count)]


def closures(*, first_day, count, table=None):
    """The days on which the clinic is closed although somebody would work."""
    return [day.day for day in days(first_day=first_day, count=count, table=table) if day.is_closure]


def state(*, at, table=None):
    """What to tell a visitor at this instant. One query, none with a `table`."""
    table, today = table or timetable.current(), timezone.localdate(at)
    known = _day(table, today)
    now_open = next((stretch for stretch in known.stretches if stretch.starts_at <= at < stretch.ends_at), None)
    opens_at = None if now_open else _next_opening(table, today, at)
    return State(
        is_open=now_open is not None,
        until=now_open and now_open.ends_at,
        opens_at=opens_at,
        opens_in_days=opens_at and (timezone.localdate(opens_at) - today).days,
        is_closed_all_day=not known.stretches,
    )


def call_by(*, at, table=None):
    """Until when a patient who asks for a call at `at` gets one: the end of this day's hours, if an hour of them is
    left; else noon of the next day that is open, or an hour after it opens. None while no opening is known.
    """
    table, today = table or timetable.current(), timezone.localdate(at)
    ends_at = max((stretch.ends_at for stretch in _day(table, today).stretches), default=at)
    if ends_at - at >= CALL_WITHIN:
        return ends_at
    opens_at = _next_opening(table, today + timedelta(days=1), at)
    return opens_at and max(civil_time.at(timezone.localdate(opens_at), NOON), opens_at + CALL_WITHIN)


def _next_opening(table, today, at):
    for number in range(DAYS_AHEAD):
        for stretch in _day(table, today + timedelta(days=number)).stretches:
            if stretch.starts_at > at:
                return stretch.starts_at
    return None


def _day(table, day):
    bounds = [seconds(bound) for bound in civil_time.whole_day(day)]
    closed, away = [], {}
    for start, end, who in table.absences_between(*bounds):
        (closed if who is timetable.EVERYBODY else away.setdefault(who, [])).append((start, end))
    worked = []
    for person in table.people:
        worked += subtracted(merged(table.hours_of(person, day)), merged(away.get(person, [])))
    stretches = subtracted(merged(worked), merged(closed))
    return Day(day=day, stretches=tuple(map(_stretch, stretches)), is_closure=bool(worked) and not stretches)


def _stretch(interval):
    return Stretch(*map(civil_time.from_seconds, interval))
