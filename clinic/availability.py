"""Open times: one loader that asks the database a fixed number of questions, and pure interval arithmetic.

Inside, an instant is a whole number of seconds since 1970 (UTC), so a day of 23 or 25 hours needs no special case;
an interval is a half-open pair `(start, end)`, a set of them a sorted list without overlaps. A *window* is a closed
pair `(first, last)` of instants at which a visit of the asked length may start.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, Value
from django.db.models.fields import BigIntegerField, CharField
from django.db.models.functions import Cast
from django.utils import timezone

from clinic.models import (
    Appointment,
    Closure,
    Credential,
    CredentialKind,
    Practitioner,
    Room,
    TimeOff,
    UltrasoundMachine,
    WorkingHours,
)

MOST_DAYS = 62
NEAREST = 3
NEAREST_WITHIN_DAYS = [(1, 14), (MOST_DAYS // 2, MOST_DAYS)]  # days before, days in all: first near, then far


@dataclass(frozen=True)
class OpenTime:
    """A start that can be booked now."""

    starts_at: datetime
    minutes: int
    practitioner_id: int
    practitioner_name: str

    @property
    def ends_at(self):
        return timezone.localtime(self.starts_at.astimezone(UTC) + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class Place:
    """Which room and machine a visit would use; None where it needs none."""

    room_id: int | None
    machine_id: int | None


# Questions


def open_times(visit_type, *, first_day, days, at, practitioner=None, by_desk=False):
    """Every open start of `days` civil days from `first_day`, in order of time, then of practitioner.

    `days` is cut to 62. Notice and horizon are counted from `at`; the desk needs no notice. `practitioner`
    (an id) narrows the question. At most 6 queries, whatever the size of the data.
    """
    today, last_day = timezone.localdate(at), _horizon(visit_type, at)
    if days < 1 or first_day > last_day:
        return []
    last_day = min(last_day, first_day + timedelta(days=min(days, MOST_DAYS) - 1))
    first_day = max(first_day, today)
    if last_day < first_day:
        return []
    diary = _load(visit_type, first_day, last_day, at=at, practitioner=practitioner)
    earliest = _earliest(visit_type, at=at, by_desk=by_desk)
    starts = ((start, key) for key in diary.people for start in diary.starts(key) if start >= earliest)
    return [diary.open_time(start, key) for start, key in sorted(starts)]


def next_open_time(visit_type, *, at, practitioner=None, by_desk=False):
    """The first open start from `at` to the visit type's horizon, or None. Looks two weeks at a time."""
    day, last_day = timezone.localdate(at), _horizon(visit_type, at)
    while day <= last_day:
        if times := open_times(visit_type, first_day=day, days=14, at=at, practitioner=practitioner, by_desk=by_desk):
            return times[0]
        day += timedelta(days=14)
    return None


def nearest(visit_type, starts_at, *, at, practitioner=None, by_desk=False):
    """Up to three open times nearest to `starts_at`: with `practitioner` (an id) if there are three, else with anybody.

    Looks at the two weeks around it, and at two months when these are full.
    """
    starts_at = min(max(starts_at, at), at + timedelta(days=visit_type.horizon_days))
    times = []
    for days_before, days in NEAREST_WITHIN_DAYS:
        if len(times) < NEAREST:
            first_day = max(timezone.localdate(starts_at) - timedelta(days=days_before), timezone.localdate(at))
            times = open_times(visit_type, first_day=first_day, days=days, at=at, by_desk=by_desk)
    same_person = [open_time for open_time in times if open_time.practitioner_id == practitioner]
    candidates = same_person if len(same_person) >= NEAREST else times
    return sorted(candidates, key=lambda open_time: abs(open_time.starts_at - starts_at))[:NEAREST]


def place_for(visit_type, practitioner, starts_at, *, at, by_desk=False):
    """The room and machine for a visit at `starts_at`, or None when this start is not open. Call it under locks."""
    day = timezone.localdate(starts_at)
    if day > _horizon(visit_type, at) or _seconds(starts_at) < _earliest(visit_type, at=at, by_desk=by_desk):
        return None
    diary = _load(visit_type, day, day, at=at, practitioner=practitioner)
    start = _seconds(starts_at)
    if start != starts_at.timestamp() or practitioner not in diary.people or start not in diary.starts(practitioner):
        return None
    return diary.place(start)


def _horizon(visit_type, at):
    return timezone.localdate(at) + timedelta(days=visit_type.horizon_days)


def _earliest(visit_type, *, at, by_desk):
    notice = timedelta(0) if by_desk else timedelta(hours=visit_type.notice_hours)
    return _seconds(at + notice)


