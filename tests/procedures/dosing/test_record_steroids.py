"""The steroids of a record with the patient's past, what they need, and volumes that are asked about."""

from datetime import timedelta
from decimal import Decimal

import pytest

from procedures import second_person
from procedures.dosing import record_steroids, volumes
from procedures.dosing.steroids import Amount
from procedures.models import BodyRegion, DoseProfile, Drug, Preparation, Procedure
from procedures.records import signing
from tests import factories
from tests.factories import NOW
from tests.procedures.dosing.dosed_records import moved, physician, seen_of, signed, void

pytestmark = pytest.mark.django_db

NUMBERS = [("triamcinolone", "procedure", 40), ("triamcinolone", "12-weeks", 40), ("triamcinolone", "year", 120)]


@pytest.fixture
def steroid_limits():
    profile = DoseProfile.objects.create(slug="STEROIDS", name="Steroids", kind="steroid")
    product("triamcinolone")
    for drug, period, mg in NUMBERS:
        factories.dose_limit(drug, profile=profile, period=period, mg_per_kg=None, max_mg=Decimal(mg))


def product(drug, mg_per_ml=40):
    row, _new = Drug.objects.get_or_create(slug=drug, defaults={"name": drug.capitalize(), "kind": "steroid"})
    usual = {"drug": row, "name": f"{row} {mg_per_ml}", "mg_per_ml": mg_per_ml, "usual_ml": 1}
    return Preparation.objects.get_or_create(slug=f"{drug}-{mg_per_ml}", defaults=usual)[0]


def injected(ml, *, patient, drug="triamcinolone", muscle=None, days_ago=0):
    """A draft with that much of 40 mg/mL, of a visit so many days ago."""
    drugs = [factories.drug(preparation=product(drug), volume_ml=Decimal(ml))]
    sites = [factories.site(muscle=muscle or factories.muscle())]
    record = factories.draft(patient=patient, sites=sites, drugs=drugs)
    if days_ago:
        moved(record, days=-days_ago)
        Procedure.objects.filter(pk=record.pk).update(performed_on=record.performed_on - timedelta(days=days_ago))
    return Procedure.objects.get(pk=record.pk)


def elsewhere():
    hip = BodyRegion.objects.create(
        key="hip", name="Hip", felt_like="-", what_we_do="-", see_a_doctor_first="-", position=9
    )
    return factories.muscle(region=hip)


def fields(record):
    return [problem.field for problem in signing.problems(record) if problem.field == "steroid_reason" or problem.url]


def test_four_grams_of_triamcinolone_need_a_reason_and_a_second_physician(steroid_limits):
    record = injected("100", patient=factories.patient())

    asked = fields(record)
    Procedure.objects.filter(pk=record.pk).update(steroid_reason="Keloid of the whole scar, agreed with surgery.")
    record = Procedure.objects.get(pk=record.pk)
    with_reason = fields(record)
    second_person.approve(record, by=physician(), reason="Agreed with the surgeons of the scar.", seen=seen_of(record))

    assert (asked, with_reason, fields(record)) == (["steroid_reason", ""], [""], [])


def test_barely_above_the_limit_a_reason_is_enough(steroid_limits):
    record = injected("1.01", patient=factories.patient())

    (problem,) = [each for each in signing.problems(record) if each.field == "steroid_reason"]

    assert problem.sentence == (
        "Triamcinolone: 40.4 mg in this visit; the limit is 40 mg. "
        "Neck: steroids like 40.4 mg of triamcinolone in 12 weeks; the limit is 40 mg. Give less, or write why."
    )
    assert fields(record) == ["steroid_reason"]


@pytest.mark.parametrize(
    ("days_ago", "status", "expected"),
    [
        (30, "signed", Amount.ABOVE),
        (30, "draft", Amount.ABOVE),  # it may have been given
        (30, "as-written", Amount.ABOVE),
        (30, "nobody", Amount.WITHIN),
        (100, "signed", Amount.WITHIN),
    ],
)
def test_what_the_region_got_in_twelve_weeks_counts_as_it_was_injected(steroid_limits, days_ago, status, expected):
    patient, muscle = factories.patient(), factories.muscle()
    before = injected("0.5", patient=patient, muscle=muscle, days_ago=days_ago)
    if status != "draft":
        signed(before, at=NOW - timedelta(days=days_ago))
    if status in ("as-written", "nobody"):
        void(before, status)
    record = injected("0.75", patient=patient, muscle=muscle)

    assert record_steroids.of_record(record, at=NOW + timedelta(hours=5)).amount == expected


def test_another_region_counts_for_the_year_only(steroid_limits):
    patient = factories.patient()
    for days_ago in (20, 120, 300, 370):
        signed(injected("0.9", patient=patient, muscle=elsewhere() if days_ago == 20 else None, days_ago=days_ago))
    record = injected("0.5", patient=patient)

    held = record_steroids.of_record(record, at=NOW + timedelta(hours=5)).held

    assert [(each.period, each.mg) for each in held] == [("procedure", 20), ("12-weeks", 20), ("year", 128)]


def test_steroid_limits_that_nobody_signed_need_a_second_physician():
    record = injected("0.1", patient=factories.patient())

    sentences = [problem.sentence for problem in second_person.problems(record)]

    assert len(sentences) == 1
    assert "No signed limit for a visit is in force for Triamcinolone" in sentences[0]


def test_drug_of_the_program_stays_a_steroid_whatever_the_catalogue_calls_it(steroid_limits):
    record = injected("3", patient=factories.patient())
    Drug.objects.filter(pk="triamcinolone").update(kind="other")

    assert record_steroids.of_record(Procedure.objects.get(pk=record.pk)).amount == Amount.FAR


# Volumes


@pytest.mark.parametrize(
    ("volumes_ml", "sites", "usual_ml", "is_asked"),
    [
        (["9.99"], 1, None, False),
        (["10"], 1, None, True),
        (["10"], 2, None, False),  # shared over both
        (["6", "4"], 1, None, True),
        (["0.1"], 1, None, True),
        (["0.11"], 1, None, False),
        (["5"], 1, Decimal(1), True),
        (["4.9"], 1, Decimal(1), False),
    ],
)
def test_volume_far_from_the_usual_is_asked_about(volumes_ml, sites, usual_ml, is_asked):
    preparation = Preparation(slug="saline", name="Saline 0.9 %", usual_ml=usual_ml)
    drugs = [factories.drug(preparation=preparation, volume_ml=Decimal(ml)) for ml in volumes_ml]

    assert bool(volumes.sentences(drugs, sites=sites)) is is_asked


def test_ten_times_as_much_saline_is_answered_in_words_before_it_is_signed():
    saline = Preparation.objects.create(
        slug="saline", name="Saline 0.9 %", drug=Drug.objects.create(slug="saline", name="Saline", kind="other")
    )
    record = factories.draft(drugs=[factories.drug(preparation=saline, volume_ml=Decimal(20))])

    def asked(record):
        return [problem.sentence for problem in signing.problems(record) if problem.field == "volume_reason"]

    before = asked(record)
    record.volume_reason = "ok"
    with_ok = asked(record)
    record.volume_reason = "Hydrodissection of a scar."

    assert before == ["Saline 0.9 %: 20 mL at one site; about 2 mL is usual. Check the decimal point, or write why."]
    assert (len(with_ok), asked(record)) == (1, [])
