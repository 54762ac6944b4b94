"""A long past for benchmarks: any number of patients and visits, laid out by arithmetic so that none overlap.

The visits are before the demo's own twelve weeks, with archived practitioners in archived rooms. Slot n is the visit of
practitioner n % 20 at the (n // 20 % 20)th half hour of day n // 400, counted from the first day.
"""

import time
from datetime import time as clock
from datetime import timedelta

from aftercare.demo.moments import at
from aftercare.demo.names import FAMILY_NAMES, GIVEN_NAMES
from clinic.models import (
    Appointment,
    AppointmentStatus,
    ContactSystem,
    Patient,
    PatientContact,
    Practitioner,
    PractitionerRole,
    Room,
    VisitType,
)

PATIENTS = 400
APPOINTMENTS = 600
ARCHIVED = 20
SLOTS_A_DAY = 20
PER_DAY = ARCHIVED * SLOTS_A_DAY
SLOT = timedelta(minutes=30)
LAST_DAY = -100
OUTCOMES = [*[AppointmentStatus.FULFILLED] * 9, AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW]
# Multiples of PER_DAY, so that two visits of one patient never fall on one day.
BATCH_PATIENTS, BATCH_ROWS = 20_000, 5_000


def scale_up(scale, moment, tell):
    """Add `scale` - 1 times 400 patients and 600 visits. `tell` gets a progress line per batch."""
    patients, appointments = (scale - 1) * PATIENTS, (scale - 1) * APPOINTMENTS
    archive = Archive(moment, days=-(-appointments // PER_DAY))
    began, slot = time.monotonic(), 0
    for first in range(0, patients, BATCH_PATIENTS):
        count = min(BATCH_PATIENTS, patients - first)
        people = save_people(first, count, moment)
        visits = count * APPOINTMENTS // PATIENTS
        in_turn = (people[n % count] for n in range(visits))
        Appointment.objects.bulk_create(archive.visits(slot, in_turn), batch_size=BATCH_ROWS)
        slot += visits
        seconds = time.monotonic() - began
        tell(
            f"{first + count:,} of {patients:,} patients, {slot:,} visits, {(first + count) / seconds:,.0f} patients/s"
        )


def save_people(first, count, moment):
    people = [person(first + n, moment) for n in range(count)]
    Patient.objects.bulk_create(people, batch_size=BATCH_ROWS)
    PatientContact.objects.bulk_create(
        (contact(patient, first + n) for n, patient in enumerate(people)), batch_size=BATCH_ROWS
    )
    return people


def person(number, moment):
    """Names and ages in rotation: the three counts share no divisor, so they mix."""
    return Patient(
        given_name=GIVEN_NAMES[number % len(GIVEN_NAMES)],
        family_name=FAMILY_NAMES[number * 7 // 3 % len(FAMILY_NAMES)],
        birth_date=moment.today - timedelta(days=6_600 + number * 7_919 % 25_000),
    )


def contact(patient, number):
    value = f"archive.{number}@example.org"
    return PatientContact(patient_id=patient.pk, system=ContactSystem.EMAIL, value=value, was_booked_with=True)


class Archive:
    """Practitioners and rooms that are no longer in use, and the starts of their days."""

    def __init__(self, moment, *, days):
        self.first_day = moment.today + timedelta(days=LAST_DAY - days)
        physician = {"role": PractitionerRole.PHYSICIAN, "is_active": False}
        self.practitioners = Practitioner.objects.bulk_create(
            Practitioner(name=f"Dr Archive {n + 1}", **physician) for n in range(ARCHIVED)
        )
        self.rooms = Room.objects.bulk_create(Room(name=f"Archive {n + 1}", is_active=False) for n in range(ARCHIVED))
        self.visit_type = VisitType.objects.get(slug="consultation")

    def visits(self, first_slot, patients):
        """One visit for each of the patients, from this slot on, in order of time."""
        opens = None
        for slot, patient in enumerate(patients, start=first_slot):
            day, place = divmod(slot, PER_DAY)
            half_hour, who = divmod(place, ARCHIVED)
            if opens is None or place == 0:
                opens = at(self.first_day + timedelta(days=day), clock(8))
            starts_at = opens + half_hour * SLOT
            yield Appointment(
                patient_id=patient.pk,
                visit_type_id=self.visit_type.pk,
                practitioner_id=self.practitioners[who].pk,
                room_id=self.rooms[who].pk,
                starts_at=starts_at,
                ends_at=starts_at + SLOT,
                status=OUTCOMES[slot % len(OUTCOMES)],
            )
