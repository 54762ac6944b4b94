"""Words that are removed: of messages in both directions, of work items, of visits that never were; and addresses.

That there was a message, and when, stays.
"""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from clinic.models import (
    Appointment,
    AppointmentStatusChange,
    IncomingMessage,
    IncomingPatient,
    Message,
    MessageAttempt,
    MessagePreference,
    MessageStatus,
    PatientChange,
    PatientContact,
    PatientDetails,
    SmsNumber,
    WaitlistEntry,
    WaitlistStatus,
    WorkItem,
)
from clinic.models.messages import NO_ADDRESS, UNSENT, ArchivedMessage
from clinic.models.waitlist import CURRENT

NOTHING = {"address": NO_ADDRESS, "subject": "", "body": "", "other_words": "", "calendar": "", "outcome": ""}
# Names of what the desk corrected, as `clinic.people.corrections` writes them.
ADDRESSES = ["address", "kin", "kin_phone", "desk_notes", "email", "phone"]


def remove(people, *, at):
    """All words about these patients that are not part of a record. Call it in a transaction."""
    _withdraw(Message.objects.filter(patient__in=people), at=at)
    of_messages(Message.objects.filter(patient__in=people))
    of_messages(ArchivedMessage.objects.filter(patient__in=people))
    of_sms(_their_sms(people))
    _end_work(people, at=at)
    WaitlistEntry.objects.filter(patient__in=people, status__in=CURRENT).update(status=WaitlistStatus.LEFT)
    _forget_why_they_wanted_to_come(people)
    MessagePreference.objects.filter(patient__in=people).delete()
    _forget_addresses(people)


def is_on_its_way(people):
    return Message.objects.filter(patient__in=people, status=MessageStatus.SENDING).exists()


def of_messages(messages):
    """Of a query set of messages, of the outbox or the archive. Returns how many."""
    if messages.model is Message:
        MessageAttempt.objects.filter(message__in=messages.values("pk")).update(detail="")
        return messages.update(**NOTHING)
    return messages.update(**NOTHING, tries_then=[])


def of_sms(incoming):
    """Of a query set of SMS that somebody wrote to us. Returns how many."""
    return incoming.update(number="", body="")


def _forget_addresses(people):
    """Where they live and are reached, and whom else we may call. A number that answered STOP stays blocked."""
    contacts = PatientContact.objects.filter(patient__in=people)
    values = set(contacts.values_list("value", flat=True))
    contacts.delete()
    elsewhere = set(PatientContact.objects.filter(value__in=values).values_list("value", flat=True))
    SmsNumber.objects.filter(number__in=values - elsewhere, blocked_since=None).delete()
    PatientDetails.objects.filter(patient__in=people).update(address="", kin="", kin_phone="", desk_notes="")
    PatientChange.objects.filter(patient__in=people, field__in=ADDRESSES).delete()


def _withdraw(messages, *, at):
    unsent = messages.filter(status__in=UNSENT)
    unsent.update(status=MessageStatus.WITHDRAWN, ended_at=at, claim_token=None, leased_until=None)


def _their_sms(people):
    """Those about nobody else."""
    about = IncomingPatient.objects.current().filter(incoming=OuterRef("pk"))
    return IncomingMessage.objects.filter(
        Exists(about.filter(patient__in=people)), ~Exists(about.exclude(patient__in=people))
    )


def _end_work(people, *, at):
    items = WorkItem.objects.filter(patient__in=people)
    items.cancel(note="", at=at)
    items.update(what_to_say=_("The data were removed."), note="")


def _forget_why_they_wanted_to_come(people):
    """Of visits that did not take place; what brought a patient whom we saw is part of the record."""
    visits = Appointment.objects.filter(patient__in=people, procedures=None)
    visits = visits.exclude(status__in=["arrived", "fulfilled"])
    AppointmentStatusChange.objects.filter(appointment__in=visits.values("pk")).update(note="")
    visits.exclude(overlap_reason="").update(overlap_reason="-")
    visits.update(reason="")
