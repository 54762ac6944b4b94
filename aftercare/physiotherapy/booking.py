"""Booking the physiotherapy that a referral asks for, before its deadline."""

from itertools import zip_longest

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.errors import MoveNotAllowed, TimeNotOpen
from clinic.models import PractitionerRole, VisitType
from clinic.scheduling import availability, booking, week_of_times
from clinic.scheduling.wishes import Search

ALREADY_BOOKED = _("Your physiotherapy is booked already. For another time, move that visit or cancel it first.")


def visit_type():
    """The kind of visit for a referral; None if the clinic offers none."""
    return VisitType.objects.for_patients().filter(role=PractitionerRole.PHYSIOTHERAPIST).first()


def open_times(referral, *, at):
    """Open times up to the referral's last day; when it has passed or all are gone, those of the week after."""
    kind = visit_type()
    if kind is None:
        return []
    today = timezone.localdate(at)
    days = (referral.due_on - today).days + 1
    search = Search(kind, at)
    before = availability.open_times(search, first_day=today, days=days)
    return before or availability.open_times(search, first_day=today, days=14)


def open_days(referral, *, at):
    """`open_times` by civil day: a list of {"day", "times", "is_late"}."""
    days = week_of_times.by_day(open_times(referral, at=at))
    return [{"day": day, "times": times, "is_late": day > referral.due_on} for day, times in days.items()]


def next_times(referral, *, at, most=3):
    """A few of `open_times`, in order: the first of each day, then the second."""
    by_day = [times[:most] for times in week_of_times.by_day(open_times(referral, at=at)).values()]
    in_turn = [time for row in zip_longest(*by_day) for time in row if time]
    return sorted(in_turn[:most])


def book(referral, wish, *, by, at):
    """Book physiotherapy for the referral's patient; the same token returns the same booking.

    Raises MoveNotAllowed when it is booked already, TimeTaken or TimeNotOpen with open times instead.
    """
    if referral.appointment is not None and referral.appointment.request_token != wish.request_token:
        raise MoveNotAllowed(ALREADY_BOOKED)
    with transaction.atomic():
        appointment = booking.book(wish, patient=referral.patient, by=by, at=at, booked_for=referral)
        # Booking has locked the patient: of two simultaneous ones the second finds the referral booked and rolls back.
        referral.refresh_from_db()
        if referral.appointment_id != appointment.pk:
            raise MoveNotAllowed(ALREADY_BOOKED)
    return appointment


def no_such_time():
    raise TimeNotOpen
