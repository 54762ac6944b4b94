"""Rooms, machines, working hours, absences."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from aftercare.demo.moments import at, instant, weekday_from
from clinic.lib import civil_time
from clinic.models import Closure, Room, TimeOff, UltrasoundMachine, WorkingHours

ROOMS = ["Room 1 (garden)", "Room 2 (garden)", "Room 3 (courtyard)", "Room 4 (courtyard)", "Room 5 (gym)"]
MACHINES = ["Ultrasound A", "Ultrasound B"]

# Weekdays (Monday is 0) and shifts of physicians, then physiotherapists, in the order of `staff`.
MORNING, EARLY, MIDDLE, LATE = (8, 12), (12.5, 16), (9, 13), (13.5, 17)
SHIFTS = [
    [((0, 1, 2, 3, 4), MORNING), ((0, 1, 2, 3, 4), EARLY)],
    [((1, 2, 3, 4, 5), MIDDLE), ((1, 2, 3, 4), LATE)],
    [((0, 1, 2, 3, 4), (11, 15)), ((0, 1, 2, 3), (15.5, 19))],
    [((0, 1, 2, 3), MORNING), ((0, 1, 3), EARLY)],
    [((0, 1, 2, 3, 4), MORNING), ((0, 1, 2, 3, 4), (12.5, 16.5))],
    [((0, 1, 2, 3, 4), MIDDLE), ((0, 1, 2, 3), (14, 18))],
]
WEEKEND = (time(9), time(14))


def clock(hour):
    return time(int(hour), int(hour % 1 * 60))


@dataclass
class Hours:
    """Who works when: the usual week, and some days that differ from it."""

    usual: dict = field(default_factory=lambda: defaultdict(list))  # (practitioner, weekday) -> periods
    special: dict = field(default_factory=dict)  # (practitioner, day) -> periods
    away: set = field(default_factory=set)  # (practitioner or None for everybody, day)

    def clocks(self, practitioner, day):
        return self.special.get((practitioner, day), self.usual[practitioner, day.weekday()])

    def stretches(self, practitioner, day):
        """The working hours of a day as pairs of instants; none while away."""
        if {(practitioner, day), (None, day)} & self.away:
            return []
        return [(at(day, starts), end_of(day, ends)) for starts, ends in self.clocks(practitioner, day)]

    def ensure(self, practitioner, day, starts, ends):
        """Make that day's hours cover these, too."""
        clocks = merged([*self.clocks(practitioner, day), (starts, ends)])
        if clocks != self.clocks(practitioner, day):
            self.special[practitioner, day] = clocks

    def rows(self, practitioner):
        for (person, weekday), clocks in sorted(self.usual.items(), key=lambda item: item[0][1]):
            if person == practitioner:
                yield from self._usual_rows(practitioner, weekday, clocks)
        for (person, day), clocks in sorted(self.special.items(), key=lambda item: item[0][1]):
            if person == practitioner:
                yield from rows(practitioner, day.weekday(), clocks, day, day)

    def _usual_rows(self, practitioner, weekday, clocks):
        """The usual hours of a weekday, without its special days."""
        days = sorted(day for person, day in self.special if person == practitioner and day.weekday() == weekday)
        first = None
        for day in days:
            yield from rows(practitioner, weekday, clocks, first, day - timedelta(days=1))
            first = day + timedelta(days=1)
        yield from rows(practitioner, weekday, clocks, first, None)


def rows(practitioner, weekday, clocks, first, last):
    for starts, ends in clocks:
        yield WorkingHours(
            practitioner=practitioner, weekday=weekday, starts=starts, ends=ends, valid_from=first, valid_until=last
        )


def merged(clocks):
    """Sorted periods, with overlapping and touching ones combined."""
    result = []
    for starts, ends in sorted(clocks):
        if result and starts <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends))
        else:
            result.append((starts, ends))
    return result


def end_of(day: date, ends: time):
    """Of two equal times the second ends a period, as in `availability`."""
    return instant(civil_time.at(day, ends).replace(fold=1))


def furnish():
    """Five rooms and two machines."""
    rooms = [Room.objects.get_or_create(name=name)[0] for name in ROOMS]
    machines = [UltrasoundMachine.objects.get_or_create(name=name)[0] for name in MACHINES]
    return rooms, machines


def open_hours(team, moment):
    """The usual weeks; and around now somebody works, whatever the day and the hour."""
    hours = Hours()
    for practitioner, shifts in zip(team.everybody, SHIFTS, strict=True):
        for weekdays, (starts, ends) in shifts:
            for weekday in weekdays:
                hours.usual[practitioner, weekday].append((clock(starts), clock(ends)))
    physician, physiotherapist = team.physicians[0], team.physiotherapists[0]
    if moment.today.weekday() > 4:
        for practitioner in (*team.physicians[:2], physiotherapist):
            hours.ensure(practitioner, moment.today, *WEEKEND)
    for day, starts, ends in moment.alive_hours:
        hours.ensure(physician, day, starts, ends)
        hours.ensure(physiotherapist, day, starts, ends)
    return hours


def close_sometimes(team, hours, moment):
    """Somebody is away for two days next week, and in five weeks the clinic is closed for a day."""
    absent = team.physicians[3]
    monday = moment.today + timedelta(days=7 - moment.today.weekday())
    closed_on = weekday_from(moment.today + timedelta(days=35))
    hours.away |= {(absent, monday), (absent, monday + timedelta(days=1)), (None, closed_on)}
    TimeOff.objects.create(
        practitioner=absent,
        starts_at=at(monday, time(0)),
        ends_at=at(monday + timedelta(days=2), time(0)),
        reason="Course",
    )
    Closure.objects.create(
        starts_at=at(closed_on, time(0)),
        ends_at=at(closed_on + timedelta(days=1), time(0)),
        reason="Staff training day",
    )


def save_hours(hours, team):
    WorkingHours.objects.bulk_create(row for person in team.everybody for row in hours.rows(person))
