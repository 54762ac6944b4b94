"""New people. A form never finds or changes an existing patient: it adds one, and the desk merges duplicates."""

from dataclasses import dataclass
from datetime import date

from clinic.models import AccessProof, AccessRelation, ContactSystem, Patient, User
from clinic.people import access


@dataclass(frozen=True)
class Newcomer:
    """Who somebody says they are. `email` and `phone` (E.164) may be empty, but not both.

    `account` is the signed-in user who books; they may act for the new patient immediately. `guardian` is the name of a
    child's parent or guardian.
    """

    given_name: str
    family_name: str
    birth_date: date
    email: str = ""
    phone: str = ""
    account: User | None = None
    is_for_self: bool = True
    guardian: str = ""


def register(newcomer, *, at):
    """Add a patient with contacts, and an account that can prove control of the e-mail. Returns the patient."""
    patient = Patient.objects.create(
        given_name=newcomer.given_name, family_name=newcomer.family_name, birth_date=newcomer.birth_date
    )
    for system, value in ((ContactSystem.EMAIL, newcomer.email), (ContactSystem.PHONE, newcomer.phone)):
        if value:
            patient.contacts.create(system=system, value=value, was_booked_with=True, since=at)
    if newcomer.guardian:
        patient.guardians.create(name=newcomer.guardian, since=at)
    if newcomer.email:
        access.account_for(ContactSystem.EMAIL, newcomer.email)
    if newcomer.account:
        relation = AccessRelation.SELF if newcomer.is_for_self else AccessRelation.FAMILY
        access.grant(newcomer.account, patient, relation=relation, proof=AccessProof.BOOKED, at=at)
    return patient
