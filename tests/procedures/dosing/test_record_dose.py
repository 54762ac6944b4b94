"""The dose of a record: 24 hours over several records, weights, and limits that must be signed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.errors import MoveNotAllowed
from procedures import second_person
from procedures.dosing import limits, record_dose, weights
from procedures.models import DoseLimit, Drug, Preparation, Procedure
from tests import factories
from tests.factories import NOW
from tests.procedures.dosing.dosed_records import (
    DAY,
    LATER,
    draft,
    moved,
    physician,
    problems,
    proposed_limit,
    seen_of,
    signed,
)

pytestmark = pytest.mark.django_db


def bupivacaine():
    substance = Drug.objects.create(slug="bupivacaine", name="Bupivacaine", kind="local-anaesthetic")
    return Preparation.objects.create(slug="bupi", drug=substance, name="Bupivacaine 0.25 %", mg_per_ml=Decimal("2.5"))


# 24 hours


def test_tv14_two_records_of_one_day_are_one_dose(signed_limits):
    patient = factories.patient()
    moved(signed(draft("12", patient=patient)), hours=-1)

    second = draft("10", patient=patient)

    assert record_dose.of_record(second, at=LATER).shown_total == Decimal("1.100")


@pytest.mark.parametrize(("hours", "total"), [(24, "1.100"), (24.01, "0.500")])
def test_a_record_counts_for_24_hours_after_its_signature(signed_limits, hours, total):
    patient = factories.patient()
    moved(signed(draft("12", patient=patient)), days=-2)

    second = draft("10", patient=patient)

    assert record_dose.of_record(second, at=NOW + timedelta(hours=hours)).shown_total == Decimal(total)


@pytest.mark.parametrize(("hours", "total"), [(-23.9, "1.100"), (-24, "0.500"), (23.9, "1.100"), (24, "0.500")])
def test_record_written_days_later_is_held_against_what_was_given_around_its_visit(signed_limits, hours, total):
    patient = factories.patient()
    other = signed(draft("12", patient=patient))
    moved(other, hours=hours)

    written_late = draft("10", patient=patient)

    assert record_dose.of_record(written_late, at=NOW + timedelta(days=5)).shown_total == Decimal(total)


def test_somebody_elses_doses_do_not_count(signed_limits):
    signed(draft("12"))

    assert record_dose.of_record(draft("10"), at=LATER).shown_total == Decimal("0.500")


# What prevents a record from being signed


def test_limits_that_nobody_signed_stop_the_record():
    factories.dose_limit(signed=False)

    [(field, sentence)] = problems(draft("1"))

    assert (field, sentence.partition(",")[0]) == ("", "No signed dose limit is in force for Lidocaine")


def test_dose_within_the_limits_is_no_problem(signed_limits):
    assert problems(draft("20")) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weight_kg": None, "weight_on": None}, "weight_kg"),
        ({"weight_on": DAY - timedelta(days=91)}, "weight_kg"),
        ({"dosing_weight_kg": Decimal("70.1")}, "dosing_weight_kg"),
        ({"dose_profile": None}, "dose_profile"),
    ],
)
def test_without_a_usable_weight_or_profile_nothing_is_calculated(signed_limits, changes, field):
    record = draft("1")
    Procedure.objects.filter(pk=record.pk).update(**changes)

    found = problems(Procedure.objects.get(pk=record.pk))

    assert [name for name, _sentence in found] == [field]


def test_weight_of_90_days_ago_still_counts(signed_limits):
    assert problems(draft("1", weight_on=DAY - timedelta(days=90))) == []


def test_dosing_weight_lowers_the_limit(signed_limits):
    light = record_dose.of_record(draft("10", weight_kg="120", dosing_weight_kg=Decimal(40)), at=LATER)

    assert (light.weight_kg, light.rows[0].ceiling.mg) == (40, 180)


def test_saline_alone_needs_no_weight(signed_limits):
    Preparation.objects.create(
        slug="saline", drug=Drug.objects.create(slug="saline", name="Saline", kind="other"), name="Saline"
    )
    record = draft("5", product="saline")
    Procedure.objects.filter(pk=record.pk).update(weight_kg=None, weight_on=None, dose_profile=None)

    assert problems(Procedure.objects.get(pk=record.pk)) == []


def test_two_anaesthetics_need_a_reason(signed_limits):
    product = bupivacaine()
    factories.dose_limit("bupivacaine", mg_per_kg=Decimal(2), max_mg=Decimal(150))
    record = draft("5")
    record.drugs.create(
        preparation=product, volume_ml=Decimal(5), lot="B", expires_on=date(2030, 1, 1), given_on=record.performed_on
    )

    without = problems(record)
    record.two_anaesthetics_reason = "Fast start and long effect, small volumes."

    assert [field for field, _sentence in without] == ["two_anaesthetics_reason"]
    assert problems(record) == []


# Limits


def test_limit_is_in_force_from_its_signature_until_the_next_is_signed():
    first = factories.dose_limit()
    by = physician()

    second = proposed_limit(first, mg_per_kg=Decimal(3))
    proposed = list(DoseLimit.objects.in_force())
    limits.sign_limit(second, by=by, at=LATER)

    assert proposed == [first]
    assert list(DoseLimit.objects.in_force().values_list("version", "signed_by")) == [(2, by.pk)]
    first.refresh_from_db()
    assert first.replaced_at == LATER


def test_signing_a_limit_again_changes_nothing_and_an_overtaken_one_cannot_be_signed():
    first = factories.dose_limit()
    second = proposed_limit(first, max_mg=Decimal(100))
    third = proposed_limit(first, max_mg=Decimal(150))
    limits.sign_limit(third, by=physician(), at=LATER)

    again = limits.sign_limit(third, by=physician(), at=LATER + timedelta(days=1))
    with pytest.raises(MoveNotAllowed, match="newer version"):
        limits.sign_limit(second, by=physician(), at=LATER)

    assert again.signed_at == LATER


# Weight


@pytest.mark.parametrize(
    ("weight_kg", "height_cm", "suggested"),
    [("120", 176, 68), ("150", 200, 75), ("70", 176, None), ("120", None, None)],
)
def test_suggested_weight_is_for_the_obese_and_never_above_75_kg(weight_kg, height_cm, suggested):
    assert weights.suggested_weight(weight_kg=Decimal(weight_kg), height_cm=height_cm) == suggested


def test_weight_is_noted_once():
    patient, by = factories.patient(), physician()
    body = {"weight_kg": Decimal("68.5"), "height_cm": 170, "on": DAY, "by": by}

    weights.note_weight(patient, **body)
    weights.note_weight(patient, **body)

    assert list(patient.measurements.values_list("weight_kg", "height_cm", "noted_by")) == [
        (Decimal("68.5"), 170, by.pk)
    ]


def test_reason_for_a_dose_ends_when_the_strength_of_its_product_changes(signed_limits):
    record = draft("25")
    second_person.approve(record, by=physician(), reason="Small steps over an hour, monitored.", seen=seen_of(record))
    assert problems(record) == []

    Preparation.objects.filter(pk="lidocaine-1").update(mg_per_ml=Decimal(20))

    assert len(problems(record)) == 1