# The diary: what the database knows about some days, as plain numbers


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

    def starts(self, practitioner):
        """Open starts of one practitioner: on the grid of their hours, with a room and machine free throughout."""
        busy = merged(self.busy["practitioner", practitioner] + self.busy["clinic", 0])
        shared = self.shared_windows()
        starts = []
        for block in self.blocks[practitioner]:
            windows = start_windows(subtracted([block], busy), self.length)
            if shared is not None:
                windows = crossed(windows, shared)
            starts += grid(windows, origin=block[0], step=self.step)
        return sorted(set(starts))  # two stretches of hours may overlap

    def shared_windows(self):
        """Windows in which some room, and some machine if needed, is free; None when neither is needed."""
        if self._shared_windows is None and (self.needs_room or self.needs_machine):
            self._shared_windows = self._some_of("room", self.rooms) if self.needs_room else None
            if self.needs_machine:
                machines = self._some_of("machine", self.machines)
                rooms = self._shared_windows
                self._shared_windows = machines if rooms is None else crossed(rooms, machines)
        return self._shared_windows

    def place(self, start):
        room = self._free_one("room", self.rooms, start) if self.needs_room else None
        machine = self._free_one("machine", self.machines, start) if self.needs_machine else None
        if (self.needs_room and room is None) or (self.needs_machine and machine is None):
            return None
        return Place(room_id=room, machine_id=machine)

    def open_time(self, start, practitioner):
        return OpenTime(
            starts_at=datetime.fromtimestamp(start, tz=timezone.get_default_timezone()),
            minutes=self.length // 60,
            practitioner_id=practitioner,
            practitioner_name=self.people[practitioner],
        )

    def _some_of(self, kind, ids):
        """Windows in which at least one of these is free for the whole length."""
        everything = self._whole()
        windows = [w for key in ids for w in start_windows(subtracted(everything, self._taken(kind, key)), self.length)]
        return joined(windows)

    def _free_one(self, kind, ids, start):
        wanted = (start, start + self.length)
        return next((key for key in ids if not overlaps(self._taken(kind, key), wanted)), None)

    def _taken(self, kind, key):
        return merged(self.busy[kind, key])

    def _whole(self):
        ends = [instant for blocks in self.blocks.values() for block in blocks for instant in block]
        return [(min(ends), max(ends))] if ends else []


def _load(visit_type, first_day, last_day, *, at, practitioner=None):
    """Five queries: people with their credentials, hours, rooms and machines, what takes time (in one union)."""
    skills = _skills(visit_type, first_day, last_day, practitioner)
    diary = Diary(
        length=visit_type.minutes * 60,
        step=visit_type.start_every_minutes * 60,
        people={key: name for key, name, *_ in skills},
        needs_room=visit_type.needs_room,
        needs_machine=visit_type.needs_ultrasound,
    )
    _add_hours(diary, skills, first_day, last_day)
    _add_rooms_and_machines(diary)
    _add_busy(diary, _midnight(first_day), _midnight(last_day + timedelta(days=1)), at=at)
    return diary


def _skills(visit_type, first_day, last_day, practitioner):
    """(id, name, first valid day, last valid day) of those who may do it; days None when not limited."""
    if visit_type.needs_ultrasound:
        rows = Credential.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=first_day),
            kind=CredentialKind.ULTRASOUND,
            valid_from__lte=last_day,
            practitioner__is_active=True,
            practitioner__role=visit_type.role,
        ).values_list("practitioner_id", "practitioner__name", "valid_from", "valid_to")
        who = "practitioner_id"
    else:
        nobody = Value(None, output_field=CharField())
        rows = Practitioner.objects.active().filter(role=visit_type.role)
        rows = rows.values_list("pk", "name", nobody, nobody)
        who = "pk"
    return list(rows if practitioner is None else rows.filter(**{who: practitioner}))


def _add_hours(diary, skills, first_day, last_day):
    hours = WorkingHours.objects.filter(practitioner__in=diary.people).values_list(
        "practitioner_id", "weekday", "starts", "ends", "valid_from", "valid_until"
    )
    by_weekday = defaultdict(list)
    for practitioner, weekday, starts, ends, valid_from, valid_until in hours:
        by_weekday[weekday].append((practitioner, starts, ends, valid_from or date.min, valid_until or date.max))
    may_work = defaultdict(list)
    for practitioner, _name, valid_from, valid_to in skills:
        may_work[practitioner].append((valid_from or date.min, valid_to or date.max))
    for day in (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)):
        for practitioner, starts, ends, valid_from, valid_until in by_weekday[day.weekday()]:
            has_skill = any(first <= day <= last for first, last in may_work[practitioner])
            if has_skill and valid_from <= day <= valid_until:
                diary.blocks[practitioner].append(_working_block(day, starts, ends))
    for blocks in diary.blocks.values():
        blocks.sort()


