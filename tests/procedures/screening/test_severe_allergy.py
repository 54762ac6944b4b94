"""A severe allergy to what is given stops the record: two physicians have to want it."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from clinic.errors import MoveNotAllowed
from procedures import second_person
from procedures.errors import RecordIncomplete
from procedures.models import Drug
from procedures.records import signing
from procedures.screening import allergies
from procedures.screening.allergies import Reaction
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.at("2026-03-02 10:20"), tick=False)]
AT = factories.at("2026-03-02 10:20")
WHY = "Skin test of last year was negative; adrenaline at hand."


@pytest.fixture
def draft():
    call_command("loaddata", "drugs", verbosity=0)
    factories.protocol()
    doctor = factories.colleague()
    visit = factories.arrived(practitioner=doctor)
    allergies.note(
        visit.patient,
        Drug.objects.get(pk="lidocaine"),
        Reaction("severe", "collapse at the dentist"),
        by=factories.user(),
        at=AT - timedelta(days=300),
    )
    return factories.draft(visit, once={"alerts_reason": WHY})


def approve(draft, by):
    seen = second_person.version(draft, second_person.needs(draft))
    return second_person.approve(draft, by=by, reason=WHY, seen=seen)


def test_no_reason_of_one_physician_is_enough(draft):
    (sentence,) = signing.missing(draft)

    assert sentence.startswith("Allergy to Lidocaine (severe: trouble with breathing, or collapse), and Lidocaine 1 %")
    with pytest.raises(RecordIncomplete):
        signing.sign(draft, by=draft.performed_by.user, at=AT)
    with pytest.raises(MoveNotAllowed):
        approve(draft, draft.performed_by.user)


@pytest.mark.repeated_queries_allowed
def test_another_physician_allows_exactly_this_product(draft):
    approve(draft, factories.colleague().user)

    assert signing.missing(draft) == []
    other = draft.drugs.get()
    other.preparation_id = "lido2"
    other.save()
    assert len(signing.missing(draft)) == 1


def test_a_milder_allergy_needs_a_reason_and_nobody_else(draft):
    noted = draft.patient.allergies.get()
    allergies.end(noted, by=factories.user(), at=AT, reason="The dentist wrote: only a rash, no collapse.")
    allergies.note(draft.patient, noted.drug, Reaction("mild", "rash"), by=factories.user(), at=AT)

    assert signing.missing(draft) == []
    draft.alerts_reason = "Known since 2020"
    assert len(signing.missing(draft)) == 1
