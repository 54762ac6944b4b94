"""Open times: what is kept of the timetable, one question about the visits, and pure interval arithmetic.

Inside, an instant is a whole number of seconds since 1970 (UTC), so a day of 23 or 25 hours needs no special case;
`clinic.lib.intervals` says what an interval and a window are.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import NamedTuple

from django.utils import timezone

from clinic.errors import TimeNotOpen, TimeTaken
from clinic.lib import civil_time
from clinic.lib.instants import MILLION, JsonRows, Microseconds, microseconds, seconds
from clinic.lib.intervals import grid, intersection, merged, overlaps, start_windows, subtracted, touching, union
from clinic.models import Appointment, AppointmentStatus
from clinic.models.appointments import HOLDS_TIME, LONGEST_VISIT
from clinic.scheduling import timetable

MAX_DAYS = 62
DAYS_AT_ONCE = (14, 30, 18)  # a search for the first few looks at two weeks, then a month, then the rest of two
PENDING = AppointmentStatus.PENDING.value
KINDS = ("practitioner", "room", "machine")
NEAREST = 3
NEAREST_WITHIN_DAYS = [(1, 14), (MAX_DAYS // 2, MAX_DAYS)]  # days before, days in all: first near, then far


class OpenTime(NamedTuple):
    """A start that can be booked now."""

    starts_at: datetime
    minutes: int
    practitioner_id: int
    practitioner_name: str

    @property
    def ends_at(self):
        return timezone.localtime(self.starts_at.astimezone(UTC) + timedelta(minutes=self.minutes))


# All that takes up time, by who, where and with what; of a hold its end says whether it still does.
TAKES_TIME = (
    Appointment.objects.filter(status__in=HOLDS_TIME)
    .order_by()
    .values_list("practitioner_id", "room_id", "ultrasound_machine_id")
    .annotate(taken=JsonRows(*(Microseconds(name) for name in ("starts_at", "ends_at", "held_until")), "status"))
)


@dataclass(frozen=True)
class Place:
    """Which room and machine a visit would use; None where it needs none."""

    room_id: int | None
    machine_id: int | None


# Questions


def open_times(visit_type, *, first_day, days, at, practitioner=None, by_desk=False, limit=None, table=None):
    """Every open start of `days` civil days from `first_day`, in order of time, then of practitioner.

    `days` is cut to 62. Notice and horizon are counted from `at`; the desk needs no notice. `practitioner`
    (an id) narrows the question, `limit` ends the search after that many times, `table` is the timetable if it was
    read already. At most 6 queries, whatever the size of the data.
    """
    if days < 1 or first_day > _horizon(visit_type, at):
        return []
    last_day = min(_horizon(visit_type, at), first_day + timedelta(days=min(days, MAX_DAYS) - 1))
    first_day = max(first_day, timezone.localdate(at))
    narrowed = {"practitioner": practitioner, "by_desk": by_desk, "limit": limit, "table": table}
    return _search(visit_type, first_day, last_day, at=at, **narrowed)


def next_open_time(visit_type, *, at, practitioner=None, by_desk=False, table=None):
    """The first open start from `at` to the visit type's horizon, or None; `table` as for `open_times`."""
    days = timezone.localdate(at), _horizon(visit_type, at)
    times = _search(visit_type, *days, at=at, limit=1, practitioner=practitioner, by_desk=by_desk, table=table)
    return times[0] if times else None


def first_open_days(visit_type, *, days, at, practitioner=None, table=None):
    """Every open start of as many civil days, the first of which is the next with an open start; `table` as above.

    One question for two weeks of a clinic that has time, seldom a second one.
    """
    narrowed = {"practitioner": practitioner, "by_desk": False, "limit": None, "table": table}
    every_day = timezone.localdate(at), _horizon(visit_type, at)
    found = []
    for times, until in _search_in_steps(visit_type, *every_day, DAYS_AT_ONCE, at=at, **narrowed):
        found += times
        last_day = found and timezone.localdate(found[0].starts_at) + timedelta(days=days - 1)
        if found and until >= last_day:
            break
    return [open_time for open_time in found if timezone.localdate(open_time.starts_at) <= last_day]


