"""Visits that people who are not known here book on the page: kept for a short time, until a code proves who asks.

What comes from one place is one thing to the desk, which ends it in one act: nobody's machine fills the clinic's days.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.errors import HoldEnded, MoveNotAllowed
from clinic.models import AppointmentStatus, BookingRequest
from clinic.scheduling import booking_locks, cancellations

LIVES_FOR, KEPT_FOR = timedelta(minutes=20), timedelta(days=7)
FLOOD, WITHIN = 10, timedelta(hours=1)  # so many that nobody proved are a flood


def ask(appointment, *, asked_from, at):
    """A live hold becomes a request: its time is kept until a code is typed, for 20 minutes from now, once.

    Asking again changes nothing. Raises HoldEnded.
    """
    with transaction.atomic():
        hold = booking_locks.lock_row(appointment)
        if not hold.is_live_hold(at=at):
            raise HoldEnded
        _request, is_new = BookingRequest.objects.get_or_create(
            appointment=hold, defaults={"asked_from": asked_from, "asked_at": at}
        )
        if is_new:
            hold.held_until = at + LIVES_FOR
            hold.save(update_fields=["held_until"])
    _notice_flood(at=at)


def note_proved(appointment, *, at):
    """A code was typed: the visit is booked by somebody who is reached there."""
    BookingRequest.objects.filter(appointment=appointment, proved_at=None).update(proved_at=at)


def note_unprovable(appointment, *, asked_from, at):
    """It was booked by somebody whom no code reaches: a person calls, and hears whether it is real."""
    with transaction.atomic():
        BookingRequest.objects.get_or_create(
            appointment=appointment, defaults={"asked_from": asked_from, "asked_at": at}
        )
        worklist.open(
            work_kinds.BOOKING_UNPROVED,
            cause=appointment.pk,
            patient=appointment.patient,
            appointment=appointment,
            what_to_say=_("Booked online, and no code of ours gets there. Call, and ask whether the visit is wanted."),
            due_at=at,
        )
    _notice_flood(at=at)


def _notice_flood(*, at):
    """One work item a day, however many there are; it is to be done again when it goes on."""
    unproved = BookingRequest.objects.lately(at=at).unproved()
    if unproved.filter(asked_at__gt=at - WITHIN).count() < FLOOD:
        return
    worklist.open(
        work_kinds.BOOKING_FLOOD,
        again=True,
        cause=timezone.localdate(at).toordinal(),
        what_to_say=_("Many visits were booked online that nobody proved. Look at them, and end them together."),
        due_at=at,
    )


def forget(*, at):
    """After a week nobody asks any more where a visit was booked from."""
    BookingRequest.objects.filter(asked_at__lte=at - KEPT_FOR).delete()


# What the desk sees, and does


@dataclass
class Place:
    """What came from one place in the last day. `waiting` for a code; `unproved`: booked, and nobody knows whether it
    is real; `booked`: proved by a code; `others` ended by themselves.
    """

    mark: str
    first_at: datetime
    last_at: datetime = None
    waiting: list = field(default_factory=list)
    unproved: list = field(default_factory=list)
    booked: list = field(default_factory=list)
    others: int = 0

    @property
    def count(self):
        return len(self.waiting) + len(self.unproved) + len(self.booked) + self.others

    @property
    def open(self):
        return self.waiting + self.unproved


def places(*, at):
    """The places from which something came that is not proved, the busiest first. Two queries."""
    found = {}
    requests = BookingRequest.objects.lately(at=at).select_related(
        "appointment__visit_type", "appointment__practitioner", "appointment__patient"
    )
    for request in requests:
        place = found.setdefault(request.asked_from, Place(request.asked_from, first_at=request.asked_at))
        place.last_at = request.asked_at
        _sort(place, request, at=at)
    return sorted((place for place in found.values() if place.open or place.others), key=lambda place: -place.count)


def _sort(place, request, *, at):
    if request.is_waiting(at=at):
        place.waiting.append(request)
    elif not request.is_booked:
        place.others += 1
    else:
        (place.booked if request.proved_at else place.unproved).append(request)


def end(mark, *, by, at, also_booked=False):
    """End all that came from one place in the last day: times that are kept are free, visits that nobody proved are
    cancelled; with `also_booked` those, too, whose bookers typed a code. Returns how many.

    Nobody calls about them any more. One that has changed meanwhile (the patient is here) stays.
    """
    place = next((place for place in places(at=at) if place.mark == mark), None)
    if place is None:
        return 0
    chosen = place.open + (place.booked if also_booked else [])
    ended = [request for request in chosen if _end_one(request, by=by, at=at)]
    BookingRequest.objects.filter(pk__in=[request.pk for request in ended]).update(ended_at=at, ended_by=by)
    if not any(other.open for other in places(at=at)):
        worklist.settle(work_kinds.BOOKING_FLOOD, note=_("ended together"), at=at)
    return len(ended)


def _end_one(request, *, by, at):
    visit, note = request.appointment, _("ended with others that were booked from one place")
    try:
        with transaction.atomic():
            if visit.status == AppointmentStatus.PENDING:
                visit.expire()
                return True
            cancellations.cancel(visit, by=by, note=note, at=at)
            if not request.proved_at:
                kinds = (work_kinds.BOOKING_UNPROVED, work_kinds.MESSAGE_NOWHERE)
                worklist.settle(*kinds, appointment=visit, note=note, at=at)
    except MoveNotAllowed:
        return False
    return True
