"""A patient's addresses change: the old one ends, a new one begins, and what has not gone out follows.

What was there before stays in the trail of the file, and the search still finds it.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.models import ContactSystem, Message, Patient, PatientContact
from clinic.models.messages import UNSENT
from clinic.people import corrections
from clinic.people.corrections import Why


def fix_contact(contact, *, value, by, at, reason=""):
    """Replace an address that was wrong or no longer exists by `value`. Returns the new contact.

    Anyone who could sign in by the old e-mail address can no longer act for this patient: it may be a stranger's.
    Raises MoveNotAllowed when the old one was ended already.
    """
    with transaction.atomic():
        old = _ended(contact, at=at)
        new, _is_new = PatientContact.objects.get_or_create(
            patient=old.patient,
            system=old.system,
            value=value,
            until=None,
            defaults={"was_booked_with": old.was_booked_with, "since": at},
        )
        unsent = Message.objects.filter(patient=old.patient, address__iexact=old.value, status__in=UNSENT)
        unsent.filter(in_doubt_since=None, crashes=0).update(address=value)
        _end_access_by(old, at=at)
        why = Why(by=by, at=at, reason=reason)
        corrections.note(old.patient, [(old.system, old.value, value)], why, what=_("address"))
    return new


def add_contact(patient, system, value, why):
    """One more address of the patient: `why` (`corrections.Why`). Returns it.

    Messages go to the oldest address of each kind, as long as it stays. Raises MoveNotAllowed for one that is there
    already, PatientMerged for an entry that was merged.
    """
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        if patient.contacts.filter(system=system, value__iexact=value, until=None).exists():
            raise MoveNotAllowed(_("This is what we have already."))
        new = patient.contacts.create(system=system, value=value, since=why.at)
        corrections.note(patient, [(system, "", value)], why, what=_("address"))
    return new


def end_contact(contact, why):
    """The patient is no longer reached there; nobody can sign in for the patient by it.

    What has not gone out goes by another way, or becomes work when it is due. Raises MoveNotAllowed when it was ended
    already.
    """
    with transaction.atomic():
        old = _ended(contact, at=why.at)
        _end_access_by(old, at=why.at)
        corrections.note(old.patient, [(old.system, old.value, "")], why, what=_("address"))


def _ended(contact, *, at):
    rows = PatientContact.objects.select_for_update(of=["self"], no_key=True).select_related("patient")
    old = rows.get(pk=contact.pk)
    if old.until is not None:
        raise MoveNotAllowed(_("Somebody has changed this address already. Look at the new one."))
    old.until = at
    old.save(update_fields=["until"])
    return old


def _end_access_by(old, *, at):
    if old.system == ContactSystem.EMAIL:
        old.patient.access.filter(user__email__iexact=old.value, until=None).update(until=at)
