"""A stage for `manage.py bench_times`: four busy people in four rooms, seen only by the measuring server.

They are stored beside the clinic's own rows, so the tables are as large as the clinic's, but none of them is in use:
no page shows them, nobody can book them, and they are removed again. The measuring server sees the reverse: its own
rows in use, all others not. On PostgreSQL that is done by a schema with four views, which comes first in that
server's search path; on SQLite by a copy of the file.
"""

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, time, timedelta
from itertools import product
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from clinic.lib import civil_time
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Practitioner,
    PractitionerRole,
    Room,
    UltrasoundMachine,
    VisitType,
    WorkingHours,
)

NAME = "bench-times"  # of the schema, and of every row made here
SEEN = [Practitioner, Room, UltrasoundMachine, VisitType]
PEOPLE = 4
MINUTES = 30
VISITS_A_DAY = 16
FULL_DAYS, DAYS = 42, 62


@dataclass
class Stage:
    """The person to query, and the environment in which the measuring server finds the rows."""

    practitioner: int
    environment: dict

    def questions(self):
        """The query string of each case."""
        half_full = f"visit_type={NAME}&from={_day(FULL_DAYS + 2)}&days=1&practitioner={self.practitioner}"
        six_weeks_full = f"visit_type={NAME}&from={_day(0)}&days={DAYS}&limit=1"
        return {"practitioner-day": half_full, "next-free-six-weeks-full": six_weeks_full}


def stage():
    """A context manager: sets everything up, yields the Stage, and removes it all, whatever happens in between."""
    return _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()


@contextmanager
def _on_sqlite():
    """In a copy, in which only these rows are in use, and to which this process, too, is connected meanwhile."""
    original = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix=NAME) as folder:
        path = Path(folder) / "clinic.sqlite3"
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        try:
            _connect_to(path)
            practitioner = _write_rows()
            for model in SEEN:
                model.objects.update(is_active=Q(name__startswith=NAME))
            yield Stage(practitioner, {"DATABASE_URL": f"sqlite:///{path}"})
        finally:
            _connect_to(original)


def _connect_to(path):
    connection.close()
    connection.settings_dict["NAME"] = path


@contextmanager
def _on_postgresql():
    """Beside the clinic's rows; views reverse which of them are in use."""
    _clear()
    try:
        practitioner = _write_rows()
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{NAME}"')
            for model in SEEN:
                cursor.execute(_view(model))
        yield Stage(practitioner, {"BENCH_SCHEMA": NAME, "BENCH_DATABASE": connection.settings_dict["NAME"]})
    finally:
        _clear()


def _view(model):
    columns = [field.column for field in model._meta.concrete_fields if field.column != "is_active"]
    table = model._meta.db_table
    return f"""
        CREATE VIEW "{NAME}"."{table}" AS
        SELECT {", ".join(f'"{column}"' for column in columns)}, name LIKE '{NAME}%' AS is_active
        FROM public."{table}" """  # noqa: S608 - names of the clinic's own tables


def _clear():
    """Remove what was made here, also what was left behind by a run that was killed."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{NAME}" CASCADE')
    with transaction.atomic():
        Appointment.objects.filter(practitioner__name__startswith=NAME, visit_type__slug=NAME).delete()
        for model in SEEN:
            model.objects.filter(name__startswith=NAME, is_active=False).delete()


def _write_rows():
    """Four people who work every day: six weeks are full, three weeks half full. Returns the id of one of them."""
    with transaction.atomic():
        visit_type = VisitType.objects.create(
            name=NAME,
            slug=NAME,
            role=PractitionerRole.PHYSICIAN,
            base_minutes=MINUTES,
            notice_hours=0,
            start_every_minutes=MINUTES,
            is_active=False,
        )
        people = [
            Practitioner.objects.create(name=f"{NAME} {n}", role=PractitionerRole.PHYSICIAN, is_active=False)
            for n in range(PEOPLE)
        ]
        rooms = [Room.objects.create(name=f"{NAME} {n}", is_active=False) for n in range(PEOPLE)]
        WorkingHours.objects.bulk_create(
            WorkingHours(practitioner=person, weekday=weekday, starts=time(9), ends=time(17))
            for person in people
            for weekday in range(7)
        )
        places = list(zip(people, rooms, strict=True))
        Appointment.objects.bulk_create(_visits(visit_type, places), batch_size=500)
    return people[0].pk


def _visits(visit_type, places):
    """Holds that end in a year: they use up time as bookings do, but are on no page and belong to no patient."""
    held_until = timezone.now() + timedelta(days=365)
    for day, half_hour in product(range(DAYS), range(VISITS_A_DAY)):
        if day < FULL_DAYS or half_hour % 2:
            opens = civil_time.at(_day(day), time(9)).astimezone(UTC)
            starts_at = opens + timedelta(minutes=MINUTES * half_hour)
            for person, room in places:
                yield Appointment(
                    visit_type=visit_type,
                    practitioner=person,
                    room=room,
                    status=AppointmentStatus.PENDING,
                    held_until=held_until,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=MINUTES),
                )


def _day(number):
    return timezone.localdate() + timedelta(days=number)
