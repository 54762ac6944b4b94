"""What somebody asks for: one visit at one time, open times to choose from, or a time that comes free."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from clinic.errors import TimeNotOpen
from clinic.lib.instants import seconds
from clinic.models import Practitioner, VisitType
from clinic.scheduling import timetable

FARTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Wish:
    """A start that somebody wants: which kind of visit, with whom, from when (an aware datetime).

    The desk (`by_desk`) needs no notice and may book what patients may not; with a written `overlap_reason` its visit
    may overlap others. Two requests with the same `request_token` are one wish.
    """

    visit_type: VisitType
    practitioner: Practitioner
    starts_at: datetime
    by_desk: bool = False
    overlap_reason: str = ""
    request_token: str | None = None

    @classmethod
    def of(cls, appointment, **changed):
        """The wish for a visit as it is; `changed` are the fields that somebody wants otherwise."""
        kind, person, starts_at = appointment.visit_type, appointment.practitioner, appointment.starts_at
        return cls(**{"visit_type": kind, "practitioner": person, "starts_at": starts_at} | changed)

    @property
    def ends_at(self):
        return self.starts_at + timedelta(minutes=self.visit_type.minutes)

    @property
    def time(self):
        """As fields of an appointment, and as its queries need it."""
        return {"starts_at": self.starts_at, "ends_at": self.ends_at}

    def in_utc(self, *, at):
        """The same start in UTC, where clocks never change; raises TimeNotOpen years away from `at`."""
        if abs(self.starts_at - at) > FARTHEST:
            raise TimeNotOpen
        return replace(self, starts_at=self.starts_at.astimezone(UTC))


@dataclass(frozen=True)
class Suitable:
    """Which times would suit somebody who waits, in civil days and times of the clinic; what is empty means any.

    `weekdays` are numbers, 0 is Monday. The visit begins at `not_before` or later and ends by `not_after`.
    """

    earliest_on: date
    latest_on: date
    weekdays: Iterable[int] = ()
    not_before: time = time(0)
    not_after: time = time(23, 59)
    practitioners: Iterable[Practitioner] = ()

    @property
    def fields(self):
        """As the fields of an entry, except the practitioners."""
        return {
            "earliest_on": self.earliest_on,
            "latest_on": self.latest_on,
            "weekdays": list(self.weekdays),
            "not_before": self.not_before,
            "not_after": self.not_after,
        }


@dataclass(frozen=True)
class Search:
    """A search for open times of one kind of visit, made `at` an instant: with one `practitioner` (an id) or any.

    The desk needs no notice. `table` is the timetable, if it was read already.
    """

    visit_type: VisitType
    at: datetime
    practitioner: int | None = None
    by_desk: bool = False
    table: timetable.Timetable = field(default_factory=lambda: timetable.current())

    @property
    def today(self):
        return timezone.localdate(self.at)

    @property
    def last_day(self):
        """The horizon: the last civil day that can be booked."""
        return self.today + timedelta(days=self.visit_type.horizon_days)

    @property
    def earliest(self):
        """The first instant after the notice, in seconds."""
        return seconds(self.at if self.by_desk else self.at + timedelta(hours=self.visit_type.notice_hours))
