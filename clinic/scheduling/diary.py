"""What the database knows about some days, as plain numbers: who works, and what takes up time.

Inside, an instant is a whole number of seconds since 1970 (UTC), so a day of 23 or 25 hours needs no special case;
`clinic.lib.intervals` says what an interval and a window are.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from clinic.lib import civil_time
from clinic.lib.instants import MILLION, JsonRows, Microseconds, microseconds, seconds
from clinic.lib.intervals import grid, intersection, merged, overlaps, start_windows, subtracted, touching, union
from clinic.models import Appointment, AppointmentStatus
from clinic.models.appointment_states import HOLDS_TIME
from clinic.models.appointments import LONGEST_VISIT
from clinic.scheduling import timetable

PENDING = AppointmentStatus.PENDING.value
KINDS = ("practitioner", "room", "machine")


class OpenTime(NamedTuple):
    """A start that can be booked now."""

    starts_at: datetime
    minutes: int
    practitioner_id: int
    practitioner_name: str

    @property
    def ends_at(self):
        return timezone.localtime(self.starts_at.astimezone(UTC) + timedelta(minutes=self.minutes))


# All that takes up time, by person, room and machine; a hold's end says whether it still does.
TAKES_TIME = (
    Appointment.objects.filter(status__in=HOLDS_TIME)
    .order_by()
    .values_list("practitioner_id", "room_id", "ultrasound_machine_id")
    .annotate(taken=JsonRows(*(Microseconds(name) for name in ("starts_at", "ends_at", "held_until")), "status"))
)


@dataclass(frozen=True)
class Place:
    """Which room and machine a visit would use; None if it needs none."""

    room_id: int | None
    machine_id: int | None

    @property
    def fields(self):
        """As fields of an appointment."""
        return {"room_id": self.room_id, "ultrasound_machine_id": self.machine_id}


def of_hours(search, first_day, last_day):
    """The diary of these days as if nobody had a visit: from the timetable alone."""
    visit_type, table = search.visit_type, search.table
    diary = Diary(
        length=visit_type.minutes * 60,
        step=visit_type.start_every_minutes * 60,
        people=_people(search),
        needs_room=visit_type.needs_room,
        needs_machine=visit_type.needs_ultrasound,
        rooms=table.rooms,
        machines=table.machines,
    )
    _add_hours(diary, search, first_day, last_day)
    first, last = (seconds(civil_time.midnight(day)) for day in (first_day, last_day + timedelta(days=1)))
    for start, end, who in table.absences_between(first, last):
        kind = ("clinic", 0) if who is timetable.EVERYBODY else ("practitioner", who)
        diary.busy[kind].append((start, end))
    return diary


def of_days(search, first_day, last_day):
    """The diary of these days: `of_hours`, and one query for the visits."""
    diary = of_hours(search, first_day, last_day)
    if diary.blocks:
        diary.add_visits(at=search.at)
    return diary


@dataclass
class Diary:
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

    def add_visits(self, *, at):
        """What takes time while somebody works. Only the bounds differ between queries, so the rest is prepared."""
        self._shared_windows = None
        visits = (
            TAKES_TIME if self.needs_room or self.needs_machine else TAKES_TIME.filter(practitioner__in=self.people)
        )
        first, last = (datetime.fromtimestamp(instant, tz=UTC) for instant in self.whole()[0])
        now = microseconds(at)
        for *keys, rows in visits.filter(starts_at__range=(first - LONGEST_VISIT, last)):
            taken = [
                (starts // MILLION, -(-ends // MILLION))
                for starts, ends, held_until, status in json.loads(rows)
                if status != PENDING or held_until > now
            ]
            for kind, key in zip(KINDS, keys, strict=True):
                if key is not None:
                    self.busy[kind, key] += taken

    def starts(self, practitioner):
        """Open starts of one practitioner: on the grid of their hours, with a room and machine free throughout."""
        starts = set()  # two periods of working hours may overlap
        for parts, windows in self._windows(practitioner):
            for first, last in parts:
                own = windows if len(parts) == 1 else intersection(windows, [(first, last - 1)])
                starts.update(grid(own, origin=first, step=self.step))
        return sorted(starts)

    def can_begin(self, practitioner, start):
        """Would `start` be open if every instant were on the grid?"""
        windows = (window for _parts, windows in self._windows(practitioner) for window in windows)
        return any(first <= start <= last for first, last in windows)

    def _windows(self, practitioner):
        """(periods of working hours without a gap between them, windows in which a visit can begin in them)."""
        busy = merged(self.busy["practitioner", practitioner] + self.busy["clinic", 0])
        for parts in _without_gaps(self.blocks[practitioner]):
            span = parts[0] if len(parts) == 1 else (parts[0][0], max(last for _first, last in parts))
            windows = start_windows(subtracted([span], touching(busy, span)), self.length)
            if windows and (shared := self.shared_windows()) is not None:
                windows = intersection(windows, touching(shared, span))
            yield parts, windows

    def all_starts(self, *, earliest):
        """(start, practitioner) for everybody, in order."""
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
        """From the first to the last second of anybody's hours, as a list of one interval or none."""
        ends = [instant for blocks in self.blocks.values() for block in blocks for instant in block]
        return [(min(ends), max(ends))] if ends else []


def _without_gaps(blocks):
    """Sorted intervals, in lists of those that touch or overlap."""
    lists, until = [], None
    for block in blocks:
        if until is None or block[0] > until:
            lists.append([block])
            until = block[1]
        else:
            lists[-1].append(block)
            until = max(until, block[1])
    return lists


def _people(search):
    """Names, by id, of those who may do this kind of visit."""
    people = search.table.people
    wanted = people.values() if search.practitioner is None else filter(None, [people.get(search.practitioner)])
    return {person.pk: person.name for person in wanted if person.role == search.visit_type.role}


def _add_hours(diary, search, first_day, last_day):
    table = search.table
    skilled = {key: table.days_with_skill(key, search.visit_type) for key in diary.people}
    for day in (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)):
        for stretch in table.stretches_on(day):
            if any(first <= day <= last for first, last in skilled.get(stretch.practitioner, ())):
                diary.blocks[stretch.practitioner].append(civil_time.stretch(day, stretch.starts, stretch.ends))
    for blocks in diary.blocks.values():
        blocks.sort()
