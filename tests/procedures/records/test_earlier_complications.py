"""What went wrong in an earlier visit warns in the next one, and a grave one is answered before the signature."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from procedures.models import Complication, ComplicationAdvice
from procedures.records import earlier_complications, signing
from tests import factories
from tests.factories import NOW
from tests.procedures.dosing.dosed_records import void

pytestmark = pytest.mark.django_db

DAY = NOW.date()


@pytest.fixture(autouse=True)
def advice():
    call_command("loaddata", "complication_advice", verbosity=0)
    factories.protocol()


@pytest.fixture
def patient():
    return factories.patient()


def earlier(patient, kind="allergy", *, days=30):
    visit = factories.arrived(patient=patient, starts_at=NOW - timedelta(days=days))
    wrong = [Complication(kind=kind, what_was_done="Hives, cetirizine.")]
    once = {"had_complications": True}
    return factories.signed(visit=visit, once=once, complications=wrong, signed_at=visit.starts_at)


def asked(patient, **once):
    draft = factories.draft(factories.arrived(patient=patient, starts_at=NOW), once=once)
    return [p.sentence for p in signing.problems(draft) if p.field == "earlier_complications_reason"]


@pytest.mark.parametrize("kind", ["breathing", "allergy", "toxicity", "needle"])
def test_a_grave_one_is_answered_in_words_before_signing(patient, kind):
    earlier(patient, kind)

    [sentence] = asked(patient)

    assert ("31 January 2026" in sentence, "Hives, cetirizine." in sentence) == (True, True)


@pytest.mark.parametrize(
    ("reason", "is_enough"),
    [("ok", False), ("....................", False), ("Tested by an allergist: it was the preservative.", True)],
)
def test_what_is_no_reason_does_not_do(patient, reason, is_enough):
    earlier(patient)

    assert (asked(patient, earlier_complications_reason=reason) == []) == is_enough


def test_a_light_one_warns_and_asks_nothing(patient):
    earlier(patient, "faint")

    [found] = earlier_complications.of_patient(patient, on=DAY)

    assert (found.is_grave, "Inject with the patient lying down" in found.sentence) == (False, True)
    assert asked(patient) == []


@pytest.mark.parametrize(("kind", "warns"), [("faint", False), ("allergy", True)])
def test_how_long_it_warns_is_the_clinics_row(patient, kind, warns):
    earlier(patient, kind, days=3 * 365)

    assert bool(earlier_complications.of_patient(patient, on=DAY)) == warns


def test_a_grave_kind_without_a_row_is_asked_about_all_the_same(patient):
    ComplicationAdvice.objects.all().delete()
    earlier(patient)

    assert len(asked(patient)) == 1


@pytest.mark.parametrize(("injected", "warns"), [("as-written", True), ("otherwise", True), ("nobody", False)])
def test_void_records_warn_if_this_patient_was_injected(patient, injected, warns):
    void(earlier(patient), injected)

    assert bool(earlier_complications.of_patient(patient, on=DAY)) == warns


def test_usual_patients_are_asked_nothing(patient, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert earlier_complications.of_patient(patient, on=DAY) == []
