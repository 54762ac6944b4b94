"""Who may open which of two entries when they become one: nobody sees more by it than before.

An account, or an address that a code goes to, keeps what it could open only if it could open both entries. There is one
exception: when mere bookings come to the entry of somebody who was here, that person's own accounts see them, too.
Whoever loses by this is given the right again by a colleague who has seen the person.
"""

from django.db.models import Q

from clinic.models import (
    AccessEnd,
    Appointment,
    AppointmentStatus,
    AuditEvent,
    Guardian,
    Message,
    MessagePreference,
    Patient,
    PatientAccess,
    PatientContact,
    WaitlistEntry,
    WorkItem,
)
from clinic.models.messages import ArchivedMessage
from clinic.people import access

WAS_HERE = [AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED]
# What comes with every booking, and tells nothing that only the clinic or the patient could know.
COMES_WITH_A_BOOKING = {
    *(Appointment, ArchivedMessage, AuditEvent, Message, MessagePreference, Patient, PatientAccess, PatientContact),
    *(Guardian, WaitlistEntry, WorkItem),
}


def settle(duplicate, into, *, by, at):
    """End what would open more than before, and lead nothing to an address that only the duplicate had.

    Call it in the merge, with both locked, before anything moves. Afterwards the duplicate has no access that is open
    and no current address. Its addresses stand among the former ones of `into`, so that they are still found.
    """
    stays = _has_only_bookings(duplicate) and not _has_only_bookings(into)
    of_both = _openers(duplicate) & _openers(into)
    shared = _places(access.opening(patient=duplicate)) & _places(access.opening(patient=into))
    _settle_accounts(duplicate, into, of_both, stays=stays, by_at={"by": by, "at": at})
    if not stays:
        other = [contact.pk for contact in access.opening(patient=into) if contact.place not in shared]
        PatientContact.objects.filter(pk__in=other).update(was_booked_with=False)
    known = _places(into.contacts.filter(until=None))
    moving = [contact.pk for contact in duplicate.contacts.all() if contact.until or contact.place not in known]
    duplicate.contacts.filter(until=None).update(until=at)
    PatientContact.objects.filter(pk__in=moving).update(patient=into)


def has_shut_out(patient, *, at):
    """Whether the merge at `at` ended an access, or left an address aside, for a colleague to look at."""
    lost = PatientAccess.objects.filter(accounts_of(patient), ended_why=AccessEnd.MERGE, until=at)
    return lost.exists() or patient.contacts.filter(until=at).exists()


def accounts_of(patient):
    """The rows of access of this patient and of the entries that were merged into it."""
    return Q(patient=patient) | Q(patient__merged_into=patient)


def _settle_accounts(duplicate, into, of_both, *, stays, by_at):
    for given in into.access.filter(until=None).exclude(user__in=of_both).select_related("patient"):
        if not stays:
            access.end(given, why=AccessEnd.MERGE, **by_at)
    for given in duplicate.access.filter(until=None).select_related("patient", "user"):
        keeps = given.user_id in of_both
        if keeps:
            access.carry_over(given, into, at=by_at["at"])
        access.end(given, why=AccessEnd.MERGED if keeps else AccessEnd.MERGE, **by_at)


def _openers(patient):
    """The accounts that open this entry: now, or as soon as they sign in by their address."""
    given = PatientAccess.objects.filter(patient=patient)
    by_code = access.accounts_at(access.opening(patient=patient)).exclude(pk__in=given.values("user"))
    return {*given.current().values_list("user", flat=True), *by_code.values_list("pk", flat=True)}


def _places(contacts):
    return {contact.place for contact in contacts}


def _has_only_bookings(patient):
    """Nothing has come of them yet: nobody was here, nothing was answered or written down."""
    if patient.appointments.filter(status__in=WAS_HERE).exists():
        return False
    relations = [one for one in Patient._meta.related_objects if not one.many_to_many]
    return not any(
        one.related_model._base_manager.filter(**{one.field.name: patient}).exists()
        for one in relations
        if one.related_model not in COMES_WITH_A_BOOKING
    )
