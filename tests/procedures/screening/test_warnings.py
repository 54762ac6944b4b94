"""What the safety answers mean for a record."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from clinic.models import Patient
from procedures.models import Procedure
from procedures.screening import record_warnings, safety_questions
from procedures.screening.safety_questions import GivenAnswer
from tests import factories
from tests.procedures.screening.given_answers import answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("questions")]
NOW = factories.NOW


# What the answers mean for a record


def record(answers=None, *, drugs=None, sites=None, reason="", reviewed=True, asked_at=None):
    visit = factories.arrived()
    asked_at = asked_at or visit.starts_at - timedelta(days=2)
    given = answer(visit.patient, at=asked_at, **answers or {})
    if given.needs_review and reviewed:
        safety_questions.review(given, by=factories.user(), note="Known.", at=asked_at)
    procedure = factories.draft(visit, drugs=drugs, sites=sites, is_screened=False)
    procedure.alerts_reason = reason
    procedure.save()
    return procedure


def sentences(procedure):
    found = [*safety_questions.problems(procedure), *record_warnings.problems(procedure)]
    return [problem.sentence for problem in found]


def product(**fields):
    dose = factories.drug()
    for name, value in fields.items():
        setattr(dose.preparation, name, value)
    dose.preparation.save()
    return dose


def test_green_answers_raise_no_problem():
    assert sentences(record()) == []


def test_answers_older_than_30_days_on_the_day_of_the_visit_do_not_count():
    starts_at = factories.at("2026-03-02 10:00")

    assert sentences(record(asked_at=starts_at - timedelta(days=29, hours=23))) == []
    stale = record(asked_at=starts_at - timedelta(days=30, minutes=1))
    (problem,), (unknown,) = safety_questions.problems(stale), record_warnings.problems(stale)

    assert problem.url.endswith("/screening/")
    assert unknown.sentence.startswith("Not known: allergy, blood thinner, pregnancy")


def test_answers_given_after_the_day_of_the_visit_do_not_count():
    assert len(sentences(record(asked_at=factories.at("2026-03-03 09:00")))) == 2


def test_amber_answers_must_be_looked_at_first():
    procedure = record({"driver": GivenAnswer("no")}, reviewed=False)

    (problem,) = safety_questions.problems(procedure)

    assert problem.url == f"/practice/patients/{procedure.patient_id}/screening/"


WARNINGS = [
    ({"other-allergy": GivenAnswer("yes", "latex")}, {}, ["Allergy (latex)"]),
    ({"numbing-allergy": GivenAnswer("yes")}, {"additives": "Sulphite"}, ["Allergy:", "contains sulphite or paraben"]),
    (
        {"numbing-allergy": GivenAnswer("yes")},
        {"additives": "methylparaben"},
        ["Allergy:", "contains sulphite or paraben"],
    ),
    ({"blood-thinner": GivenAnswer("yes")}, {}, ["Blood thinner"]),
    ({"pregnancy": GivenAnswer("yes")}, {}, ["Pregnancy"]),
    ({"fainting": GivenAnswer("yes")}, {}, ["fainted"]),
    ({"lung-disease": GivenAnswer("yes")}, {}, []),
    ({"lung-disease": GivenAnswer("yes")}, {"has_adrenaline": True}, ["contains sulphite"]),
    ({"diabetes": GivenAnswer("yes")}, {}, []),
    ({"diabetes": GivenAnswer("unknown")}, {}, ["Not known: diabetes"]),
    ({"infection": GivenAnswer("yes", "a cold")}, {}, ["Fever or infection (a cold), told 2 days ago"]),
    ({"bleeding": GivenAnswer("yes")}, {}, ["Bleeds for long"]),
    ({"heart": GivenAnswer("yes", "AV block")}, {}, ["Heart illness (AV block)"]),
    ({"heart": GivenAnswer("yes")}, {"has_adrenaline": True}, ["Heart illness", "contains adrenaline"]),
    ({"liver": GivenAnswer("yes", "cirrhosis")}, {}, ["Liver illness (cirrhosis)"]),
    ({"fits": GivenAnswer("yes")}, {}, ["Epilepsy"]),
    ({"kidneys": GivenAnswer("yes")}, {}, []),
]


@pytest.mark.parametrize(("answers", "preparation", "parts"), WARNINGS)
def test_a_warning_is_held_against_what_is_injected(answers, preparation, parts):
    procedure = record(answers, drugs=[product(**preparation)])

    found = sentences(procedure)

    assert [part in sentence for part, sentence in zip(parts, found, strict=True)] == [True] * len(parts)
    procedure.alerts_reason = "Talked over with the patient: known, and well for months."
    assert sentences(procedure) == []
    procedure.alerts_reason = "\u200b "
    assert sentences(procedure) == found
    procedure.alerts_reason = "ok"
    assert [each.startswith(before) for each, before in zip(sentences(procedure), found, strict=True)] == [
        True for _each in found
    ]


def test_diabetes_warns_of_a_steroid_only():
    steroid = factories.drug()
    steroid.preparation.drug.kind = "steroid"
    steroid.preparation.drug.save()

    (sentence,) = sentences(record({"diabetes": GivenAnswer("yes")}, drugs=[steroid]))

    assert "steroid" in sentence


def test_lung_disease_warns_of_a_needle_near_the_lung():
    near = factories.site(muscle=factories.muscle(name="side neck muscles", lung_risk="yes"))

    (sentence,) = sentences(record({"lung-disease": GivenAnswer("yes")}, sites=[near]))

    assert "side neck muscles" in sentence


def test_thinner_together_with_ketorolac_warns_twice():
    dose = factories.drug()
    ketorolac = type(dose.preparation.drug).objects.create(slug="ketorolac", name="Ketorolac", kind="other")
    dose.preparation.drug = ketorolac
    dose.preparation.save()

    assert len(sentences(record({"blood-thinner": GivenAnswer("yes")}, drugs=[dose]))) == 2


def test_thinner_and_a_site_that_pressing_does_not_reach_ask_for_more_than_a_word():
    deep = factories.site(muscle=factories.muscle(latin="m. piriformis", is_hard_to_press=True))
    procedure = record({"blood-thinner": GivenAnswer("yes", "apixaban")}, sites=[deep], reason="Superficial")

    (sentence,) = sentences(procedure)

    assert "a site that pressing does not reach: Piriformis" in sentence
    assert sentence.endswith(
        "A life may hang on this: write in a sentence what you know, what you did, and why you go on."
    )


@pytest.fixture
def rules():
    call_command("loaddata", "warning_rules", verbosity=0)


@pytest.mark.parametrize(
    ("answers", "born", "cut", "asked"),
    [
        ({}, "1980-02-29", 0, None),
        ({}, "1956-03-02", 0, 10),
        ({}, "1956-03-03", 0, None),
        ({}, "2014-03-03", 0, 10),
        ({"kidneys": GivenAnswer("yes")}, "1980-02-29", 0, 10),
        ({"kidneys": GivenAnswer("yes")}, "1980-02-29", 10, None),
        ({"kidneys": GivenAnswer("yes")}, "1950-02-28", 10, 20),
        ({"pregnancy": GivenAnswer("yes")}, "1990-02-28", 20, 33),
    ],
)
def test_limits_that_are_usually_lower_are_lowered_or_it_says_why_not(rules, answers, born, cut, asked):
    procedure = record(answers)
    Patient.objects.update(birth_date=born)
    procedure = Procedure.objects.get(pk=procedure.pk)
    procedure.dose_cut_percent = cut

    found = [each for each in sentences(procedure) if "Limits are usually lowered" in each]

    assert [each.split(" % here")[0] for each in found] == ([f"Limits are usually lowered by {asked}"] if asked else [])
    assert (record_warnings.proposed_limits(procedure.appointment) is None) == (answers == {} and asked is None)


def test_no_limit_is_lowered_for_what_has_none(rules):
    saline = factories.drug()
    saline.preparation.drug.kind = "other"
    saline.preparation.drug.save()

    assert sentences(record({"kidneys": GivenAnswer("yes")}, drugs=[saline])) == []