def nearest(visit_type, starts_at, *, at, practitioner=None, by_desk=False):
    """Up to three open times nearest to `starts_at`: with `practitioner` (an id) if there are three, else with anybody.

    Looks at the two weeks around it, and at two months when these are full.
    """
    starts_at = min(max(starts_at, at), at + timedelta(days=visit_type.horizon_days))
    found, table = [], timetable.current()
    for days_before, days in NEAREST_WITHIN_DAYS:
        if len(found) < NEAREST:
            first_day = max(timezone.localdate(starts_at) - timedelta(days=days_before), timezone.localdate(at))
            last_day = min(_horizon(visit_type, at), first_day + timedelta(days=days - 1))
            diary = _load(visit_type, table, first_day, last_day, at=at)
            found = diary.all_starts(earliest=_earliest(visit_type, at=at, by_desk=by_desk))
    same_person = [(start, key) for start, key in found if key == practitioner]
    candidates = same_person if len(same_person) >= NEAREST else found
    wanted = seconds(starts_at)
    return [diary.open_time(*choice) for choice in sorted(candidates, key=lambda c: abs(c[0] - wanted))[:NEAREST]]


def place_for(visit_type, practitioner, starts_at, *, at, by_desk=False):
    """The room and machine for a visit at `starts_at`. Call it under locks.

    Nothing that is kept counts here: the timetable is read afresh. Raises TimeNotOpen for a start that would not be
    open even if nobody had a visit, TimeTaken when somebody or something it needs is in use.
    """
    day, start = timezone.localdate(starts_at), seconds(starts_at)
    if day > _horizon(visit_type, at) or start < _earliest(visit_type, at=at, by_desk=by_desk):
        raise TimeNotOpen
    diary = _load(visit_type, timetable.read(), day, day, at=at, practitioner=practitioner, with_visits=False)
    if start != starts_at.timestamp() or start not in diary.starts(practitioner):
        raise TimeNotOpen
    _add_visits(diary, at=at)
    if start not in diary.starts(practitioner):
        raise TimeTaken
    return diary.place(start)


def _search(visit_type, first_day, last_day, *, at, practitioner, by_desk, limit, table=None):
    """All open starts of these days; with a limit the nearest days are asked for first."""
    narrowed = {"practitioner": practitioner, "by_desk": by_desk, "limit": limit, "table": table}
    days_at_once = DAYS_AT_ONCE if limit else [MAX_DAYS]
    found = []
    for times, _until in _search_in_steps(visit_type, first_day, last_day, days_at_once, at=at, **narrowed):
        found += times
        if limit and len(found) >= limit:
            break
    return found[:limit]


def _search_in_steps(visit_type, first_day, last_day, days_at_once, *, at, practitioner, by_desk, limit, table):
    """(open times, last day) of some days after the other: one question each, asked when the caller goes on."""
    table = table or timetable.current()
    earliest = _earliest(visit_type, at=at, by_desk=by_desk)
    for days in cycle(days_at_once):
        if first_day > last_day:
            return
        until = min(last_day, first_day + timedelta(days=days - 1))
        diary = _load(visit_type, table, first_day, until, at=at, practitioner=practitioner)
        yield [diary.open_time(*choice) for choice in diary.all_starts(earliest=earliest)[:limit]], until
        first_day = until + timedelta(days=1)


def hours_of(table, practitioner, day):
    """The stretches of one person's working hours on a civil day, as intervals; they may overlap."""
    return [
        civil_time.stretch(day, stretch.starts, stretch.ends)
        for stretch in table.stretches_on(day)
        if stretch.practitioner == practitioner
    ]


def _horizon(visit_type, at):
    return timezone.localdate(at) + timedelta(days=visit_type.horizon_days)


def _earliest(visit_type, *, at, by_desk):
    notice = timedelta(0) if by_desk else timedelta(hours=visit_type.notice_hours)
    return seconds(at + notice)


# The diary: what the database knows about some days, as plain numbers


