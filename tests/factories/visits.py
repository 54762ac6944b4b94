"""Places, kinds of visit, and visits."""

from datetime import timedelta

from clinic.models import Appointment, AppointmentStatus, PractitionerRole, Room, UltrasoundMachine, VisitType
from tests.factories.basics import at, numbers
from tests.factories.patients import patient
from tests.factories.staff import practitioner

NEEDS_NO_PATIENT = (AppointmentStatus.PENDING, AppointmentStatus.EXPIRED)


def room():
    return Room.objects.create(name=f"Room {next(numbers)}")


def machine():
    return UltrasoundMachine.objects.create(name=f"Machine {next(numbers)}")


def visit_type(**fields):
    """A consultation of 30 minutes in a room, on the half hours, without notice."""
    usual = {
        "name": "Consultation",
        "slug": f"visit-{next(numbers)}",
        "role": PractitionerRole.PHYSICIAN,
        "base_minutes": 30,
        "start_every_minutes": 30,
        "notice_hours": 0,
    }
    return VisitType.objects.create(**usual | fields)


def physiotherapy(**fields):
    return visit_type(name="Physiotherapy", role=PractitionerRole.PHYSIOTHERAPIST, **fields)


def appointment(*, starts_at=None, minutes=30, **fields):
    """A plain row on Monday at 10:00 unless told otherwise, without checking whether the time is open."""
    starts_at = starts_at or at("2026-03-02 10:00")
    if "practitioner" not in fields:
        fields["practitioner"] = practitioner(hours=None)
    if "visit_type" not in fields:
        fields["visit_type"] = visit_type()
    if "patient" not in fields and fields.get("status") not in NEEDS_NO_PATIENT:
        fields["patient"] = patient()
    return Appointment.objects.create(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), **fields)


def arrived(**fields):
    """A visit whose patient has been checked in."""
    return appointment(status=AppointmentStatus.ARRIVED, **fields)
