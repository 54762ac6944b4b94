"""The repeat guard and the depth hints: what was done before, by the clinic's own rules."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

import pytest
from django.core.management import call_command

from procedures.models import BodyRegion, DepthHint, Drug, Muscle, Preparation, Procedure
from procedures.records import repeat_guard, sealed_parts
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 2)
HOURS = cycle(range(8, 20))  # nobody has two visits at once


@pytest.fixture
def rules():
    call_command("loaddata", "clinic_rules", verbosity=0)


@pytest.fixture
def muscle():
    return factories.muscle()


def treated(patient, muscle, *, days_ago, drugs=None, is_signed=True):
    starts_at = factories.at(f"{ON - timedelta(days=days_ago)} {next(HOURS):02}:00")
    sites = [factories.site(muscle=muscle)]
    record = factories.draft(patient=patient, starts_at=starts_at, sites=sites, drugs=drugs)
    if is_signed:
        sealed_parts.seal(Procedure.objects.filter(pk=record.pk))
        signed = {"status": "signed", "signed_at": NOW, "signed_by": factories.user()}
        Procedure.objects.filter(pk=record.pk).update(**signed)
    return record


def steroid():
    substance, _ = Drug.objects.get_or_create(slug="mpa", defaults={"name": "MPA", "kind": "steroid"})
    product, _ = Preparation.objects.get_or_create(
        slug="mpa40", defaults={"drug": substance, "name": "MPA 40", "mg_per_ml": Decimal(40)}
    )
    return factories.drug(preparation=product, volume_ml=Decimal(1))


def sentences(patient, muscle, *, with_steroid=False):
    warnings = repeat_guard.warnings(patient, [muscle], with_steroid=with_steroid, on=ON)
    assert all("Clinic rule" in warning.source for warning in warnings)
    return [warning.sentence for warning in warnings]


def test_first_session_of_a_region_has_no_warning(rules, patient, muscle):
    assert sentences(patient, muscle, with_steroid=True) == []


def test_fourth_session_of_a_region_in_12_months_warns(rules, patient, muscle):
    for days_ago in (360, 200, 100):
        treated(patient, muscle, days_ago=days_ago)

    assert sentences(patient, muscle) == [
        "Neck: 3 sessions in the last 12 months; this one would be above the clinic's 3."
    ]


@pytest.mark.parametrize(("days_ago", "number"), [(41, 1), (42, 0)])
def test_session_sooner_than_6_weeks_warns(rules, patient, muscle, days_ago, number):
    treated(patient, muscle, days_ago=days_ago)

    assert len(sentences(patient, muscle)) == number


def test_other_regions_drafts_older_and_other_patients_sessions_do_not_count(rules, patient, muscle):
    region = BodyRegion.objects.create(key="chest", name="Chest", felt_like="-", what_we_do="-", see_a_doctor_first="-")
    treated(patient, factories.muscle(region=region), days_ago=1)
    treated(patient, muscle, days_ago=1, is_signed=False)
    treated(patient, muscle, days_ago=366)
    treated(factories.patient(), muscle, days_ago=1)

    assert sentences(patient, muscle) == []


def test_steroid_is_counted_over_all_regions_and_once_a_visit(rules, patient, muscle):
    for days_ago in (300, 200, 100):
        treated(patient, factories.muscle(), days_ago=days_ago, drugs=[steroid(), steroid()])
    region = BodyRegion.objects.create(key="chest", name="Chest", felt_like="-", what_we_do="-", see_a_doctor_first="-")
    elsewhere = factories.muscle(region=region)

    assert repeat_guard.steroid_visits(patient, on=ON) == 3
    assert sentences(patient, elsewhere) == []
    assert sentences(patient, elsewhere, with_steroid=True) == [
        "A steroid was given in 3 visits of the last 12 months; the clinic's most is 3."
    ]


def test_past_says_sessions_and_weeks(rules, patient, muscle):
    treated(patient, muscle, days_ago=100)
    treated(patient, muscle, days_ago=50)

    [region] = repeat_guard.past(patient, on=ON)

    assert (str(region.region), region.sessions, region.weeks_since(ON)) == ("Neck", 2, 7)


@pytest.mark.parametrize(
    ("bmi", "depths"),
    [("22.9", ["1.2"]), ("23", ["1.4"]), ("24.9", ["1.4"]), ("25", ["1.8"]), (None, ["1.2", "1.4", "1.8"])],
)
def test_depth_hint_of_the_rhomboids_by_bmi(bmi, depths):
    call_command("loaddata", "regions", "muscles", "depth_hints", verbosity=0)
    rhomboids = Muscle.objects.get(pk="rhomboids")

    hints = repeat_guard.depth_hints([rhomboids], bmi and Decimal(bmi))

    assert [hint.hint.partition(" cm")[0].rpartition(" ")[2] for hint in hints] == depths
    assert {hint.source for hint in DepthHint.objects.all()} == {hints[0].source}
    assert repeat_guard.depth_hints([factories.muscle()], Decimal(22)) == []
