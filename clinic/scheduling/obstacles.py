"""What keeps a booked visit from taking place as planned: asked of the same rules that say which times are open.

Nothing about it is stored: what the timetable says now is the truth, whoever changed it and however. What people do
about it is in `affected_visits`.
"""

from dataclasses import replace
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.lib import civil_time
from clinic.lib.instants import MILLION, Microseconds, microseconds
from clinic.lib.intervals import merged
from clinic.models import Appointment, AppointmentStatus
from clinic.models.appointments import LONGEST_VISIT
from clinic.scheduling import diary, timetable
from clinic.scheduling.wishes import Search

FOR_PATIENTS = _("This visit may not take place as planned. We will contact you.")
TO_COME = [AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED]


class Obstacle(models.TextChoices):
    """Why a visit cannot take place as planned, for colleagues."""

    LEFT = "left", _("this person no longer works here")
    ROLE = "role", _("this person does not do this kind of visit")
    NOT_OFFERED = "not-offered", _("this kind of visit is no longer offered")
    SKILL = "skill", _("this person has no credential for it that is valid on that day")
    CLOSED = "closed", _("the clinic is closed then")
    AWAY = "away", _("this person is away then")
    HOURS = "hours", _("this person does not work then")
    ROOM = "room", _("its room is out of use")
    MACHINE = "machine", _("its ultrasound machine is out of use")


class Claim(NamedTuple):
    """What a visit or a hold takes, as plain values: keys instead of rows; `start` and `end` are in microseconds."""

    pk: int
    status: AppointmentStatus
    visit_type: int
    practitioner: int
    room: int | None
    machine: int | None
    start: int
    end: int

    @classmethod
    def of(cls, visit):
        place = visit.visit_type_id, visit.practitioner_id, visit.room_id, visit.ultrasound_machine_id
        return cls(visit.pk, visit.status, *place, microseconds(visit.starts_at), microseconds(visit.ends_at))

    @property
    def seconds(self):
        """Its first whole second, and the first after it."""
        return self.start // MILLION, -(-self.end // MILLION)

    @property
    def day(self):
        """The civil day of the clinic on which it starts."""
        return civil_time.from_seconds(self.seconds[0]).date()


def of(visits, *, at, table=None):
    """{pk: [Obstacle]} for those of some visits to come that cannot take place as planned.

    One query, up to four when the timetable has changed, however many visits there are.
    """
    to_come = [visit for visit in visits if visit.status in TO_COME and visit.ends_at > at]
    if not to_come:
        return {}
    table = table or timetable.current()
    found = {visit.pk: of_claim(Claim.of(visit), table) for visit in to_come}
    return {pk: obstacles for pk, obstacles in found.items() if obstacles}


def mark(visits, *, at):
    """Give each visit its `obstacles` for a page. Returns them as a list."""
    visits = list(visits)
    found = of(visits, at=at)
    for visit in visits:
        visit.obstacles = found.get(visit.pk, [])
    return visits


def in_words(found):
    """Obstacles as a part of a sentence for colleagues."""
    return ", ".join(str(obstacle.label) for obstacle in found)


def claims_to_come(*, at):
    """All that is booked or held from now on. One query."""
    rows = Appointment.objects.filter(
        status__in=[*TO_COME, AppointmentStatus.PENDING], starts_at__gt=at - LONGEST_VISIT
    )
    rows = rows.exclude(status=AppointmentStatus.PENDING, held_until__lte=at).filter(ends_at__gt=at).order_by()
    values = rows.values_list(
        *("pk", "status", "visit_type_id", "practitioner_id", "room_id", "ultrasound_machine_id"),
        *(Microseconds("starts_at"), Microseconds("ends_at")),
    )
    return [Claim(*claim) for claim in values]


def of_claim(claim, table):
    """The obstacles of one claim, by a timetable; none if its time would be open to it, other visits aside."""
    if _would_be_open(claim, table):
        return []
    return _reasons(claim, table) or [Obstacle.HOURS]


def _would_be_open(claim, table):
    """Its own length, person, room and machine, as a search for open times sees that day without other visits.

    The grid of starts is left aside: a visit does not move because others may now begin at other minutes.
    """
    kind, (start, end) = table.visit_types()[claim.visit_type], claim.seconds
    if not kind.is_active:
        return False
    search = Search(kind, civil_time.from_seconds(start), claim.practitioner, table=table)
    of_day = replace(
        diary.of_hours(search, claim.day, claim.day),
        length=end - start,
        needs_room=claim.room is not None,
        needs_machine=claim.machine is not None,
        rooms=[room for room in table.rooms if room == claim.room],
        machines=[machine for machine in table.machines if machine == claim.machine],
    )
    return of_day.can_begin(claim.practitioner, start)


def _reasons(claim, table):
    kind, person = table.visit_types()[claim.visit_type], table.people.get(claim.practitioner)
    absent = {who for *_time, who in table.absences_between(*claim.seconds)}
    is_skilled = any(first <= claim.day <= last for first, last in table.days_with_skill(claim.practitioner, kind))
    is_true = {
        Obstacle.LEFT: person is None,
        Obstacle.ROLE: person is not None and person.role != kind.role,
        Obstacle.NOT_OFFERED: not kind.is_active,
        Obstacle.SKILL: not is_skilled,
        Obstacle.CLOSED: timetable.EVERYBODY in absent,
        Obstacle.AWAY: claim.practitioner in absent,
        Obstacle.HOURS: person is not None and not _has_hours(claim, table),
        Obstacle.ROOM: claim.room is not None and claim.room not in table.rooms,
        Obstacle.MACHINE: claim.machine is not None and claim.machine not in table.machines,
    }
    return [obstacle for obstacle in Obstacle if is_true[obstacle]]


def _has_hours(claim, table):
    start, end = claim.seconds
    return any(
        opens <= start and end <= closes for opens, closes in merged(table.hours_of(claim.practitioner, claim.day))
    )
