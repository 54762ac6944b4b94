"""Allergies are held against what is injected: the drug, its family, and everything else in the product."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from clinic.errors import DomainError, MoveNotAllowed
from procedures.models import Allergy, Drug, Ingredient, Preparation
from procedures.screening import allergies, record_warnings
from procedures.screening.allergies import Reaction
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def catalogue():
    call_command("loaddata", "drugs", "allergy_substances", verbosity=0)


def record(product="lido1", **more):
    return factories.draft(drugs=[factories.drug(preparation=Preparation.objects.get(pk=product))], **more)


def substance(name):
    return Drug.objects.filter(pk=name).first() or Ingredient.objects.filter(pk=name).first() or name


def allergic(patient, name, severity="severe", words="", **more):
    usual = {"by": factories.user(), "at": NOW - timedelta(days=3)}
    return allergies.note(patient, substance(name), Reaction(severity, words), **usual | more)


def sentences(procedure):
    return [problem.sentence for problem in record_warnings.problems(procedure)]


HELD = [
    ("lidocaine", "lido1", "it is what the patient is allergic to"),
    ("lidocaine", "bupi025", "it is of the same family (amide)"),
    ("lidocaine", "proc1", None),
    ("paraben", "lido1adr", "it contains it"),
    ("paraben", "lido1", None),
    ("sulphite", "dexa4", "it contains it"),
    ("adrenaline", "lido1adr", "it contains it"),
    ("macrogol", "mpa40", "it contains it"),
    ("Xylocaine", "lido2", "it is what the patient is allergic to"),
    ("methylparaben in creams", "lido05", "it contains it"),
    ("penicillin", "lido1adr", None),
]


@pytest.mark.parametrize(("name", "product", "why"), HELD)
@pytest.mark.parametrize(
    ("severity", "stops"), [("mild", False), ("moderate", False), ("severe", True), ("unknown", True)]
)
def test_allergy_is_held_against_all_that_is_in_the_product(name, product, why, severity, stops):
    procedure = record(product)
    allergic(procedure.patient, name, severity)

    found = sentences(procedure)

    assert [why in each for each in found] == ([True] if why else [])
    assert bool(record_warnings.severe_allergies(procedure)) == bool(why and stops)


def test_ok_is_no_answer_to_an_allergy():
    procedure = record(once={"alerts_reason": "ok"})
    allergic(procedure.patient, "lidocaine", "mild")

    assert "“ok” is no reason" in " ".join(sentences(procedure))
    procedure.alerts_reason = "Tested in 2024, only the paraben reacted."
    assert sentences(procedure) == []


@pytest.mark.parametrize("words", ["I nearly died of Lidocaine", "lidokainas", "anaphylaxis after LIGNOCAINE"])
def test_words_of_the_patient_that_name_the_drug_are_severe_until_somebody_says_how_bad_it_was(words):
    procedure = record()
    alert = {"kind": "allergy", "state": "present", "detail": words}
    procedure.patient.alerts.create(**alert, noted_at=procedure.appointment.starts_at)

    assert [match.why for match in record_warnings.severe_allergies(procedure)] == ["the patient's words name it"]

    allergic(procedure.patient, "lidocaine", "mild")
    assert record_warnings.severe_allergies(procedure) == []


def test_words_that_name_nothing_of_the_catalogue_are_still_warned_of():
    procedure = record()
    alert = {"kind": "allergy", "state": "present", "detail": "nuts"}
    procedure.patient.alerts.create(**alert, noted_at=procedure.appointment.starts_at)

    assert sentences(procedure)[0].startswith("Allergy (nuts): write why these products are safe.")


def test_what_touches_the_skin_is_asked_about_with_every_product():
    procedure = record()
    allergic(procedure.patient, "latex", "mild")

    assert sentences(procedure) == ["Allergy to Latex, which may touch the skin: write what you used instead."]


def test_the_same_allergy_is_noted_once_and_a_worse_reaction_takes_its_place():
    patient = factories.patient()
    mild = allergic(patient, "lidocaine", "mild")

    assert allergic(patient, "lidocaine", "mild") == mild
    severe = allergic(patient, "lidocaine", "severe")
    assert allergic(patient, "lidocaine", "moderate") == severe
    assert list(patient.allergies.standing()) == [severe]


def test_whoever_ends_an_allergy_is_still_asked_about_it_on_that_day(time_machine):
    """The guard is not taken away by the one whom it guards."""
    procedure, now = record(practitioner=factories.colleague()), NOW
    time_machine.move_to(now, tick=False)
    noted = allergic(procedure.patient, "lidocaine")

    with pytest.raises(DomainError):
        allergies.end(noted, by=procedure.performed_by.user, at=now, reason="it was none")
    allergies.end(noted, by=procedure.performed_by.user, at=now, reason="Tested by the allergologist: none.")

    assert len(record_warnings.severe_allergies(procedure)) == 1
    time_machine.move_to(now + timedelta(hours=25), tick=False)
    assert record_warnings.severe_allergies(procedure) == []
    with pytest.raises(MoveNotAllowed):
        allergies.end(noted, by=factories.user(), at=now, reason="Tested by the allergologist: none.")


def test_an_allergy_that_another_physician_ended_is_asked_about_no_more():
    procedure = record()
    noted = allergic(procedure.patient, "lidocaine")

    allergies.end(noted, by=factories.user(), at=NOW, reason="Tested by the allergologist: none.")

    assert record_warnings.severe_allergies(procedure) == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"drug_id": "lidocaine", "other": "nuts"},
        {"drug_id": "lidocaine", "severity": "so so"},
        {"other": "nuts", "ended_reason": "-"},
    ],
)
def test_database_refuses_an_allergy_that_names_nothing_or_two_things(fields):
    usual = {"patient": factories.patient(), "noted_by": factories.user(), "severity": "mild"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Allergy.objects.create(**usual | fields)


def test_nothing_is_noted_without_a_substance():
    with pytest.raises(DomainError):
        allergic(factories.patient(), "  ")
