"""Safety answers, saved the same way in every area."""

from django.db import transaction

from clinic.views.shared import audit
from procedures.screening import safety_questions


def keep(request, patient, form, *, appointment, at):
    with transaction.atomic():
        given = safety_questions.answer(
            patient, form.answers, by=request.user, at=at, appointment=appointment, measured=form.measured
        )
        audit.wrote(request, patient, "safety answers")
    return given


def keep_part(request, patient, form, *, appointment, at):
    """What was answered, while other answers are missing or wrong: for a form whose answers worry."""
    with transaction.atomic():
        answers = form.answers_so_far
        safety_questions.answer(patient, answers, by=request.user, at=at, appointment=appointment)
        audit.wrote(request, patient, "safety answers")
