"""Visits as iCalendar files (RFC 5545), for the calendar on the patient's phone."""

from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from clinic.models import AppointmentStatus


def visit_file(appointment, *, at):
    """Bytes of a file with one event in the clinic's time zone.

    The UID never changes and the SEQUENCE grows, so a calendar replaces what it had. Nothing in it
    names a procedure: a phone's screen may be seen by anybody.
    """
    zone = timezone.get_default_timezone()
    event = Event()
    event.add("uid", appointment.calendar_uid)
    event.add("sequence", appointment.calendar_sequence)
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", _("Visit: %(clinic)s") % {"clinic": settings.CLINIC_NAME})
    event.add("location", settings.CLINIC_ADDRESS)
    event.add("description", _("You cannot come? Call %(phone)s.") % {"phone": settings.CLINIC_PHONE})
    event.add("status", "CANCELLED" if appointment.status == AppointmentStatus.CANCELLED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.CLINIC_NAME}//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones(
        first_date=date(appointment.on.year, 1, 1), last_date=date(appointment.on.year + 1, 12, 31)
    )
    return calendar.to_ical()
