"""The calendar file of a mail: the reader is the one who was invited, wherever the mail goes by now."""

from urllib.parse import quote

from icalendar import Calendar, vCalAddress

# Nobody has to answer: the visit is booked, and a calendar's answer reaches nobody who acts on it.
ACCEPTED = {"cutype": "INDIVIDUAL", "role": "REQ-PARTICIPANT", "partstat": "ACCEPTED", "rsvp": "FALSE"}


def addressed(outgoing):
    """The method of `outgoing.calendar` ("REQUEST", "CANCEL") and its text with the reader as attendee."""
    calendar = Calendar.from_ical(outgoing.calendar)
    reader = vCalAddress(f"mailto:{quote(outgoing.address, safe='@+')}")
    reader.params.update(ACCEPTED)
    for event in calendar.walk("VEVENT"):
        event.add("attendee", reader)
    return str(calendar["method"]), calendar.to_ical().decode()
