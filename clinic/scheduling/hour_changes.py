"""The acts that change when and where visits can take place, and which booked visits such a change would affect.

A change is any function without arguments that writes to the timetable: it is tried inside a transaction that is rolled
back, and the booked visits that fitted before and do not fit afterwards are the affected visits.
"""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import work_kinds, worklist
from clinic.errors import DomainError
from clinic.lib import civil_time
from clinic.lib.instants import MILLION, Microseconds
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Practitioner,
    Room,
    UltrasoundMachine,
)
from clinic.models.appointments import LONGEST_VISIT
from clinic.scheduling import timetable

TO_COME = [AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED]


class Claim(NamedTuple):
    """A visit or hold to come, as plain values: keys instead of rows; `start` and `end` are in microseconds."""

    pk: int
    status: AppointmentStatus
    practitioner: int
    room: int | None
    machine: int | None
    start: int
    end: int


class AffectedVisitsChanged(DomainError):
    sentence = gettext_lazy("Another visit was booked or moved in the meantime. Please look at the list again.")


def affected_visits(change, *, at):
    """The visits to come, by time, that `change()` would leave without their person, room or machine.

    Nothing is changed. About eight queries, however many visits there are.
    """
    with transaction.atomic():
        affected, _healed = _make(change, at=at)
        transaction.set_rollback(True)
    visits = Appointment.objects.filter(pk__in=[pk for pk, status in affected if status in TO_COME])
    return list(visits.with_people_and_places().prefetch_related("patient__contacts"))


def apply(change, *, at, seen=None):
    """Make a change, with a work item for each affected visit. `seen` are the ids that the person has reviewed;
    None if nobody was shown any.

    Patients who are booking a time that is removed choose again. Raises AffectedVisitsChanged when the visits are no
    longer those that were seen.
    """
    with transaction.atomic():
        _lock()
        affected, healed = _make(change, at=at)
        booked = [pk for pk, status in affected if status in TO_COME]
        if seen is not None and set(booked) != set(seen):
            raise AffectedVisitsChanged
        for hold in Appointment.objects.filter(pk__in=[pk for pk, status in affected if status not in TO_COME]):
            hold.expire()
        visits = Appointment.objects.filter(pk__in=booked).select_related("patient")
        worklist.open_all((_work_item(visit, at=at) for visit in visits), again=True)
        note = _("the visit can take place after all")
        worklist.settle(work_kinds.VISIT_AFFECTED, appointment__in=healed, note=note, at=at)
    return len(booked)


def _make(change, *, at):
    """Make the change; return (id, status) of the visits and holds that no longer fit, and the ids that fit again."""
    before = timetable.read()
    change()
    after = timetable.read()
    claims = _claims(at=at)
    fitted, fits = ({claim.pk for claim in claims if _fits(claim, table)} for table in (before, after))
    return [(claim.pk, claim.status) for claim in claims if claim.pk in fitted - fits], fits - fitted


def _lock():
    """The rows that bookings lock, in their order: none takes a time while its hours are removed."""
    for model in (Practitioner, Room, UltrasoundMachine):
        list(model.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _claims(*, at):
    """All that is booked or held from now on."""
    rows = Appointment.objects.filter(
        status__in=[*TO_COME, AppointmentStatus.PENDING], starts_at__gt=at - LONGEST_VISIT
    )
    rows = rows.exclude(status=AppointmentStatus.PENDING, held_until__lte=at).filter(ends_at__gt=at).order_by()
    values = rows.values_list(
        *("pk", "status", "practitioner_id", "room_id", "ultrasound_machine_id"),
        *(Microseconds("starts_at"), Microseconds("ends_at")),
    )
    return [Claim(*claim) for claim in values]


def _fits(claim, table):
    """Its person is at work then, and the room and the machine are in use."""
    return (
        table.is_at_work(claim.practitioner, claim.start // MILLION, -(-claim.end // MILLION))
        and (claim.room is None or claim.room in table.rooms)
        and (claim.machine is None or claim.machine in table.machines)
    )


def _work_item(visit, *, at):
    """One per time of a visit: a patient who is affected again is phoned again."""
    when = civil_time.written(visit.starts_at)
    what_to_say = _("The visit on %(when)s cannot take place as planned. Offer another time, or cancel it.")
    return worklist.new(
        work_kinds.VISIT_AFFECTED,
        cause=visit.pk,
        sequence=visit.calendar_sequence,
        patient=visit.patient,
        appointment=visit,
        what_to_say=what_to_say % {"when": when},
        due_at=at,
    )
