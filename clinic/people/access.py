"""Which account may act for which patient."""

from clinic.models import AccessRelation, Patient, PatientAccess, PatientContact
from clinic.people import account_contacts


def account_for(system, value):
    """The account that receives codes at this address; created on first use, without rights. Never changes one."""
    return account_contacts.account_for(system, value)


def grant_after_proof(user, system, value):
    """Give `user`, who has just proved control of this address, the patients that were booked with it.

    An access that was ended is not given again.
    """
    booked_with = opening(system=system, value__iexact=value)
    for patient in Patient.objects.filter(pk__in=booked_with.values("patient"), merged_into=None).distinct():
        grant(user, patient, relation=AccessRelation.FAMILY)


def opening(**about):
    """The addresses that open their patient to whoever proves control of them by a code."""
    return PatientContact.objects.filter(was_booked_with=True, until=None, **about)


def grant(user, patient, *, relation):
    """One row per account and patient, however often this is called; an ended one stays ended."""
    PatientAccess.objects.get_or_create(user=user, patient=patient, defaults={"relation": relation})
