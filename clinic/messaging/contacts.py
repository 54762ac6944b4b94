"""A patient's addresses change: the old one ends, a new one begins, and what has not gone out follows.

What was there before stays in the trail of the file, and the search still finds it.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.messaging import access_letters
from clinic.models import Message, Patient, PatientContact
from clinic.models.messages import UNSENT
from clinic.models.purposes import stay_at_their_address
from clinic.people import access, corrections
from clinic.people.corrections import Why


def fix_contact(contact, *, value, by, at, reason=""):
    """Replace an address that was wrong or no longer exists by `value`. Returns the new contact.

    Anyone who could sign in by the old e-mail address can no longer act for this patient: it may be a stranger's. Nor
    does the new one open anything: somebody may have asked for it who is not the patient (`clinic.people.access`).
    Raises MoveNotAllowed when the old one was ended already.
    """
    with transaction.atomic():
        old = _ended(contact, at=at)
        new, _is_new = PatientContact.objects.get_or_create(
            patient=old.patient,
            system=old.system,
            value=value,
            until=None,
            defaults={"since": at},
        )
        unsent = Message.objects.filter(patient=old.patient, address__iexact=old.value, status__in=UNSENT)
        unsent = unsent.exclude(purpose__in=stay_at_their_address())
        unsent.filter(in_doubt_since=None, crashes=0).update(address=value)
        why = Why(by=by, at=at, reason=reason)
        access.end_after_address(old, by=by, at=at)
        access_letters.tell_of_address(new, at=at)
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
        access_letters.tell_of_address(new, at=why.at)
        corrections.note(patient, [(system, "", value)], why, what=_("address"))
    return new


def end_contact(contact, why):
    """The patient is no longer reached there; nobody can sign in for the patient by it.

    What has not gone out goes by another way, or becomes work when it is due. Raises MoveNotAllowed when it was ended
    already.
    """
    with transaction.atomic():
        old = _ended(contact, at=why.at)
        access.end_after_address(old, by=why.by, at=why.at)
        corrections.note(old.patient, [(old.system, old.value, "")], why, what=_("address"))


def _ended(contact, *, at):
    rows = PatientContact.objects.select_for_update(of=["self"], no_key=True).select_related("patient")
    old = rows.get(pk=contact.pk)
    if old.until is not None:
        raise MoveNotAllowed(_("Somebody has changed this address already. Look at the new one."))
    old.until = at
    old.save(update_fields=["until"])
    return old
