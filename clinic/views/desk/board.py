"""The day as columns: one per person, room or machine, or one per day of a person's week.

A position in a column is given in minutes since midnight on the clinic's wall clock, in steps of five; desk.css turns
its classes into rows.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.lib import civil_time
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Closure,
    Practitioner,
    Room,
    TimeOff,
    UltrasoundMachine,
    WorkingHours,
)

STEP = 5
A_DAY = 24 * 60
USUAL_HOURS = (8 * 60, 18 * 60)
MAX_LANES = 4


@dataclass(frozen=True)
class Block:
    """A section of one column, from `start` until `end` (minutes since midnight); of a visit, or of an absence."""

    start: int
    end: int
    visit: Appointment | None = None
    words: str = ""
    lane: int = 1
    lanes: int = 1

    @property
    def place(self):
        """The CSS classes that position it."""
        start, end = self.start // STEP, -(-self.end // STEP)
        rows = f"from-h{start // 12} from-m{start % 12} to-h{end // 12} to-m{end % 12}"
        return rows if self.lanes == 1 else f"{rows} lane-{self.lane}-of-{self.lanes}"

    @property
    def is_short(self):
        """Has room for one line only."""
        return self.end - self.start < 25


@dataclass
class Column:
    title: str
    day: object
    practitioner: int | None = None  # None for a room or machine
    open: list = field(default_factory=list)
    away: list = field(default_factory=list)
    visits: list = field(default_factory=list)
    now: Block | None = None

    @property
    def is_needed(self):
        return bool(self.open or self.visits)


@dataclass(frozen=True)
class Board:
    columns: list
    first_hour: int
    hours: list
    now: Block | None


def by_person(visits, day, *, at):
    rows = _Day(day)
    people = Practitioner.objects.filter(Q(is_active=True) | Q(pk__in={visit.practitioner_id for visit in visits}))
    columns = [rows.column(str(person), person.pk, _of(visits, practitioner_id=person.pk)) for person in people]
    return _board([column for column in columns if column.is_needed], at=at)


def by_room(visits, day, *, at):
    return _by_place(Room, "room_id", visits, day, at=at, nowhere=_("Without a room"))


def by_machine(visits, day, *, at):
    return _by_place(UltrasoundMachine, "ultrasound_machine_id", visits, day, at=at)


def by_day(visits, monday, person, *, at):
    """One person's week. Days without hours and visits are left out."""
    days = [monday + timedelta(days=number) for number in range(7)]
    columns, rows = [], _Week(days)
    for day in days:
        of_day = [visit for visit in visits if visit.on == day and person and visit.practitioner_id == person.pk]
        columns.append(rows[day].column("", person and person.pk, of_day))
    return _board([column for column in columns if column.is_needed], at=at)


def _by_place(model, name, visits, day, *, at, nowhere=None):
    rows = _Day(day)
    places = model.objects.filter(Q(is_active=True) | Q(pk__in={getattr(visit, name) for visit in visits} - {None}))
    columns = [rows.column(str(place), None, _of(visits, **{name: place.pk})) for place in places]
    if nowhere and (without := _of(visits, **{name: None})):
        columns.append(rows.column(nowhere, None, without))
    return _board(columns, at=at)


def _of(visits, **values):
    return [visit for visit in visits if all(getattr(visit, name) == value for name, value in values.items())]


class _Week(dict):
    """The hours and absences of several consecutive days, fetched once."""

    def __init__(self, days):
        during = {"starts_at__lt": civil_time.whole_day(days[-1])[1], "ends_at__gt": civil_time.midnight(days[0])}
        hours = list(WorkingHours.objects.all())
        away = list(TimeOff.objects.filter(**during))
        closed = list(Closure.objects.filter(**during))
        super().__init__((day, _Day(day, hours, away, closed)) for day in days)


class _Day:
    """When people are here on a civil day of the clinic, and when they are away."""

    def __init__(self, day, hours=None, away=None, closed=None):
        if hours is None:
            day_rows = _Week([day])[day]
            self.__dict__ = day_rows.__dict__
            return
        self.day = day
        self.hours = [row for row in hours if row.are_valid_on(day)]
        start, end = civil_time.whole_day(day)
        self.away, self.closed = (
            [row for row in rows if row.starts_at < end and row.ends_at > start] for rows in (away, closed)
        )

    def column(self, title, practitioner, visits):
        """Of one person, or of a place (`practitioner` None), which is open whenever somebody works."""
        hours = [row for row in self.hours if practitioner in (None, row.practitioner_id)]
        away = [row for row in self.away if row.practitioner_id == practitioner]
        spans = [(row.starts.hour * 60 + row.starts.minute, row.ends.hour * 60 + row.ends.minute) for row in hours]
        if practitioner is None and spans:
            spans = [(min(start for start, _end in spans), max(end for _start, end in spans))]
        return Column(
            title=title,
            day=self.day,
            practitioner=practitioner,
            open=[Block(start, end) for start, end in spans],
            away=[Block(*self.span(row), words=row.reason or _("away")) for row in away]
            + [Block(*self.span(row), words=row.reason or _("closed")) for row in self.closed],
            visits=_in_lanes([Block(*self.span(visit), visit=visit) for visit in visits]),
        )

    def span(self, row):
        return _minutes(row.starts_at, self.day), max(
            _minutes(row.ends_at, self.day), _minutes(row.starts_at, self.day) + STEP
        )


def _minutes(instant, day):
    local = timezone.localtime(instant)
    if local.date() != day:
        return 0 if local.date() < day else A_DAY
    return local.hour * 60 + local.minute


def _in_lanes(blocks):
    """Side by side where they overlap: a missed visit and the one booked instead, or what the desk let overlap."""
    placed, together, ends = [], [], []
    for block in sorted(blocks, key=lambda block: (block.start, block.end, block.visit.pk)):
        if ends and block.start >= max(ends):
            placed += _side_by_side(together, ends)
            together, ends = [], []
        free = (number for number, end in enumerate(ends) if end <= block.start)
        lane = next(free, len(ends))
        ends[lane : lane + 1] = [block.end]
        together.append(replace(block, lane=min(lane + 1, MAX_LANES)))
    return placed + _side_by_side(together, ends)


def _side_by_side(together, ends):
    return [replace(block, lanes=min(len(ends), MAX_LANES)) for block in together]


def _board(columns, *, at):
    spans = [block for column in columns for block in (*column.open, *column.visits)]
    first = min((block.start for block in spans), default=USUAL_HOURS[0]) // 60
    last = -(-max((block.end for block in spans), default=USUAL_HOURS[1]) // 60)
    today = timezone.localdate(at)
    minute = _minutes(at, today) // STEP * STEP
    now = Block(minute, minute + STEP) if first * 60 <= minute < last * 60 else None
    for column in columns:
        column.now = now if column.day == today else None
        column.away = [
            replace(block, start=max(block.start, first * 60), end=min(block.end, last * 60))
            for block in column.away
            if block.start < last * 60 and block.end > first * 60
        ]
    hours = [Block(hour * 60, hour * 60 + 60, words=f"{hour:02}:00") for hour in range(first, last)]
    return Board(columns, first, hours, now if any(column.now for column in columns) else None)


def shown(visits):
    """Cancelled visits use no time, so only the list shows them."""
    return [visit for visit in visits if visit.status != AppointmentStatus.CANCELLED]
