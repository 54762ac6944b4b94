"""Who came to a visit and who did not."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import Appointment, AppointmentStatus
from clinic.scheduling import visit_answers
from clinic.signals import appointment_booked, appointment_cancelled


def check_in(appointment, *, at, by, note=""):
    """The patient is here. One who was noted as absent and comes after all is expected again.

    Raises MoveNotAllowed on another day, once the visit has ended, or when its time was taken by someone else.
    """
    with transaction.atomic():
        was_missed = appointment.status == AppointmentStatus.NOSHOW
        appointment.check_in(by=by, at=at, note=note)
        visit_answers.settle(appointment, note=_("the patient is here"), at=at)
        if was_missed:
            appointment_booked.send(Appointment, appointment=appointment, at=at, booked_for=None)


def did_not_attend(appointment, *, at, by):
    """Note that nobody came. What relied on the visit (a referral, its reminders) treats it as cancelled.

    Repeating it changes nothing. Raises MoveNotAllowed before the visit's start, or once it has ended.
    """
    with transaction.atomic():
        appointment.mark_missed(by=by, at=at)
        appointment_cancelled.send(Appointment, appointment=appointment, at=at)