@dataclass
class Occupancy:
    """Everything that decides which starts are open between two instants, for one visit type."""

    length: int
    step: int
    people: dict[int, str]
    needs_room: bool
    needs_machine: bool
    blocks: dict = field(default_factory=lambda: defaultdict(list))  # practitioner id -> working intervals
    busy: dict = field(default_factory=lambda: defaultdict(list))  # ("room", id) -> taken intervals
    rooms: list = field(default_factory=list)
    machines: list = field(default_factory=list)
    _shared_windows: list | None = None

    def starts(self, practitioner):
        """Open starts of one practitioner: on the grid of their hours, with a room and machine free throughout."""
        busy = merged(self.busy["practitioner", practitioner] + self.busy["clinic", 0])
        starts = set()  # two stretches of hours may overlap
        for block in self.blocks[practitioner]:
            windows = start_windows(subtracted([block], touching(busy, block)), self.length)
            if windows and (shared := self.shared_windows()) is not None:
                windows = intersection(windows, touching(shared, block))
            starts.update(grid(windows, origin=block[0], step=self.step))
        return sorted(starts)

    def all_starts(self, *, earliest):
        """(start, practitioner) of everybody, in order."""
        return sorted((start, key) for key in self.people for start in self.starts(key) if start >= earliest)

    def shared_windows(self):
        """Windows in which some room, and some machine if needed, is free; None when neither is needed."""
        if self._shared_windows is None and (self.needs_room or self.needs_machine):
            self._shared_windows = self._some_of("room", self.rooms) if self.needs_room else None
            if self.needs_machine:
                machines = self._some_of("machine", self.machines)
                rooms = self._shared_windows
                self._shared_windows = machines if rooms is None else intersection(rooms, machines)
        return self._shared_windows

    def place(self, start):
        """Room and machine for an open start."""
        room = self._free_one("room", self.rooms, start) if self.needs_room else None
        machine = self._free_one("machine", self.machines, start) if self.needs_machine else None
        return Place(room_id=room, machine_id=machine)

    def open_time(self, start, practitioner):
        return OpenTime(
            starts_at=civil_time.from_seconds(start),
            minutes=self.length // 60,
            practitioner_id=practitioner,
            practitioner_name=self.people[practitioner],
        )

    def _some_of(self, kind, ids):
        """Windows in which at least one of these is free for the whole length."""
        everything = self.whole()
        windows = [w for key in ids for w in start_windows(subtracted(everything, self._taken(kind, key)), self.length)]
        return union(windows)

    def _free_one(self, kind, ids, start):
        wanted = (start, start + self.length)
        return next((key for key in ids if not overlaps(self._taken(kind, key), wanted)), None)

    def _taken(self, kind, key):
        return merged(self.busy[kind, key])

    def whole(self):
        """From the first to the last second of anybody's hours, as the only interval of a list."""
        ends = [instant for blocks in self.blocks.values() for block in blocks for instant in block]
        return [(min(ends), max(ends))] if ends else []


def _load(visit_type, table, first_day, last_day, *, at, practitioner=None, with_visits=True):
    """The diary of these days: from the timetable, and from one question about the visits."""
    diary = Occupancy(
        length=visit_type.minutes * 60,
        step=visit_type.start_every_minutes * 60,
        people=_people(visit_type, table, practitioner),
        needs_room=visit_type.needs_room,
        needs_machine=visit_type.needs_ultrasound,
        rooms=table.rooms,
        machines=table.machines,
    )
    _add_hours(diary, visit_type, table, first_day, last_day)
    first, last = (seconds(civil_time.midnight(day)) for day in (first_day, last_day + timedelta(days=1)))
    for start, end, who in table.absences_between(first, last):
        kind = ("clinic", 0) if who is timetable.EVERYBODY else ("practitioner", who)
        diary.busy[kind].append((start, end))
    if diary.blocks and with_visits:
        _add_visits(diary, at=at)
    return diary


def _people(visit_type, table, practitioner):
    """Names, by id, of those who may do it."""
    wanted = table.people.values() if practitioner is None else filter(None, [table.people.get(practitioner)])
    return {person.pk: person.name for person in wanted if person.role == visit_type.role}


def _add_hours(diary, visit_type, table, first_day, last_day):
    skilled = {key: table.days_with_skill(key, visit_type) for key in diary.people}
    for day in (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)):
        for stretch in table.stretches_on(day):
            if any(first <= day <= last for first, last in skilled.get(stretch.practitioner, ())):
                diary.blocks[stretch.practitioner].append(civil_time.stretch(day, stretch.starts, stretch.ends))
    for blocks in diary.blocks.values():
        blocks.sort()


def _add_visits(diary, *, at):
    """What takes time while somebody works. Only the bounds differ between questions, so the rest stands ready."""
    diary._shared_windows = None
    visits = TAKES_TIME if diary.needs_room or diary.needs_machine else TAKES_TIME.filter(practitioner__in=diary.people)
    first, last = (datetime.fromtimestamp(instant, tz=UTC) for instant in diary.whole()[0])
    now = microseconds(at)
    for *keys, rows in visits.filter(starts_at__range=(first - LONGEST_VISIT, last)):
        taken = [
            (starts // MILLION, -(-ends // MILLION))
            for starts, ends, held_until, status in json.loads(rows)
            if status != PENDING or held_until > now
        ]
        for kind, key in zip(KINDS, keys, strict=True):
            if key is not None:
                diary.busy[kind, key] += taken
