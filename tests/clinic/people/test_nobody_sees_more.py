"""The law: no act on data lets an account see more than before, also by a new code. Tried on made-up clinics."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.errors import DomainError
from clinic.messaging import contacts
from clinic.models import AccessEnd, ContactSystem, Patient, PatientAccess, User
from clinic.people import access, access_at_merge, merging
from clinic.scheduling import waitlist
from clinic.scheduling.wishes import Suitable
from tests import factories
from tests.factories import MONDAY, NOW

pytestmark = pytest.mark.django_db
PLACES = [f"{name}@mail.example" for name in ("ona", "rasa", "stranger")]

entries = st.lists(
    st.fixed_dictionaries(
        {
            "places": st.dictionaries(st.sampled_from(PLACES), st.booleans(), min_size=1),
            "was_here": st.booleans(),
            "access": st.dictionaries(st.sampled_from(PLACES), st.sampled_from(["current", "ended", "expired"])),
        }
    ),
    min_size=2,
    max_size=3,
)
acts = st.lists(
    st.tuples(st.sampled_from(["merge", "fix", "join"]), st.integers(0, 2), st.integers(0, 2), st.sampled_from(PLACES)),
    min_size=1,
    max_size=4,
)


def made(entry):
    patient = factories.patient(email="")
    for place, was_booked_with in entry["places"].items():
        patient.contacts.create(system=ContactSystem.EMAIL, value=place, was_booked_with=was_booked_with)
    if entry["was_here"]:
        past = NOW - timedelta(days=next(factories.numbers))
        factories.appointment(patient=patient, starts_at=past, status="fulfilled")
    for place, state in entry["access"].items():
        ends = {"ended": {"until": NOW}, "expired": {"expires_at": NOW}}.get(state, {})
        PatientAccess.objects.create(user=User.objects.get(email=place), patient=patient, **ends)
    return patient


def sees():
    """What each account would see if it signed in now: of every patient, what was one entry at the beginning."""
    seen = {}
    with transaction.atomic():
        for account in User.objects.filter(email__in=PLACES):
            access.grant_after_proof(account, "email", account.email)
            own = Patient.objects.acted_for_by(account)
            keys = {*own.values_list("pk", flat=True), *own.values_list("merged", flat=True)}
            seen[account.email] = keys - {None}
        transaction.set_rollback(True)  # nobody has signed in; whoever does so later, does it then
    return seen


def _try(name, patients, one, other, place):
    with suppress(DomainError):
        act(name, patients, one, other, place)


def act(name, patients, one, other, place):
    one, other = (patients[number % len(patients)] for number in (one, other))
    if name == "merge":
        merging.merge(one, other, by=None, at=NOW, reason="-")
    elif name == "join":
        waitlist.join(one, factories.visit_type(), Suitable(MONDAY, MONDAY), at=NOW)
    elif contact := one.contacts.filter(until=None).exclude(value=place).first():
        contacts.fix_contact(contact, value=place, by=None, at=NOW)


def allowed_by_the_exception(patients):
    """Entries with nothing but bookings: who opens the entry of somebody who was here may see them, too."""
    return {patient.pk for patient in patients if access_at_merge._has_only_bookings(patient)}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=entries, acts=acts)
def test_no_act_lets_an_account_see_more(db, entries, acts):
    with transaction.atomic():
        for place in PLACES:
            factories.user(email=place)
        patients = [made(entry) for entry in entries]
        for name, one, other, place in acts:
            before, mere_bookings = sees(), allowed_by_the_exception(patients)
            _try(name, patients, one, other, place)
            more = {account: now - before[account] - mere_bookings for account, now in sees().items()}
            assert not any(more.values()), more
        transaction.set_rollback(True)


def test_an_access_ends_for_ever_unless_a_colleague_gives_it_again():
    patient = factories.patient(email="rasa@mail.example")
    account = factories.account_of(patient, email="rasa@mail.example")
    access.end(account.patient_access.get(), why=AccessEnd.PATIENT, at=NOW)

    access.grant(account, patient, relation="self")
    access.grant_after_proof(account, "email", "rasa@mail.example")

    assert list(Patient.objects.acted_for_by(account)) == []
