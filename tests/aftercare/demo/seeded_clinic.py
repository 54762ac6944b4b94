"""A seeded demo clinic for tests, and what must be true of each, computed in plain Python."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise

import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from clinic.models import Appointment, AppointmentStatus, Credential, CredentialKind, Message, WorkingHours
from clinic.models.appointment_states import HOLDS_TIME

WEDNESDAY = datetime.fromisoformat("2026-11-25T10:40+02:00")
FIRST_SEEN = {}  # how the first clinic of each moment looked: seeding takes many seconds
RESOURCES = ("patient_id", "practitioner_id", "room_id", "ultrasound_machine_id")
DEMO_PHYSICIAN = "physician@demo.example"


def seed(**options):
    """Runs the command and returns what it printed."""
    printed = StringIO()
    call_command("seed_demo", stdout=printed, **options)
    return printed.getvalue()


@contextmanager
def seeded_at(moment, **options):
    """A demo clinic seeded at this instant, with the clock stopped there; removed at the end."""
    with time_machine.travel(moment, tick=False), transaction.atomic():
        printed = seed(**options)
        connection.check_constraints()
        FIRST_SEEN.setdefault(moment, fingerprint())
        yield printed
        transaction.set_rollback(True)


def fingerprint():
    """The clinic's rows, without their keys and without the long past of `--scale`."""
    visits = Appointment.objects.filter(practitioner__is_active=True).values_list(
        "starts_at", "practitioner__name", "room__name", "patient__family_name", "patient__birth_date", "status"
    )
    messages = Message.objects.values_list("address", "due_at", "status")
    return sorted(visits), sorted(messages)


def holding_time():
    rows = Appointment.objects.filter(status__in=HOLDS_TIME)
    return list(rows.select_related("visit_type", "practitioner").order_by("starts_at"))


def overlaps(appointments, resource):
    """Pairs of visits that share a patient, practitioner, room or machine at one time."""
    groups = {}
    for appointment in appointments:
        if getattr(appointment, resource):
            groups.setdefault(getattr(appointment, resource), []).append(appointment)
    return [
        (earlier, later)
        for group in groups.values()
        for earlier, later in pairwise(group)
        if later.starts_at < earlier.ends_at
    ]


def outside_hours(appointments):
    """Visits outside the hours of their practitioner, or off the grid of starts."""
    hours = list(WorkingHours.objects.all())
    return [each for each in appointments if not any(fits(each, row) for row in hours)]


def fits(appointment, row):
    day = appointment.on
    if (row.practitioner_id, row.weekday) != (appointment.practitioner_id, day.weekday()):
        return False
    if not (row.valid_from or day) <= day <= (row.valid_until or day):
        return False
    zone = timezone.get_default_timezone()
    starts, ends = (datetime.combine(day, clock, tzinfo=zone) for clock in (row.starts, row.ends))
    since_start = timedelta(seconds=appointment.starts_at.timestamp() - starts.timestamp())
    step = timedelta(minutes=appointment.visit_type.start_every_minutes)
    is_inside = since_start >= timedelta(0) and appointment.ends_at.timestamp() <= ends.replace(fold=1).timestamp()
    return is_inside and not since_start % step


def without_skill_or_machine(appointments):
    """Visits with ultrasound that lack a machine or a valid credential, and those without that take a machine."""
    credentials = list(Credential.objects.filter(kind=CredentialKind.ULTRASOUND))
    return [
        each
        for each in appointments
        if bool(each.ultrasound_machine_id) != each.visit_type.needs_ultrasound
        or (each.visit_type.needs_ultrasound and not any(covers(credential, each) for credential in credentials))
    ]


def covers(credential, appointment):
    is_valid = credential.valid_from <= appointment.on <= credential.valid_to
    return is_valid and credential.practitioner_id == appointment.practitioner_id


def visits_of_demo_physician():
    """Today's visits of the physician of the sign-in page, as (status, starts at)."""
    visits = Appointment.objects.on_day(timezone.localdate()).filter(practitioner__user__email=DEMO_PHYSICIAN)
    return list(visits.values_list("status", "starts_at"))


def comes_alive():
    """The demo physician has one patient here, whose record is not written yet, and at least two more to come."""
    visits = visits_of_demo_physician()
    here = [starts_at for status, starts_at in visits if status == AppointmentStatus.ARRIVED]
    coming = [starts_at for status, starts_at in visits if status == AppointmentStatus.BOOKED]
    return len(here) == 1 and len([starts_at for starts_at in coming if starts_at > here[0]]) >= 2


def due_letters():
    """What each message that is due now is for: (purpose, occasion)."""
    return list(Message.objects.due(at=timezone.now()).values_list("purpose", "occasion"))
