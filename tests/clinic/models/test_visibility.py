"""Who sees what: one record of "Mine", one of a "Stranger", and one of Mine that is not signed yet."""

import pytest
from django.contrib.auth.models import AnonymousUser

from aftercare.models import CarePlan, ServiceRequest
from clinic.models import TREATING_ROLES, Appointment, Message, Patient, PatientAccess, WorkItem
from clinic.people import access
from procedures.models import Procedure
from tests import factories
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db

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
    "physiotherapist": dict.fromkeys([Patient, CarePlan, ServiceRequest], MINE),
    "manager": dict.fromkeys([Patient, Appointment, Message, WorkItem], EVERYTHING),
}
MODELS = [Patient, Appointment, Procedure, CarePlan, ServiceRequest, Message, WorkItem]


@pytest.fixture(scope="module")
def clinic(rows_of_the_module):
    factories.protocol()
    for name in ("Mine", "Stranger"):
        factories.signed(patient=factories.patient(given_name=name), signed_at=NOW)
    taken = factories.appointment(
        practitioner=factories.physiotherapist(),
        visit_type=factories.physiotherapy(),
        patient=Patient.objects.get(given_name="Stranger"),
        starts_at=at("2026-03-06 10:00"),
    )
    ServiceRequest.objects.filter(patient=taken.patient).update(appointment=taken)


@pytest.fixture
def mine(db, clinic):
    return Patient.objects.get(given_name="Mine")


def somebody(who, mine):
    if who == "anonymous":
        return AnonymousUser()
    if not who.startswith("patient"):
        return factories.colleague(who).user if who in TREATING_ROLES else factories.user(who)
    user = factories.user()
    if who != "patient of nobody":
        access.grant(user, mine, relation="self")
    if who == "patient whose access has ended":
        PatientAccess.objects.update(until=NOW)
    return user


@pytest.mark.parametrize("who", SEEN_BY)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_visible_to_shows_what_this_person_may_see(mine, who, model):
    visit = factories.arrived(patient=mine, starts_at=at("2026-03-05 10:00")) if model is Procedure else None
    if visit:
        factories.draft(visit)
    name = "given_name" if model is Patient else "patient__given_name"

    seen = model.objects.visible_to(somebody(who, mine)).order_by(name).values_list(name, flat=True)

    expected = SEEN_BY[who].get(model, NOTHING)
    assert (list(seen) if model is Procedure else sorted(set(seen))) == expected


@pytest.mark.parametrize("role", ["desk", "physician", "physiotherapist", "manager"])
def test_visible_to_gives_a_colleague_no_more_for_an_access_that_has_ended(mine, role):
    """A colleague who once acted for her mother sees of the mother's record what any colleague of that role sees."""
    colleague = factories.colleague(role).user if role in TREATING_ROLES else factories.user(role)
    access.grant(colleague, mine, relation="family")
    PatientAccess.objects.update(until=NOW)

    for model in (Procedure, CarePlan, ServiceRequest):
        seen = model.objects.visible_to(colleague).filter(patient=mine)
        assert seen.exists() == (model in SEEN_BY[role]), model
