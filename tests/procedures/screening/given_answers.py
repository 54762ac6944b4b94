"""Answers to the safety questions."""

from procedures.models import ScreeningQuestion
from procedures.screening import safety_questions
from procedures.screening.safety_questions import GivenAnswer
from tests import factories

NOW = factories.NOW


def all_fine(**changes):
    """Green answers to every question; `changes` by question (with _ for -) on top."""
    answers = {q.pk: GivenAnswer("no" if q.amber_answer == "yes" else "yes") for q in ScreeningQuestion.objects.asked()}
    return answers | {question.replace("_", "-"): value for question, value in changes.items()}


def answer(patient, *, at=NOW, **changes):
    return safety_questions.answer(patient, all_fine(**changes), by=factories.user(), at=at)
