"""What the clinic promises for the days after a procedure, in a few plain rules, written independently of the code.

A protocol says hours and days. Times are the clinic's; days are calendar days; hours are elapsed hours.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

CLINIC = ZoneInfo("Europe/Vilnius")
EVENING, MORNING = 20, 8  # quiet hours
VISIT = timedelta(minutes=30)
HOLDS = timedelta(days=14)  # after its last day a referral keeps a visit that another one wants


def civil(day, clock):
    return datetime.combine(day, clock, CLINIC).astimezone(UTC)


def day_of(instant):
    return instant.astimezone(CLINIC).date()


def awake(instant):
    """The same time, or eight in the morning if it is in quiet hours."""
    local = instant.astimezone(CLINIC)
    if MORNING <= local.hour < EVENING:
        return instant
    return civil(local.date() + timedelta(days=local.hour >= EVENING), time(MORNING))


@dataclass
class Promise:
    """One message: when it goes out, whether it is for safety, and its expected outcome."""

    due_at: datetime
    is_safety: bool = False
    may_wake: bool = False
    status: str = "waiting"
    address: str | None = None  # where it went
    ends_at: datetime | None = None  # of "you may lift again": when the window ends

    @property
    def goes_out_at(self):
        return self.due_at if self.may_wake else awake(self.due_at)


def promised(signed_at, *, lifting_hours, physiotherapy_days, check_times, near_lung):
    """By purpose and occasion. `check_times`: (asks, hours, days)."""
    signed_at, first = signed_at.astimezone(UTC), day_of(signed_at)
    ends, last_day = signed_at + timedelta(hours=lifting_hours), first + timedelta(days=physiotherapy_days)
    found = {("no-heavy-lifting", "at-once"): Promise(signed_at, is_safety=True, may_wake=True)}
    morning = max(civil(first + timedelta(days=1), time(9)), signed_at + timedelta(hours=1))
    if morning < ends:
        found["no-heavy-lifting", "next-morning"] = Promise(morning, is_safety=True)
    found["lifting-allowed", "window-over"] = Promise(awake(ends), ends_at=ends)
    breaths = []
    for asks, hours, days in check_times:
        due_at = signed_at + timedelta(hours=hours) if hours else civil(first + timedelta(days=days), time(17))
        moment = f"+{hours}h" if hours else f"+{days}d"
        if asks == "how-are-you":
            found["how-are-you", moment] = Promise(due_at)
        elif near_lung:
            breaths.append((due_at, moment))
    for number, (due_at, moment) in enumerate(sorted(breaths)):
        found["check-breathing", moment] = Promise(due_at, is_safety=True, may_wake=number == 0)
    for days in (1, 3, 5):
        if first + timedelta(days=days) < last_day:
            found["book-physiotherapy", f"+{days}d"] = Promise(civil(first + timedelta(days=days), time(10)))
    return found


@dataclass
class Record:
    """A signed procedure, its referral, and everything that was promised."""

    due_on: object
    promises: dict
    is_void: bool = False
    signed_at: object = None
    visit: object = None  # the physiotherapy linked to the referral
    is_moved_late: bool = False  # it was within the days once: a person asks for an earlier time

    @property
    def reminders(self):
        return [each for (purpose, _), each in self.promises.items() if purpose == "book-physiotherapy"]

    @property
    def wants_a_visit(self):
        return not self.is_void and self.visit is None

    def is_long_over(self, visit_begins):
        return self.due_on + HOLDS < day_of(visit_begins)


@dataclass
class Aftercare:
    """Follows every act, and knows what must be in the outbox."""

    address: str
    records: dict = field(default_factory=dict)
    visits: dict = field(default_factory=dict)  # physiotherapy that is booked: when it begins
    wants_reminders: bool = True

    def sign(self, key, signed_at, *, due_on, promises):
        self.records[key] = Record(due_on, promises, signed_at=signed_at)
        self._tie(self.records[key], at=signed_at)
        self._settle_lifting(at=signed_at)

    def void(self, key, *, at):
        record = self.records[key]
        record.is_void, record.visit, record.is_moved_late = True, None, False
        self._take_back(record.promises.values())
        self._tie_open_ones(at=at)
        self._settle_lifting(at=at)

    def book(self, visit, starts_at):
        self.visits[visit] = starts_at
        self._serve(visit)

    def move(self, visit, starts_at, *, at):
        was_at, self.visits[visit] = self.visits[visit], starts_at
        self._tie_open_ones(at=at)
        for record in self.records.values():
            if record.visit == visit:
                is_in_time = day_of(starts_at) <= record.due_on
                was_in_time = day_of(was_at) <= record.due_on
                record.is_moved_late = not is_in_time and (was_in_time or record.is_moved_late)

    def cancel(self, visit, *, at):
        del self.visits[visit]
        for record in self.records.values():
            if record.visit == visit:
                self._ask_again(record, at=at)

    def pass_time(self, until):
        waiting = [each for record in self.records.values() for each in record.promises.values()]
        for each in waiting:
            if each.status == "waiting" and each.goes_out_at <= until:
                goes = each.is_safety or self.wants_reminders
                each.status, each.address = ("accepted", self.address) if goes else ("withdrawn", None)

    def _serve(self, visit):
        """The referral with the earliest last day gets a visit first, a long-ended one last; then nothing asks."""
        begins = self.visits[visit]
        open_ones = [record for record in self.records.values() if record.wants_a_visit]
        begun = [record for record in open_ones if record.signed_at < begins + VISIT]
        if begun:
            self._give(visit, min(begun, key=lambda record: (record.is_long_over(begins), record.due_on)))

    def _give(self, visit, record):
        record.visit, record.is_moved_late = visit, False
        self._take_back(record.reminders)

    def _ask_again(self, record, *, at):
        record.visit, record.is_moved_late = None, False
        for each in record.reminders:
            if each.status == "withdrawn" and each.due_at > at:
                each.status = "waiting"
        self._tie(record, at=at)

    def _tie_open_ones(self, *, at):
        for record in sorted(self.records.values(), key=lambda record: record.due_on):
            if record.wants_a_visit and record.due_on >= day_of(at):
                self._tie(record, at=at)

    def _settle_lifting(self, *, at):
        """Only the last window of all ends with "you may lift again"."""
        ends = [r.promises["lifting-allowed", "window-over"] for r in self.records.values() if not r.is_void]
        *others, last = sorted(ends, key=lambda each: each.ends_at) or [None]
        self._take_back(others)
        if last and last.status == "withdrawn" and last.due_at > at:
            last.status = "waiting"

    def _tie(self, record, *, at):
        """A patient who comes in time anyway is not asked to book, even if the visit was for a long-ended plan."""
        serves = {other.visit: other for other in self.records.values() if other.visit is not None}
        ahead = sorted((begins, v) for v, begins in self.visits.items() if begins + VISIT > at)
        in_time = [(begins, visit) for begins, visit in ahead if day_of(begins) <= record.due_on]
        free = [visit for _begins, visit in in_time if visit not in serves]
        given_up = [v for begins, v in in_time if v in serves and serves[v].is_long_over(begins)]
        if taken := [*free, *given_up][:1]:
            other = serves.get(taken[0])
            self._give(taken[0], record)
            if other:
                self._ask_again(other, at=at)

    def _take_back(self, promises):
        for each in promises:
            if each.status == "waiting":
                each.status = "withdrawn"
