"""What decides about open times besides the visits: people and their skills, hours, absences, rooms, machines.

It changes a few times a week and is needed for every search for open times, so each process caches what it has read.
Triggers in the database give the timetable a new random version with every change, whoever makes it and however;
each search reads the version first, so what is cached is never older than the search. The acts that use up time
trust nothing that is cached: they read the timetable again, under their locks.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple

from django.db.models import BigIntegerField, DateField, DateTimeField, Value
from django.db.models.functions import Cast

from clinic.lib import change_triggers, civil_time
from clinic.lib.cached_by_version import CachedByVersion
from clinic.lib.instants import seconds, seconds_up
from clinic.lib.intervals import merged
from clinic.models import (
    Closure,
    Credential,
    CredentialKind,
    Practitioner,
    Room,
    TimeOff,
    TimetableVersion,
    UltrasoundMachine,
    VisitType,
    WorkingHours,
)

WATCHED_MODELS = [Practitioner, Credential, WorkingHours, TimeOff, Closure, Room, UltrasoundMachine, VisitType]
LONG_AGO, FAR_AHEAD = date.min, date.max
EVERYBODY = None  # whose absence a closure is


# PostgreSQL treats a bare NULL in a union as text.
NOBODY = Cast(Value(None), BigIntegerField())
NO_INSTANT = Cast(Value(None), DateTimeField())
NO_DAY = Cast(Value(None), DateField())
COLUMNS = (NOBODY, NO_INSTANT, NO_INSTANT, NO_DAY, NO_DAY)


@dataclass(frozen=True)
class Person:
    pk: int
    name: str
    role: str


class Stretch(NamedTuple):
    """Working hours of one weekday, from the first to the last day on which they are valid."""

    practitioner: int
    starts: time
    ends: time
    first_day: date
    last_day: date

    def is_valid_on(self, day):
        return self.first_day <= day <= self.last_day


@dataclass
class Timetable:
    """Everything as plain values. Days of validity are closed pairs; absences are sorted by their end."""

    people: dict[int, Person] = field(default_factory=dict)  # those who work here, by role and name
    credentials: dict = field(default_factory=lambda: defaultdict(list))  # practitioner -> [(first day, last day)]
    hours: dict = field(default_factory=lambda: defaultdict(list))  # weekday -> [Stretch]
    absences: list = field(default_factory=list)  # (end, start, practitioner or EVERYBODY), in seconds
    rooms: list = field(default_factory=list)
    machines: list = field(default_factory=list)
    _visit_types: dict[int, VisitType] | None = None

    def visit_type_for_patients(self, slug):
        """The kind of visit with this address that patients may book, or None."""
        return next((kind for kind in self._visit_types_for_patients() if kind.slug == slug), None)

    def visit_types_with(self, practitioner, *, on):
        """What patients may book with this person (an id) who has the skill on that day, in the order of lists."""
        person = self.people.get(practitioner)
        return [
            visit_type
            for visit_type in self._visit_types_for_patients()
            if person
            and visit_type.role == person.role
            and any(first <= on <= last for first, last in self.days_with_skill(practitioner, visit_type))
        ]

    def stretches_on(self, day):
        """The working hours of everybody on a civil day."""
        return [stretch for stretch in self.hours.get(day.weekday(), ()) if stretch.is_valid_on(day)]

    def hours_of(self, practitioner, day):
        """One person's working hours on a civil day, as intervals; they may overlap."""
        return [
            civil_time.stretch(day, stretch.starts, stretch.ends)
            for stretch in self.stretches_on(day)
            if stretch.practitioner == practitioner
        ]

    def is_at_work(self, practitioner, starts_at, ends_at):
        """Does this person have hours then, without a gap, and is neither away nor the clinic closed? In seconds."""
        hours = merged(self.hours_of(practitioner, civil_time.from_seconds(starts_at).date()))
        absent = {who for *_time, who in self.absences_between(starts_at, ends_at)}
        works = any(opens <= starts_at and ends_at <= closes for opens, closes in hours)
        return works and absent.isdisjoint({practitioner, EVERYBODY})

    def people_who_do(self, visit_type):
        """Those of the right profession, by name; whether the skill is valid depends on the day."""
        return [person for person in self.people.values() if person.role == visit_type.role]

    def days_with_skill(self, practitioner, visit_type):
        """The closed pairs of days on which this person may do this kind of visit."""
        if visit_type.needs_ultrasound:
            return self.credentials.get(practitioner, [])
        return [(LONG_AGO, FAR_AHEAD)]

    def visit_types(self):
        """Every kind of visit by its key, also those no longer on offer; read once, at the first use."""
        if self._visit_types is None:
            self._visit_types = {visit_type.pk: visit_type for visit_type in VisitType.objects.all()}
        return self._visit_types

    def _visit_types_for_patients(self):
        return [visit_type for visit_type in self.visit_types().values() if visit_type.is_for_patients]

    def absences_between(self, first, last):
        """(start, end, practitioner or EVERYBODY) of absences that touch the half-open time from `first` to `last`."""
        after = bisect_right(self.absences, first, key=lambda absence: absence[0])
        return [(start, end, who) for end, start, who in self.absences[after:] if start < last]


