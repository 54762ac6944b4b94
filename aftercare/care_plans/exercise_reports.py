"""An exercise does not feel right: the physiotherapist hears at once, and what sounds of symptoms goes their way."""

from dataclasses import dataclass

from django.db import transaction

from aftercare.models import ExerciseReport
from aftercare.physiotherapy import exercise_items
from aftercare.physiotherapy.prescriptions import NotToday
from aftercare.symptoms import answers
from clinic.errors import DomainError
from clinic.lib.texts import has_visible_text
from clinic.messaging import triage
from clinic.models import TakenFor


@dataclass(frozen=True)
class Said:
    """What the patient wrote on one page; the same `request_token` is the same page."""

    words: str
    request_token: str


def report(prescription, said, *, at, by):
    """Keep the words and open a work item for physiotherapists. If they sound of symptoms, they are also a report of
    symptoms, which a physician follows up, urgent if red: returns that `SymptomCheck`, else None.

    Sent again, it is kept once. Raises DomainError for the field `words` without any, NotToday when it has ended,
    and what `answers.submit` raises.
    """
    if not has_visible_text(said.words):
        raise DomainError(answers.NOTHING_TOLD, field="words")
    with transaction.atomic():
        prescription.refresh_from_db()
        if prescription.ended_at:
            raise NotToday
        kept = {"prescription": prescription, "words": said.words.strip(), "told_at": at, "told_by": by}
        _row, is_new = ExerciseReport.objects.get_or_create(request_token=said.request_token, defaults=kept)
        if is_new:
            exercise_items.felt_wrong(prescription, at=at)
        return _as_symptoms(prescription, said, at=at, by=by)


def _as_symptoms(prescription, said, *, at, by):
    sounds = triage.sounds_of(said.words)
    if sounds not in (TakenFor.RED, TakenFor.SYMPTOM):
        return None
    words = {"own_words": said.words, "sounds_red": sounds == TakenFor.RED}
    told = answers.Told({}, request_token=said.request_token, **words)
    return answers.submit(prescription.care_plan, told, at=at, by=by)
