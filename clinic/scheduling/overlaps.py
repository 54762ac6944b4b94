"""Where the desk may let a visit overlap others: only other visits are ignored, nothing else is."""

from django.utils import timezone

from clinic.errors import TimeNotOpen
from clinic.lib.instants import seconds, seconds_up
from clinic.models import Appointment, CredentialKind, Room, UltrasoundMachine
from clinic.scheduling import timetable
from clinic.scheduling.diary import Place


def place_beside_others(wish, *, at):
    """Room and machine for a visit that may overlap others: free ones if there are any, else one in use.

    Hours, absences, skills and the past are not ignored: raises TimeNotOpen.
    """
    during = seconds(wish.starts_at), seconds_up(wish.ends_at)
    is_at_work = timetable.read().is_at_work(wish.practitioner.pk, *during)
    if wish.starts_at < at or not (is_at_work and may_do(wish)):
        raise TimeNotOpen
    others = Appointment.objects.holding_time(at=at).overlapping(**wish.time)
    taken, kind = list(others.values_list("room_id", "ultrasound_machine_id")), wish.visit_type
    room = _free_or_any(Room, {room for room, _machine in taken}) if kind.needs_room else None
    needs_machine = kind.needs_ultrasound
    machine = _free_or_any(UltrasoundMachine, {machine for _room, machine in taken}) if needs_machine else None
    return Place(room_id=room, machine_id=machine)


def may_do(wish):
    """Does this person do this kind of visit, on that day?"""
    kind, practitioner = wish.visit_type, wish.practitioner
    has_role = practitioner.is_active and practitioner.role == kind.role
    on = timezone.localdate(wish.starts_at)
    return has_role and (not kind.needs_ultrasound or practitioner.has_credential(CredentialKind.ULTRASOUND, on=on))


def _free_or_any(places, taken):
    """The key of one that the clinic uses, preferably one that is free then. Raises TimeNotOpen if there is none."""
    keys = list(places.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    if not keys:
        raise TimeNotOpen
    return next((key for key in keys if key not in taken), keys[0])