def current():
    """The timetable as it is now: one query when it has not changed since this process read it, else three."""
    return _cached.current()


def read():
    """The timetable, read now: two queries."""
    table = Timetable()
    _add_people(table)
    _add_the_rest(table)
    return table


_cached = CachedByVersion(TimetableVersion, read)


def _add_people(table):
    stretch = ("weekday", "starts", "ends", "valid_from", "valid_until")
    rows = Practitioner.objects.active().values_list(
        "pk", "name", "role", *(f"working_hours__{name}" for name in stretch)
    )
    for pk, name, role, weekday, starts, ends, first_day, last_day in rows.order_by("role", "name", "pk"):
        table.people[pk] = Person(pk, name, role)
        if weekday is not None:
            stretch = Stretch(pk, starts, ends, first_day or LONG_AGO, last_day or FAR_AHEAD)
            table.hours[weekday].append(stretch)


def _add_the_rest(table):
    """Absences, credentials, rooms and machines in one query, distinguished by their first column."""
    absences = [TimeOff.objects.order_by(), Closure.objects.order_by()]
    credentials = Credential.objects.filter(kind=CredentialKind.ULTRASOUND).order_by()
    places = [model.objects.filter(is_active=True).order_by() for model in (Room, UltrasoundMachine)]
    first, *others = (
        _tagged("absence", absences[0], "practitioner_id", "starts_at", "ends_at"),
        _tagged("absence", absences[1], NOBODY, "starts_at", "ends_at"),
        _tagged("credential", credentials, "practitioner_id", NO_INSTANT, NO_INSTANT, "valid_from", "valid_to"),
        _tagged("room", places[0], "pk"),
        _tagged("machine", places[1], "pk"),
    )
    for kind, key, starts_at, ends_at, first_day, last_day in first.union(*others, all=True):
        if kind == "absence":
            table.absences.append((seconds_up(ends_at), seconds(starts_at), key))
        elif kind == "credential":
            table.credentials[key].append((first_day, last_day or FAR_AHEAD))
        else:
            (table.rooms if kind == "room" else table.machines).append(key)
    table.absences.sort(key=lambda absence: absence[0])
    table.rooms.sort()
    table.machines.sort()


def _tagged(kind, rows, *columns):
    """The rows with the columns of the union, those that are not named are empty."""
    return rows.values_list(Value(kind), *columns, *COLUMNS[len(columns) :])


def install_change_triggers(sender, using, **kwargs):
    """A `post_migrate` receiver. Without its triggers there is no version, and nothing is cached."""
    tables = [model._meta.db_table for model in WATCHED_MODELS]
    change_triggers.install_change_triggers(tables, version=TimetableVersion, topic="timetable", using=using)
