"""Which account may act for which patient, and who sees what."""

import pytest
from django.contrib.auth.models import AnonymousUser

from aftercare.models import CarePlan, ServiceRequest
from clinic import access
from clinic.models import Appointment, Message, Patient, PatientAccess, User, WorkItem
from procedures.models import Procedure
from tests import factories
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db


def patients_of(user):
    return sorted(Patient.objects.visible_to(user).values_list("given_name", flat=True))


# Proof of an address


def test_grant_after_proof_gives_all_the_patients_of_a_shared_family_address():
    for name in ("Ona", "Jonas"):
        factories.patient(given_name=name, email="family@mail.example")
    factories.patient(given_name="Stranger", email="stranger@mail.example")
    user = factories.user(email="family@mail.example")

    for _twice in range(2):
        access.grant_after_proof(user)

    assert patients_of(user) == ["Jonas", "Ona"]
    assert list(PatientAccess.objects.values_list("relation", "until")) == [("family", None)] * 2


@pytest.mark.parametrize("written", ["Rasa@Mail.Example", "RASA@MAIL.EXAMPLE", "rasa@mail.example"])
def test_grant_after_proof_reads_an_address_in_any_case(written):
    factories.patient(email=written)
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user)

    assert patients_of(user) == ["Rasa"]


def test_grant_after_proof_leaves_an_access_that_was_ended():
    patient, user = factories.patient(email="rasa@mail.example"), factories.user(email="rasa@mail.example")
    access.grant_after_proof(user)
    PatientAccess.objects.update(until=NOW)

    access.grant_after_proof(user)

    assert patients_of(user) == []
    assert list(patient.access.values_list("until", flat=True)) == [NOW]


@pytest.mark.parametrize("role", ["desk", "physician", "physiotherapist", "manager"])
def test_grant_after_proof_gives_colleagues_nothing(role):
    """They sign in by password, which proves no address."""
    factories.patient(email="rasa@mail.example")

    access.grant_after_proof(factories.user(role, email="rasa@mail.example"))

    assert PatientAccess.objects.count() == 0


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_superuser": True}])
def test_grant_after_proof_gives_administrators_nothing(fields):
    factories.patient(email="rasa@mail.example")

    access.grant_after_proof(factories.user(email="rasa@mail.example", **fields))

    assert PatientAccess.objects.count() == 0


def test_grant_after_proof_counts_only_addresses_that_were_booked_with():
    """The desk may write down a neighbour's address to reach somebody; that opens nothing to the neighbour."""
    factories.patient(email="rasa@mail.example", was_booked_with=False)
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user)

    assert patients_of(user) == []


def test_grant_after_proof_leaves_out_an_address_that_is_no_longer_used():
    patient = factories.patient(email="rasa@mail.example")
    patient.contacts.update(until=NOW)
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user)

    assert patients_of(user) == []


def test_grant_after_proof_leaves_out_a_double_that_was_merged():
    double = factories.patient(given_name="Double", email="rasa@mail.example")
    double.merged_into = factories.patient(email="rasa@mail.example")
    double.save()
    user = factories.user(email="rasa@mail.example")

    access.grant_after_proof(user)

    assert patients_of(user) == ["Rasa"]


def test_grant_keeps_the_relation_it_began_with():
    patient, user = factories.patient(), factories.user()
    access.grant(user, patient, relation="self")

    access.grant(user, patient, relation="family")

    assert [row.relation for row in PatientAccess.objects.all()] == ["self"]


@pytest.mark.parametrize("email", ["rasa@mail.example", "RASA@mail.example"])
def test_account_for_is_one_account_in_any_case(email):
    assert access.account_for("rasa@mail.example") == access.account_for(email)
    assert User.objects.count() == 1


# Who sees what: of each record one of "Mine", one of a "Stranger", and of Mine a record that is not signed yet

EVERYTHING, MINE, NOTHING = ["Mine", "Stranger"], ["Mine"], []
SEEN_BY = {
    "patient": {
        **dict.fromkeys([Patient, Appointment, CarePlan, ServiceRequest, Procedure], MINE),
        **dict.fromkeys([Message, WorkItem], NOTHING),
    },
    "patient whose access has ended": {},
    "patient of nobody": {},
    "anonymous": {},
    "desk": dict.fromkeys([Patient, Appointment, ServiceRequest, Message, WorkItem], EVERYTHING),
    "physician": dict.fromkeys([Patient, Appointment, CarePlan, ServiceRequest], EVERYTHING)
    | {Procedure: ["Mine", "Mine", "Stranger"]},
    "physiotherapist": dict.fromkeys([Patient, Appointment, CarePlan, ServiceRequest], EVERYTHING),
    "manager": dict.fromkeys([Patient, Appointment, Message, WorkItem], EVERYTHING),
}
MODELS = [Patient, Appointment, Procedure, CarePlan, ServiceRequest, Message, WorkItem]


@pytest.fixture
def clinic():
    factories.protocol()
    for name in ("Mine", "Stranger"):
        factories.signed(patient=factories.patient(given_name=name), signed_at=NOW)
    return Patient.objects.get(given_name="Mine")


def somebody(who, mine):
    if who == "anonymous":
        return AnonymousUser()
    if not who.startswith("patient"):
        return factories.user(who)
    user = factories.user()
    if who != "patient of nobody":
        access.grant(user, mine, relation="self")
    if who == "patient whose access has ended":
        PatientAccess.objects.update(until=NOW)
    return user


@pytest.mark.parametrize("who", SEEN_BY)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_visible_to_shows_what_this_person_may_see(clinic, who, model):
    visit = factories.arrived(patient=clinic, starts_at=at("2026-03-05 10:00")) if model is Procedure else None
    if visit:
        factories.draft(visit)
    name = "given_name" if model is Patient else "patient__given_name"

    seen = model.objects.visible_to(somebody(who, clinic)).order_by(name).values_list(name, flat=True)

    expected = SEEN_BY[who].get(model, NOTHING)
    assert (list(seen) if model is Procedure else sorted(set(seen))) == expected


@pytest.mark.parametrize("role", ["desk", "physician", "physiotherapist", "manager"])
def test_visible_to_gives_a_colleague_no_more_for_an_access_that_has_ended(clinic, role):
    """A colleague who once acted for her mother sees of her what colleagues of that role see."""
    colleague = factories.user(role)
    access.grant(colleague, clinic, relation="family")
    PatientAccess.objects.update(until=NOW)

    for model in (Procedure, CarePlan, ServiceRequest):
        seen = model.objects.visible_to(colleague).filter(patient=clinic)
        assert seen.exists() == (model in SEEN_BY[role]), model
