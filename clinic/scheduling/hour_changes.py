"""The acts that change when and where visits can take place, and which booked visits such a change would affect.

A change is any function without arguments that writes to the timetable: it is tried inside a transaction that is rolled
back, and the booked visits that fitted before and do not fit afterwards are the affected visits.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy

from clinic.errors import DomainError
from clinic.models import Appointment, Practitioner, Room, UltrasoundMachine
from clinic.scheduling import affected_visits as affected
from clinic.scheduling import obstacles, timetable
from clinic.scheduling.obstacles import TO_COME


class AffectedVisitsChanged(DomainError):
    sentence = gettext_lazy("Another visit was booked or moved in the meantime. Please look at the list again.")


def affected_visits(change, *, at):
    """The visits to come, by time, that `change()` would leave without their person, room or machine.

    Nothing is changed. About ten queries, however many visits there are.
    """
    with transaction.atomic():
        new, _healed = _make(change, at=at)
        transaction.set_rollback(True)
    visits = Appointment.objects.filter(pk__in=[claim.pk for claim in new if claim.status in TO_COME])
    return list(visits.with_people_and_places().prefetch_related("patient__contacts"))


def apply(change, *, at, seen=None):
    """Make a change, with a work item for each affected visit. `seen` are the ids that the person has reviewed;
    None if nobody was shown any.

    Patients who are booking a time that is removed choose again. Raises AffectedVisitsChanged when the visits are no
    longer those that were seen.
    """
    with transaction.atomic():
        _lock()
        new, healed = _make(change, at=at)
        booked = {claim.pk: new[claim] for claim in new if claim.status in TO_COME}
        if seen is not None and set(booked) != set(seen):
            raise AffectedVisitsChanged
        affected.end_holds([claim.pk for claim in new if claim.status not in TO_COME])
        affected.note(booked, at=at)
        affected.settle(healed, at=at)
    return len(booked)


def _make(change, *, at):
    """Make the change; return {claim: obstacles} of what no longer fits, and the keys of what fits again."""
    claims, before = obstacles.claims_to_come(at=at), timetable.read()
    fitted = {claim for claim in claims if not obstacles.of_claim(claim, before)}
    change()
    after = timetable.read()
    now = {claim: obstacles.of_claim(claim, after) for claim in claims}
    new = {claim: found for claim, found in now.items() if found and claim in fitted}
    return new, [claim.pk for claim, found in now.items() if not found and claim not in fitted]


def _lock():
    """The rows that bookings lock, in their order: none takes a time while its hours are removed."""
    for model in (Practitioner, Room, UltrasoundMachine):
        list(model.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
