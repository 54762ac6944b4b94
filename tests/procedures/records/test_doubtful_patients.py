"""A weight that cannot be true, and another entry of the same person: asked about before anybody signs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from procedures.dosing import look_alikes, weight_change
from procedures.models import Procedure
from procedures.records import repeat_guard, sealed_parts, signing
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.at("2026-03-02 10:20"), tick=False)]
AT = factories.at("2026-03-02 10:20")
WHY = "Weighed twice today, on both scales."


@pytest.fixture(autouse=True)
def rules():
    call_command("loaddata", "warning_rules", "clinic_rules", verbosity=0)


@pytest.mark.parametrize(
    ("before", "days", "asked"),
    [(70, 5, False), (53, 5, False), (52, 5, True), (94, 5, True), (93, 5, False), (52, 91, False)],
)
def test_weight_that_changed_by_a_third_within_90_days_is_asked_about(before, days, asked):
    draft = factories.draft()
    on = draft.weight_on - timedelta(days=days)
    draft.patient.measurements.create(weight_kg=Decimal(before), measured_on=on)

    found = list(weight_change.problems(draft))

    assert [problem.field for problem in found] == (["weight_reason"] if asked else [])
    draft.weight_reason = WHY
    assert list(weight_change.problems(draft)) == []
    assert [problem.field for problem in signing.warnings(draft)].count("weight_reason") == asked


def given_to(patient, *, at="2026-03-02 08:00", **more):
    record = factories.draft(starts_at=factories.at(at), patient=patient, **more)
    sealed_parts.seal(Procedure.objects.filter(pk=record.pk))
    signed = {"status": "signed", "signed_at": factories.at(at), "signed_by": factories.user()}
    Procedure.objects.filter(pk=record.pk).update(**signed)
    return record


def test_what_an_entry_of_the_same_name_and_birth_date_was_given_is_asked_about():
    draft = factories.draft()
    given_to(factories.patient())

    (problem,) = look_alikes.problems(draft, at=AT)

    assert "Rasa Example, born 29 February 1980, was given Lidocaine 1 % 2" in problem.sentence
    draft.same_person_reason = "yes"
    assert len(list(look_alikes.problems(draft, at=AT))) == 1
    draft.same_person_reason = "Mother and daughter: the identity card shows another number."
    assert list(look_alikes.problems(draft, at=AT)) == []


def test_namesakes_of_another_birth_date_and_doses_of_other_days_are_not():
    draft = factories.draft()
    other = factories.patient()
    other.birth_date = "1981-02-28"
    other.save()
    given_to(other)
    given_to(factories.patient(), at="2026-02-20 08:00")

    assert list(look_alikes.problems(draft, at=AT)) == []


def test_again_in_the_same_region_within_weeks_needs_words():
    muscle, patient = factories.muscle(), factories.patient()
    given_to(patient, sites=[factories.site(muscle=muscle)])
    draft = factories.draft(starts_at=AT, patient=patient, sites=[factories.site(muscle=muscle)])

    (problem,) = repeat_guard.problems(draft)

    assert (problem.field, "the last session was 0 days ago" in problem.sentence) == ("repeat_reason", True)
    draft.repeat_reason = "ok"
    assert [each.sentence.endswith("a colleague can follow it.") for each in repeat_guard.problems(draft)] == [True]
    draft.repeat_reason = "The other half of the muscle, as planned"
    assert list(repeat_guard.problems(draft)) == []


def test_whatever_comes_up_after_the_reading_changes_it():
    """`reading` is compared when somebody signs: a later warning is read first."""
    draft = factories.draft()
    seen = [signing.reading(draft)]

    draft.patient.measurements.create(weight_kg=Decimal(40), measured_on=draft.weight_on)
    seen.append(signing.reading(draft))
    given_to(factories.patient())
    seen.append(signing.reading(draft))

    assert len(set(seen)) == 3
