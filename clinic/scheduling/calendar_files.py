"""Visits as iCalendar files (RFC 5545), for the calendar on the patient's phone.

The file of a mail is an invitation (RFC 5546 REQUEST) and, when the visit is cancelled, takes it back (CANCEL). Google
removes or moves only what came as REQUEST, from the address that is the organiser; Outlook and Apple do so, too. What
was only PUBLISHed stays in Google's calendar for ever. So that nobody has to answer, the reader has accepted already.
A file that somebody downloads is no invitation: PUBLISH.
"""

from datetime import date, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from clinic.lib import calendar_zones
from clinic.models import AppointmentStatus

ALARM_BEFORE = timedelta(hours=2)
STATUS = {AppointmentStatus.CANCELLED: "CANCELLED", AppointmentStatus.PENDING: "TENTATIVE"}


def visit_file(appointment, *, at, method="PUBLISH"):
    """Bytes of a file with one event in the clinic's time zone; a cancelled visit's method is always CANCEL.

    The UID never changes and the SEQUENCE grows, so a calendar replaces what it had. The title says whose visit it is,
    and nothing names a procedure: a phone's screen may be seen by anybody, a calendar at work by everybody (CLASS).
    """
    is_cancelled = appointment.status == AppointmentStatus.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.CLINIC_NAME}//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else method)
    calendar.add_component(_zone(appointment))
    calendar.add_component(_event(appointment, at=at))
    return calendar.to_ical()


def invitation(appointment, *, at):
    """The text that goes with the mail about a visit that was booked, moved or cancelled."""
    return visit_file(appointment, at=at, method="REQUEST").decode()


def _event(appointment, *, at):
    zone, event = timezone.get_default_timezone(), Event()
    event.add("uid", appointment.calendar_uid)
    event.add("sequence", appointment.calendar_sequence)
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", _title(appointment))
    event.add("location", settings.CLINIC_ADDRESS)
    event.add("url", _my_page())
    event.add("status", STATUS.get(appointment.status, "TENTATIVE" if appointment.obstacles else "CONFIRMED"))
    event.add("class", "PRIVATE")
    event.add("organizer", _clinic())
    if appointment.status != AppointmentStatus.CANCELLED:
        event.add("description", _what_to_do())
        event.add_component(_alarm(appointment))
    return event


def _title(appointment):
    whose = {"patient": appointment.patient.short_name, "clinic": settings.CLINIC_NAME}
    return _("%(patient)s: visit at %(clinic)s") % whose


def _what_to_do():
    how = {"phone": settings.CLINIC_PHONE, "address": _my_page()}
    words = _("You cannot come? Call %(phone)s, or sign in: %(address)s A “No” in your calendar does not reach us.")
    return words % how


def _my_page():
    return settings.SITE_URL + reverse("my")


def _clinic():
    """Mails come from this address: a calendar believes nobody else who moves or cancels."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    clinic = vCalAddress(f"mailto:{address}")
    clinic.params["cn"] = vText(name or settings.CLINIC_NAME)
    return clinic


def _alarm(appointment):
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _title(appointment))
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def _zone(appointment):
    year = appointment.on.year
    zone = timezone.get_default_timezone()
    return calendar_zones.vtimezone(zone, first_day=date(year, 1, 1), last_day=date(year + 1, 12, 31))
