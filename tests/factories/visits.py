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


def appointment(*, starts_at, practitioner, visit_type, minutes=30, **fields):
    """A plain row, without checking whether the time is open."""
    if "patient" not in fields and fields.get("status") not in NEEDS_NO_PATIENT:
        fields["patient"] = patient()
    return Appointment.objects.create(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        practitioner=practitioner,
        visit_type=visit_type,
        **fields,
    )


def arrived(**fields):
    """A visit on Monday at 10:00 whose patient has been checked in."""
    if "practitioner" not in fields:
        fields["practitioner"] = practitioner(hours=None)
    if "visit_type" not in fields:
        fields["visit_type"] = visit_type()
    fields.setdefault("starts_at", at("2026-03-02 10:00"))
    return appointment(status=AppointmentStatus.ARRIVED, **fields)
