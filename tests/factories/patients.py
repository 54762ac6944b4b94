"""Patients, somebody new at the desk, and safety answers."""

from datetime import date

from clinic.models import AccessRelation, AlertKind, AlertState, ContactSystem, Patient, PatientAccess
from clinic.people.registration import Newcomer
from procedures.models import Screening, ScreeningOutcome
from tests.factories.staff import user


def patient(*, email=None, phone="", given_name="Rasa", family_name="Example", was_booked_with=True):
    """With an e-mail address of their own; `email=""` and a `phone` for one without; both empty for no contact."""
    person = Patient.objects.create(given_name=given_name, family_name=family_name, birth_date=date(1980, 2, 29))
    email = f"patient{person.pk}@mail.example" if email is None else email
    for system, value in ((ContactSystem.EMAIL, email), (ContactSystem.PHONE, phone)):
        if value:
            person.contacts.create(system=system, value=value, was_booked_with=was_booked_with)
    return person


def account_of(patient, *, relation=AccessRelation.SELF, **account):
    """The account of somebody who may see this patient: their own, unless told otherwise."""
    holder = user(**account)
    PatientAccess.objects.create(user=holder, patient=patient, relation=relation)
    return holder


def newcomer(**fields):
    usual = {"given_name": "Jonas", "family_name": "New", "birth_date": date(1975, 5, 5)}
    return Newcomer(**usual | {"email": "jonas@mail.example"} | fields)


def screened(patient, *, at):
    """Asked about every danger at that time, with none present."""
    asker = user()
    for kind in AlertKind.values:
        patient.alerts.create(kind=kind, state=AlertState.ABSENT, noted_at=at, noted_by=asker)
    return Screening.objects.create(patient=patient, outcome=ScreeningOutcome.GREEN, answered_at=at, answered_by=asker)
