"""The day as columns: one per person, room or machine, or one per day of a person's week.

A position in a column is given in minutes since midnight on the clinic's wall clock, in steps of five; desk.css turns
its classes into rows.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Appointment, AppointmentStatus, Practitioner, Room, UltrasoundMachine
from clinic.scheduling import working_days

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
    today = working_days.read([day])[day]
    people = Practitioner.objects.filter(Q(is_active=True) | Q(pk__in={visit.practitioner_id for visit in visits}))
    columns = [_column(today, str(person), person.pk, _of(visits, practitioner_id=person.pk)) for person in people]
    return _board([column for column in columns if column.is_needed], at=at)


def by_room(visits, day, *, at):
    today = working_days.read([day])[day]
    columns = _places(Room, "room_id", visits, today)
    if nowhere := _of(visits, room_id=None):
        columns.append(_column(today, _("Without a room"), None, nowhere))
    return _board(columns, at=at)


def by_machine(visits, day, *, at):
    today = working_days.read([day])[day]
    return _board(_places(UltrasoundMachine, "ultrasound_machine_id", visits, today), at=at)


def by_day(visits, monday, person, *, at):
    """One person's week. Days without hours and visits are left out."""
    days = [monday + timedelta(days=number) for number in range(7)]
    columns = []
    for day, today in working_days.read(days).items():
        of_day = [visit for visit in visits if visit.on == day and person and visit.practitioner_id == person.pk]
        columns.append(_column(today, "", person and person.pk, of_day))
    return _board([column for column in columns if column.is_needed], at=at)


def _places(model, name, visits, today):
    places = model.objects.filter(Q(is_active=True) | Q(pk__in={getattr(visit, name) for visit in visits} - {None}))
    return [_column(today, str(place), None, _of(visits, **{name: place.pk})) for place in places]


def _of(visits, **values):
    return [visit for visit in visits if all(getattr(visit, name) == value for name, value in values.items())]


def _column(today, title, practitioner, visits):
    """Of one person, or of a place (`practitioner` None), which is open whenever somebody works."""
    hours = today.hours_of(practitioner)
    spans = [(row.starts.hour * 60 + row.starts.minute, row.ends.hour * 60 + row.ends.minute) for row in hours]
    if practitioner is None and spans:
        spans = [(min(start for start, _end in spans), max(end for _start, end in spans))]
    absences = [(row, _("away")) for row in today.time_off_of(practitioner)]
    absences += [(row, _("closed")) for row in today.closures]
    return Column(
        title=title,
        day=today.day,
        practitioner=practitioner,
        open=[Block(start, end) for start, end in spans],
        away=[Block(*_span(row, today.day), words=row.reason or usual) for row, usual in absences],
        visits=_in_lanes([Block(*_span(visit, today.day), visit=visit) for visit in visits]),
    )


def _span(row, day):
    start = _minutes(row.starts_at, day)
    return start, max(_minutes(row.ends_at, day), start + STEP)


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
