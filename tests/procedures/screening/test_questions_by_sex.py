"""Questions that depend on the sex: asked of nobody to whom they do not apply, and again when it was wrong."""

import pytest
from django.core.management import call_command

from clinic.models import AlertKind, Patient, Sex
from clinic.people import corrections
from clinic.people.corrections import Why
from procedures.forms.shared.screening import ScreeningForm
from procedures.models import Answer, ScreeningQuestion
from procedures.screening import safety_questions, warnings
from procedures.screening.alerts import alerts_of
from procedures.screening.safety_questions import GivenAnswer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def questions():
    call_command("loaddata", "screening_questions", "illness_questions", verbosity=0)


def person(sex):
    patient = factories.patient()
    Patient.objects.filter(pk=patient.pk).update(sex=sex)
    patient.refresh_from_db()
    return patient


def asked_about_pregnancy(patient):
    return "pregnancy-answer" in ScreeningForm(patient=patient).fields


def answer_all(patient):
    """Nothing amber."""
    asked = ScreeningQuestion.objects.asked_of(patient)
    fine = {"yes": Answer.NO, "no": Answer.YES}
    given = {question.pk: GivenAnswer(fine[question.amber_answer]) for question in asked}
    return safety_questions.answer(patient, given, by=factories.user(), at=NOW)


def pregnancy(patient):
    (alert,) = [each for each in alerts_of(patient, at=NOW) if each.kind == AlertKind.PREGNANCY]
    return str(alert.state_label), alert.is_unknown


def unknown(patient):
    found = warnings.raised_by(alerts_of(patient, at=NOW), sites=[], drugs=[])
    return [each for each in found if "pregnancy" in each.sentence]


@pytest.mark.parametrize(
    ("sex", "is_asked", "state"),
    [
        (Sex.MALE, False, ("does not apply", False)),
        (Sex.FEMALE, True, ("unknown", True)),
        (Sex.OTHER, True, ("unknown", True)),
        (None, True, ("unknown", True)),
    ],
)
def test_pregnancy_is_asked_of_all_but_men(sex, is_asked, state):
    patient = person(sex)

    assert (asked_about_pregnancy(patient), pregnancy(patient), bool(unknown(patient))) == (is_asked, state, state[1])


def test_answers_of_a_man_are_complete_without_it():
    patient = person(Sex.MALE)

    given = answer_all(patient)

    assert (given.is_complete, safety_questions.is_valid(given, at=NOW)) == (True, True)
    assert not given.answers.filter(question="pregnancy").exists()


def test_sex_that_was_wrong_is_asked_anew():
    patient = person(Sex.MALE)
    given = answer_all(patient)

    correct = {"sex": Sex.FEMALE}
    corrections.correct(patient, correct, Why(by=factories.user(), at=NOW.replace(hour=6), reason="mistyped"), seen=0)

    assert (safety_questions.is_valid(given, at=NOW), safety_questions.current(patient, at=NOW)) == (False, None)
    assert (pregnancy(patient), bool(unknown(patient))) == (("unknown", True), True)


def test_sex_that_is_written_for_the_first_time_leaves_the_answers_valid():
    patient = person(None)
    given = answer_all(patient)

    correct = {"sex": Sex.FEMALE}
    corrections.correct(patient, correct, Why(by=factories.user(), at=NOW.replace(hour=6), reason=""), seen=0)

    assert safety_questions.is_valid(given, at=NOW)


def test_pregnancy_that_was_answered_stays_a_warning_whatever_the_file_says():
    patient = person(Sex.MALE)
    patient.alerts.create(kind=AlertKind.PREGNANCY, state="present", noted_at=NOW)

    assert pregnancy(patient) == ("yes", False)
