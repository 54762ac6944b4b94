"""Which account may act for which patient."""

from clinic.models import AccessRelation, ContactSystem, Patient, PatientAccess, PatientContact, User


def account_for(email):
    """The account that receives codes at this address; created on first use, without rights. Never changes one."""
    return User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)


def grant_after_proof(user):
    """Give `user`, who has just proved control of their e-mail address, the patients that were booked with it.

    An access that was ended is not given again. Colleagues get none: they sign in by password and prove nothing.
    """
    if user.is_colleague:
        return
    booked_with = PatientContact.objects.filter(
        system=ContactSystem.EMAIL, value__iexact=user.email, was_booked_with=True, until=None
    )
    for patient in Patient.objects.filter(pk__in=booked_with.values("patient"), merged_into=None).distinct():
        grant(user, patient, relation=AccessRelation.FAMILY)


def grant(user, patient, *, relation):
    """One row per account and patient, however often this is called; an ended one stays ended."""
    PatientAccess.objects.get_or_create(user=user, patient=patient, defaults={"relation": relation})
