"""The dose of a record: 24 hours over several records, second persons, weights, and limits that must be signed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Appointment, Role, WorkItem
from procedures.dosing import limits, record_dose, weights
from procedures.errors import RecordSigned
from procedures.models import DoseLimit, Drug, Preparation, Procedure, ProcedureStatus, VoidRequest
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)
LATER = NOW + timedelta(hours=5)


@pytest.fixture
def signed_limits():
    """B for lidocaine: 4.5 mg/kg, at most 200 mg, and 200 mg in 24 hours."""
    factories.dose_limit()
    factories.dose_limit(period="24h", mg_per_kg=None)


def draft(*millilitres, patient=None, weight_kg="70", weight_on=DAY, product="lidocaine-1", **fields):
    """A complete draft with these volumes of lidocaine 1 %, weighed on the day."""
    factories.drug()
    drugs = [factories.drug(volume_ml=Decimal(ml), preparation_id=product) for ml in millilitres]
    record = factories.draft(patient=patient or factories.patient(), drugs=[unbound(drug) for drug in drugs])
    doses = {"dose_profile": factories.dose_profile(), "weight_kg": Decimal(weight_kg), "weight_on": weight_on} | fields
    Procedure.objects.filter(pk=record.pk).update(**doses)
    return Procedure.objects.get(pk=record.pk)


def unbound(drug):
    drug.preparation = Preparation.objects.get(pk=drug.preparation_id)
    return drug


def signed(record, *, at=NOW):
    """As if it had been signed then, whatever else is missing."""
    Procedure.objects.filter(pk=record.pk).update(status="signed", signed_at=at, signed_by=factories.user())
    return record


def moved(record, **by):
    visit = record.appointment
    later = {name: getattr(visit, name) + timedelta(**by) for name in ("starts_at", "ends_at")}
    Appointment.objects.filter(pk=visit.pk).update(**later)
    visit.refresh_from_db()


def void(record):
    VoidRequest.objects.create(procedure=record, reason="Wrong.", asked_by=factories.user())
    VoidRequest.objects.filter(procedure=record).update(agreed_by=factories.user(), agreed_at=NOW)
    Procedure.objects.filter(pk=record.pk).update(status=ProcedureStatus.VOID)


def bupivacaine():
    substance = Drug.objects.create(slug="bupivacaine", name="Bupivacaine", kind="local-anaesthetic")
    return Preparation.objects.create(slug="bupi", drug=substance, name="Bupivacaine 0.25 %", mg_per_ml=Decimal("2.5"))


def physician():
    return factories.user(Role.PHYSICIAN)


def problems(record, **more):
    return [(problem.field, problem.sentence) for problem in record_dose.problems(record, **more)]


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


def test_draft_of_another_visit_counts_however_old_and_a_void_record_does_not(signed_limits):
    patient = factories.patient()
    other = draft("12", patient=patient)
    moved(other, hours=-1)
    second = draft("10", patient=patient)

    before = record_dose.of_record(second, at=NOW + timedelta(days=30)).shown_total
    void(signed(other, at=NOW))

    after = record_dose.of_record(second, at=LATER).shown_total
    assert (before, after) == (Decimal("1.100"), Decimal("0.500"))


def test_somebody_elses_doses_do_not_count(signed_limits):
    signed(draft("12"))

    assert record_dose.of_record(draft("10"), at=LATER).shown_total == Decimal("0.500")


# What keeps a record from being signed


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
def test_without_a_usable_weight_or_profile_nothing_is_reckoned(signed_limits, changes, field):
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


# A second person


def test_dose_over_the_limit_waits_for_a_second_physician(signed_limits):
    record = draft("20.01")
    colleague = physician()

    before = problems(record)
    record_dose.override(
        record, by=colleague, reason="Third hour of surgery.", seen_version=record_dose.version(record)
    )

    assert before == [("", "The dose is 1.001 times the limit. Give less, or ask a second physician for a reason.")]
    assert problems(record, by=physician()) == []
    kept = record.dose_overrides.get()
    assert (kept.by, kept.share, kept.reason) == (colleague, Decimal("1.001"), "Third hour of surgery.")


def test_who_signs_cannot_be_their_own_second_person(signed_limits):
    record, colleague = draft("20.01"), physician()
    record_dose.override(record, by=colleague, reason="Reason.", seen_version=record_dose.version(record))

    assert [field for field, _sentence in problems(record, by=colleague)] == [""]


def test_author_cannot_override(signed_limits):
    record, author = draft("20.01"), physician()
    record.performed_by.user = author
    record.performed_by.save()

    with pytest.raises(MoveNotAllowed, match="You did this procedure yourself"):
        record_dose.override(record, by=author, reason="Reason.", seen_version=record_dose.version(record))

    assert record.dose_overrides.count() == 0


def test_override_is_for_exactly_the_dose_that_was_seen(signed_limits):
    record = draft("20.01")
    seen = record_dose.version(record)
    record.drugs.update(volume_ml=Decimal("30"))

    with pytest.raises(MoveNotAllowed, match="changed since you looked"):
        record_dose.override(record, by=physician(), reason="Reason.", seen_version=seen)

    assert record.dose_overrides.count() == 0


@pytest.mark.parametrize("change", [{"weight_kg": Decimal(30)}, {"dose_cut_percent": 10}])
def test_override_ends_when_weight_or_cut_changes(signed_limits, change):
    record = draft("20.01")
    record_dose.override(record, by=physician(), reason="Reason.", seen_version=record_dose.version(record))

    Procedure.objects.filter(pk=record.pk).update(**change)

    assert [field for field, _sentence in problems(Procedure.objects.get(pk=record.pk))] == [""]


def test_override_ends_when_another_dose_is_added_elsewhere(signed_limits):
    patient = factories.patient()
    record = draft("20.01", patient=patient)
    moved(record, hours=-1)
    record_dose.override(record, by=physician(), reason="Reason.", seen_version=record_dose.version(record))

    draft("1", patient=patient)

    assert [field for field, _sentence in problems(record)] == [""]


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_override_says_why(signed_limits, reason):
    record = draft("20.01")

    with pytest.raises(DomainError) as refused:
        record_dose.override(record, by=physician(), reason=reason, seen_version=record_dose.version(record))

    assert (refused.value.field, record.dose_overrides.count()) == ("reason", 0)


def test_override_is_refused_within_the_limits_for_another_patient_and_once_signed(signed_limits):
    fine, over = draft("10"), draft("20.01")
    other = factories.patient()

    with pytest.raises(MoveNotAllowed, match="within the limits"):
        record_dose.override(fine, by=physician(), reason="Reason.", seen_version=record_dose.version(fine))
    with pytest.raises(MoveNotAllowed, match="another patient"):
        record_dose.override(
            over, by=physician(), reason="R.", seen_version=record_dose.version(over), patient=other.pk
        )
    seen = record_dose.version(over)
    with pytest.raises(RecordSigned):
        record_dose.override(signed(over), by=physician(), reason="Reason.", seen_version=seen)


def test_task_for_a_second_physician_opens_ends_and_opens_again(signed_limits):
    record = draft("20.01")

    def states():
        return [(item.status, item.kind) for item in WorkItem.objects.all()]

    record_dose.update_second_person_task(record, at=LATER)
    record_dose.update_second_person_task(record, at=LATER)
    opened = states()
    record.drugs.update(volume_ml=Decimal("10"))
    record_dose.update_second_person_task(record, at=LATER)
    fallen = states()
    record.drugs.update(volume_ml=Decimal("30"))
    record_dose.update_second_person_task(record, at=LATER)
    again = states()
    record_dose.override(record, by=physician(), reason="Reason.", seen_version=record_dose.version(record))

    assert (opened, fallen, again, states()) == (
        [("requested", "second_person")],
        [("cancelled", "second_person")],
        [("requested", "second_person")],
        [("completed", "second_person")],
    )
    item = WorkItem.objects.get()
    assert not any(word in item.what_to_say.lower() for word in ("lidocaine", "mg", "anaesthetic"))


# Limits


def test_limit_is_in_force_from_its_signature_until_the_next_is_signed():
    first = factories.dose_limit()
    by = physician()

    second = limits.new_version(first, mg_per_kg=Decimal(3), max_mg=None, source="Label 2027")
    proposed = list(DoseLimit.objects.in_force())
    limits.sign_limit(second, by=by, at=LATER)

    assert proposed == [first]
    assert list(DoseLimit.objects.in_force().values_list("version", "signed_by")) == [(2, by.pk)]
    first.refresh_from_db()
    assert first.replaced_at == LATER


def test_signing_a_limit_again_changes_nothing_and_an_overtaken_one_cannot_be_signed():
    first = factories.dose_limit()
    second = limits.new_version(first, max_mg=Decimal(100), source="Label 2027")
    third = limits.new_version(first, max_mg=Decimal(150), source="Label 2028")
    limits.sign_limit(third, by=physician(), at=LATER)

    again = limits.sign_limit(third, by=physician(), at=LATER + timedelta(days=1))
    with pytest.raises(MoveNotAllowed, match="newer version"):
        limits.sign_limit(second, by=physician(), at=LATER)

    assert again.signed_at == LATER


def test_only_local_anaesthetics_get_limits():
    steroid = Drug.objects.create(slug="t", name="T", kind="steroid")

    with pytest.raises(DomainError) as refused:
        limits.propose_limit(
            profile=factories.dose_profile(),
            drug=steroid,
            with_adrenaline=False,
            period="procedure",
            mg_per_kg=None,
            max_mg=Decimal(40),
            source="x",
        )

    assert refused.value.field == "drug"


# Weight


@pytest.mark.parametrize(
    ("weight_kg", "height_cm", "suggested"),
    [("120", 176, 68), ("150", 200, 75), ("70", 176, None), ("120", None, None)],
)
def test_suggested_weight_is_for_the_obese_and_never_above_75_kg(weight_kg, height_cm, suggested):
    assert weights.suggested_weight(weight_kg=Decimal(weight_kg), height_cm=height_cm) == suggested


def test_weight_is_noted_once():
    patient, by = factories.patient(), physician()
    said = {"weight_kg": Decimal("68.5"), "height_cm": 170, "on": DAY, "by": by}

    weights.note_weight(patient, **said)
    weights.note_weight(patient, **said)

    assert list(patient.measurements.values_list("weight_kg", "height_cm", "noted_by")) == [
        (Decimal("68.5"), 170, by.pk)
    ]


def test_reason_for_a_dose_ends_when_the_strength_of_its_product_changes(signed_limits):
    record = draft("25")
    record_dose.override(record, by=physician(), reason="Small steps.", seen_version=record_dose.version(record))
    assert problems(record) == []

    Preparation.objects.filter(pk="lidocaine-1").update(mg_per_ml=Decimal(20))

    assert len(problems(record)) == 1
