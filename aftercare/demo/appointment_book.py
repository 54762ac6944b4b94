"""The demo clinic's appointment book while it is built: who and what is free when, and which visits there are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from aftercare.demo.places import Hours
from clinic.models import Appointment, Credential, CredentialKind, Patient, VisitType


@dataclass(eq=False)
class Visit:
    """One appointment of the book and what else the demo knows about it."""

    patient: Patient
    appointment: Appointment
    booked_at: object = None
    follows: object = None  # the procedure's visit that asked for this physiotherapy
    procedure: object = None

    @property
    def status(self):
        return self.appointment.status

    @property
    def day(self):
        return self.appointment.on


@dataclass
class AppointmentBook:
    hours: Hours
    rooms: list
    machines: list
    types: dict[str, VisitType]
    visits: list[Visit] = field(default_factory=list)
    taken: dict = field(default_factory=lambda: defaultdict(list))  # (thing, day) -> (start, end) pairs
    skills: list = field(default_factory=lambda: list(Credential.objects.filter(kind=CredentialKind.ULTRASOUND)))

    def write(self, visit_type, practitioner, start, patient, status):
        """Note a visit at a free start. Returns None where it cannot be."""
        end = start + timedelta(minutes=visit_type.minutes)
        place = self.place(visit_type, practitioner, start, end)
        if place is None:
            return None
        room, machine = place
        for thing in (practitioner, room, machine):
            if thing:
                self.taken[thing, timezone.localdate(start)].append((start, end))
        appointment = Appointment(
            visit_type=visit_type,
            practitioner=practitioner,
            room=room,
            ultrasound_machine=machine,
            starts_at=start,
            ends_at=end,
            status=status,
        )
        visit = Visit(patient=patient, appointment=appointment)
        self.visits.append(visit)
        return visit

    def place(self, visit_type, practitioner, start, end):
        """(room, machine) for a visit, or None if somebody or something is not free."""
        if not self.is_free(practitioner, start, end) or not self.may_do(visit_type, practitioner, start):
            return None
        room = self.free_one(self.rooms, start, end) if visit_type.needs_room else None
        machine = self.free_one(self.machines, start, end) if visit_type.needs_ultrasound else None
        if (visit_type.needs_room and not room) or (visit_type.needs_ultrasound and not machine):
            return None
        return room, machine

    def free_one(self, things, start, end):
        return next((thing for thing in things if self.is_free(thing, start, end)), None)

    def is_free(self, thing, start, end):
        """Looks at one civil day only: no working hours go past midnight."""
        taken = self.taken[thing, timezone.localdate(start)]
        return all(end <= taken_from or start >= until for taken_from, until in taken)

    def may_do(self, visit_type, practitioner, start):
        """The role fits, and so does the credential of that day where one is needed."""
        day = timezone.localdate(start)
        has_skill = any(
            skill.practitioner_id == practitioner.pk and skill.valid_from <= day <= skill.valid_to
            for skill in self.skills
        )
        return practitioner.role == visit_type.role and (has_skill or not visit_type.needs_ultrasound)

    def starts(self, visit_type, practitioner, day):
        """The free starts of a day on the grid of its working hours."""
        length, step = (timedelta(minutes=n) for n in (visit_type.minutes, visit_type.start_every_minutes))
        for start, ends in self.hours.stretches(practitioner, day):
            while start + length <= ends:
                if self.place(visit_type, practitioner, start, start + length):
                    yield start
                start += step
