"""Physiotherapy that is booked, and the reminders and the work that ask for it."""

from aftercare import message_purposes
from clinic.models import Message, WorkItem
from tests import factories
from tests.factories import at

SIGNED = "2026-03-02 10:30"


def book_soon(patient, starts_at="2026-03-06 14:00", *, now="2026-03-04 12:00", role="physiotherapist"):
    who = {"patient": patient, "practitioner": factories.practitioner(role=role)}
    return factories.book(at(starts_at), **who, visit_type=factories.visit_type(role=role), at=at(now))


def statuses(procedure):
    """Of each message of this procedure, by its purpose and occasion."""
    messages = Message.objects.filter(**message_purposes.about(procedure))
    return {(message.purpose, message.occasion): message.status for message in messages}


def late_item(procedure):
    return WorkItem.objects.get(kind="physiotherapy", cause=procedure.pk)


ALL_WAITING = {
    ("no-heavy-lifting", "at-once"): "waiting",
    ("no-heavy-lifting", "next-morning"): "waiting",
    ("lifting-allowed", "window-over"): "waiting",
    ("book-physiotherapy", "+1d"): "waiting",
    ("book-physiotherapy", "+3d"): "waiting",
    ("book-physiotherapy", "+5d"): "waiting",
}
NO_REMINDERS = dict.fromkeys([letter for letter in ALL_WAITING if letter[0] == "book-physiotherapy"], "withdrawn")
