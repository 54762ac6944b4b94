"""A patient's addresses change: the old one ends, a new one begins, and what has not gone out follows."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.models import ContactSystem, Message, PatientContact
from clinic.models.messages import UNSENT
from clinic.people import auditing


def fix_contact(contact, *, value, by, at):
    """Replace an address that was wrong or no longer exists by `value`. Returns the new contact.

    Anyone who could sign in by the old e-mail address can no longer act for this patient: it may be a stranger's.
    Raises MoveNotAllowed when the old one was ended already.
    """
    with transaction.atomic():
        old = PatientContact.objects.select_for_update(of=["self"], no_key=True).select_related("patient")
        old = old.get(pk=contact.pk)
        if old.until is not None:
            raise MoveNotAllowed(_("Somebody has changed this address already. Look at the new one."))
        old.until = at
        old.save(update_fields=["until"])
        new, _is_new = PatientContact.objects.get_or_create(
            patient=old.patient,
            system=old.system,
            value=value,
            until=None,
            defaults={"was_booked_with": old.was_booked_with, "since": at},
        )
        unsent = Message.objects.filter(patient=old.patient, address__iexact=old.value, status__in=UNSENT)
        unsent.filter(in_doubt_since=None, crashes=0).update(address=value)
        if old.system == ContactSystem.EMAIL:
            old.patient.access.filter(user__email__iexact=old.value, until=None).update(until=at)
        auditing.changed(old.patient, by=by, what=_("address"))
    return new
