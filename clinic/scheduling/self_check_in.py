"""Patients who say on their own phone that they are here: the code at the door, and the visits it is valid for.

The code is in the address that the QR code at the door leads to. It changes every day, so that nobody checks in
from home with the picture of an old one.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.lib import civil_time
from clinic.models import AppointmentStatus
from clinic.scheduling import attendance, obstacles

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else on paper
LENGTH = 8


def code_of(day):
    """The code of a civil day: 8 letters and digits that only this installation can make."""
    # This salt stays as it is: codes that are printed or on a screen were made with it.
    number = int(salted_hmac("clinic.arriving", day.isoformat(), algorithm="sha256").hexdigest(), 16)
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))


def is_code_of(code, day):
    return constant_time_compare(code.lower(), code_of(day))


def opens_at(appointment):
    """An hour before the visit, and on its own day."""
    earlier = appointment.starts_at - timedelta(minutes=settings.CHECK_IN_OPENS_MINUTES)
    return max(earlier, civil_time.midnight(appointment.on))


def check_in(appointment, *, at, by):
    """`attendance.check_in`, by the patient: from an hour before the visit until its end. Repeating it changes nothing.

    Raises MoveNotAllowed with the sentence of `why_not`.
    """
    if sentence := why_not(appointment, at=at):
        raise MoveNotAllowed(sentence)
    attendance.check_in(appointment, at=at, by=by, note=_("by phone"))


def why_not(appointment, *, at):
    """Why the patient cannot check in to this visit now, in a sentence that says what to do; "" when they can."""
    if appointment.status != AppointmentStatus.BOOKED:
        return _why_not_by_status(appointment)
    if appointment.on > timezone.localdate(at):
        day = date_format(appointment.on, "l j F")
        return _("This visit is not today. It is on %(day)s. Check in on that day.") % {"day": day}
    if at < opens_at(appointment):
        time = date_format(timezone.localtime(opens_at(appointment)), "TIME_FORMAT")
        return _("You are early. You can check in here from %(time)s.") % {"time": time}
    if at >= appointment.ends_at:
        return _("The time of this visit is over. Please go to the desk. We look for another time.")
    if obstacles.of([appointment], at=at):
        return _("This visit may not take place as planned. Please go to the desk. We look for a way.")
    return ""


def _why_not_by_status(appointment):
    match appointment.status:
        case AppointmentStatus.ARRIVED:
            return ""
        case AppointmentStatus.CANCELLED:
            return _("This visit was cancelled. If that is wrong, please go to the desk.")
        case AppointmentStatus.NOSHOW:
            return _("We thought that you were not coming. Please go to the desk. We see what we can do.")
        case _over:
            return _("This visit is over. If that is wrong, please go to the desk.")