def _add_rooms_and_machines(diary):
    if not (diary.needs_room or diary.needs_machine):
        return
    rooms = Room.objects.filter(is_active=True).order_by().values_list(Value("room"), "pk")
    machines = UltrasoundMachine.objects.filter(is_active=True).order_by().values_list(Value("machine"), "pk")
    for kind, key in rooms.union(machines, all=True):
        (diary.rooms if kind == "room" else diary.machines).append(key)
    diary.rooms.sort()
    diary.machines.sort()


def _add_busy(diary, first, last, *, at):
    """Appointments, time off and closures between two instants, in one question."""
    nobody = Cast(Value(None), BigIntegerField())  # PostgreSQL takes a bare NULL in a union for text
    clinic = Value(0, output_field=BigIntegerField())
    inside = {"starts_at__lt": last, "ends_at__gt": first}
    appointments = (
        Appointment.objects.holding_time(at=at)
        .overlapping(starts_at=first, ends_at=last)
        .order_by()
        .values_list("starts_at", "ends_at", "practitioner_id", "room_id", "ultrasound_machine_id", nobody)
    )
    time_off = TimeOff.objects.filter(**inside).order_by()
    time_off = time_off.values_list("starts_at", "ends_at", "practitioner_id", nobody, nobody, nobody)
    closures = Closure.objects.filter(**inside).order_by()
    closures = closures.values_list("starts_at", "ends_at", nobody, nobody, nobody, clinic)
    kinds = ("practitioner", "room", "machine", "clinic")
    for starts_at, ends_at, *keys in appointments.union(time_off, closures, all=True):
        interval = (_seconds(starts_at), _seconds_up(ends_at))
        for kind, key in zip(kinds, keys, strict=True):
            if key is not None:
                diary.busy[kind, key].append(interval)


def _working_block(day, starts, ends):
    """Hours of the civil day as instants. At a clock change the later of two equal times ends the block."""
    return _first_second(day, starts, fold=0), _first_second(day, ends, fold=1)


def _first_second(day, clock, *, fold):
    """When the clinic's clock shows this time, or first shows a later one if a clock change leaves this time out."""
    zone = timezone.get_default_timezone()
    after, before = (_seconds(datetime.combine(day, clock, tzinfo=zone).replace(fold=f)) for f in (1, 0))
    if before <= after:  # the usual case, and a time that comes twice
        return after if fold else before
    shown = datetime.fromtimestamp(before, tz=zone).utcoffset()
    seconds = range(after, before + 1)
    return seconds[bisect_left(seconds, True, key=lambda s: datetime.fromtimestamp(s, tz=zone).utcoffset() == shown)]


def _midnight(day):
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _seconds(instant):
    return int(instant.astimezone(UTC).timestamp())


def _seconds_up(instant):
    return -int(-instant.astimezone(UTC).timestamp() // 1)


# Interval arithmetic


def merged(intervals):
    """Sorted, with overlapping and touching intervals made one."""
    result = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def subtracted(free, busy):
    """What is left of `free` without `busy`; both sorted and without overlaps."""
    result = []
    for start, end in free:
        for taken_from, taken_until in busy:
            if taken_until <= start:
                continue
            if taken_from >= end:
                break
            if taken_from > start:
                result.append((start, taken_from))
            start = max(start, taken_until)
        if start < end:
            result.append((start, end))
    return result


def overlaps(intervals, wanted):
    """Does the half-open `wanted` overlap any of these (merged) intervals?"""
    index = bisect_right(intervals, (wanted[0], float("inf")))
    before = index > 0 and intervals[index - 1][1] > wanted[0]
    return before or (index < len(intervals) and intervals[index][0] < wanted[1])


def start_windows(free, length):
    """Closed windows of the starts from which `length` fits into one free interval."""
    return [(start, end - length) for start, end in free if end - start >= length]


def joined(windows):
    """The union of closed windows."""
    return merged(windows)


def crossed(left, right):
    """The intersection of two sorted lists of closed windows."""
    result, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        first, last = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if first <= last:
            result.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return result


def grid(windows, *, origin, step):
    """The instants `origin + k * step` that lie in one of the windows."""
    return [
        start
        for first, last in windows
        for start in range(origin + -(-(first - origin) // step) * step, last + 1, step)
    ]
