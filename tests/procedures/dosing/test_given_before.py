"""What a patient was given before: drafts, signed and void records, each with its reason."""

from datetime import timedelta
from decimal import Decimal

import pytest

from procedures.dosing import record_dose
from procedures.dosing.given_before import given_before
from procedures.models import Procedure
from tests import factories
from tests.factories import NOW
from tests.procedures.dosing.dosed_records import LATER, draft, moved, signed, void

pytestmark = pytest.mark.django_db

TOMORROW = NOW + timedelta(days=1)
TWO_MONTHS = NOW + timedelta(days=60)


def found(patient, at=LATER, **more):
    """Whether each counts, and the words that say why."""
    return [(given.counts, given.why) for given in given_before(patient, at, **more)]


def counted(patient, at=LATER, **more):
    return [counts for counts, _why in found(patient, at, **more)]


@pytest.fixture
def record():
    return draft("12")


@pytest.fixture
def patient(record):
    return record.patient


def test_draft_of_today_counts_and_one_of_two_months_ago_is_asked_about(record, patient):
    assert found(patient) == [(True, "draft of 2 March 2026, not signed: it may have been given")]
    [old] = given_before(patient, TWO_MONTHS)
    assert (old.counts, old.is_asked_about) == (False, True)
    assert old.why == "draft of 2 March 2026, never signed, too long ago to count. What became of it?"


def test_nobody_knows_the_hour_of_a_draft_so_it_counts_until_a_day_after_its_day(patient):
    assert counted(patient, NOW.replace(hour=20) + timedelta(days=1)) == [True]
    assert counted(patient, NOW + timedelta(days=2)) == [False]


def test_signing_an_old_draft_today_gives_it_today_no_dose(record, patient):
    signed(record, at=TWO_MONTHS)

    assert found(patient, TWO_MONTHS) == []


@pytest.mark.parametrize(("hours", "found"), [(24, [True]), (24.01, [])])
def test_a_record_signed_on_its_day_counts_for_24_hours(record, patient, hours, found):
    signed(record)

    assert counted(patient, NOW + timedelta(hours=hours)) == found


def test_who_comes_a_day_late_to_the_same_visit_was_injected_that_day(record, patient):
    came = NOW + timedelta(days=3)
    record.appointment.status_changes.create(to_status="arrived", at=came)
    signed(record, at=came)

    assert counted(patient, came + timedelta(hours=12)) == [True]


def test_longer_times_are_looked_at_as_well(record, patient):
    signed(record)

    assert counted(patient, TWO_MONTHS, within=timedelta(days=90)) == [True]


# Void records


@pytest.mark.parametrize(
    ("injected", "counts", "why"),
    [
        ("", True, "nobody said whether it was injected"),
        ("as-written", True, "injected as written"),
        ("otherwise", True, "injected otherwise; counts until it is written again"),
        ("nobody", False, "nobody was injected"),
        ("another", False, "another patient was injected"),
    ],
)
def test_a_void_record_counts_as_it_was_injected(record, patient, injected, counts, why):
    void(signed(record), injected)

    assert found(patient) == [(counts, f"void record of 2 March 2026: {why}")]
    assert found(patient, TWO_MONTHS) == []


@pytest.mark.parametrize(
    ("injected", "while_draft", "once_signed"),
    [("as-written", [True, False], [False, True]), ("otherwise", [False, True], [False, True])],
)
def test_what_is_written_again_counts_once(record, patient, injected, while_draft, once_signed):
    void(signed(record), injected)

    again = factories.draft(record.appointment, drugs=[factories.drug(volume_ml=Decimal(20))])

    assert counted(patient) == while_draft
    signed(again)
    assert counted(patient) == once_signed
    assert counted(patient, visit=record.appointment) == []


def test_a_new_draft_without_a_drug_replaces_nothing(record, patient):
    void(signed(record), "otherwise")

    factories.draft(record.appointment, drugs=[])

    assert counted(patient) == [True]


def test_the_other_patient_has_the_dose_until_their_own_record_names_it(record, patient):
    own_visit = factories.arrived()
    void(signed(record), "another", visit=own_visit)

    assert (counted(patient), found(own_visit.patient)) == (
        [False],
        [(True, "void record of another patient, 2 March 2026: this one was injected; counts until it is written")],
    )
    assert counted(own_visit.patient, visit=own_visit) == []  # what is written now is this injection
    signed(factories.draft(own_visit))
    assert counted(own_visit.patient) == [False, True]


def test_the_meter_follows(record, patient, signed_limits):
    moved(record, hours=-1)
    second = draft("10", patient=patient)

    drafts = record_dose.of_record(second, at=LATER).shown_total
    void(signed(record), "nobody")
    nobody = record_dose.of_record(second, at=LATER).shown_total

    assert (drafts, nobody) == (Decimal("1.100"), Decimal("0.500"))


def test_it_asks_the_database_as_often_for_many_as_for_one(patient, django_assert_num_queries):
    records = [patient.procedures.get()]
    for _each in range(3):
        moved(records[-1], hours=-len(records))
        records.append(void(signed(draft("1", patient=patient)), "as-written"))

    with django_assert_num_queries(2):
        given_before(patient, LATER)
    assert Procedure.objects.filter(patient=patient).count() == 4
