"""Holds that nobody booked: ended and removed a day later, not by the acts that want their time but by a chore."""

import logging
from contextlib import suppress
from datetime import timedelta

from django.db import transaction

from clinic.errors import MoveNotAllowed
from clinic.models import Appointment, AppointmentStatus, AppointmentStatusChange

logger = logging.getLogger(__name__)
# Until then the browser that had it is told that its time is over, and the same request gets the same answer.
KEPT_FOR = timedelta(days=1)
AT_ONCE = 500  # in one transaction: nobody waits long for a lock


def remove(*, at, at_once=AT_ONCE):
    """End those that expired a day ago and remove the ended ones. How many were removed.

    Times that were offered to somebody on the waitlist stay: who was offered what is part of that patient's history.
    """
    before = at - KEPT_FOR
    for hold in Appointment.objects.expired_holds(at=before).iterator():
        with suppress(MoveNotAllowed):  # an act was quicker
            hold.expire()
    removed = 0
    while many := _remove_some(before, at_once):
        removed += many
    if removed:
        logger.info("%s holds that nobody booked were removed", removed)
    return removed


@transaction.atomic
def _remove_some(before, at_once):
    """An ended hold is never changed again, so nobody can be at it but another chore, whose rows are left to it."""
    ended = Appointment.objects.filter(status=AppointmentStatus.EXPIRED, held_until__lte=before)
    ended = ended.filter(patient=None, waitlist_offer=None, messages=None, work_items=None)
    found = list(ended.select_for_update(of=["self"], skip_locked=True).values_list("pk", flat=True)[:at_once])
    AppointmentStatusChange.objects.filter(appointment__in=found).delete()
    return Appointment.objects.filter(pk__in=found).delete()[1].get("clinic.Appointment", 0)
