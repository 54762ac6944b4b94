"""The safety questions before an injection: asked, answered, reviewed by a physician, and checked against a record.

An answer refuses nobody and changes no medicine; a physician reviews an amber one.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib import civil_time
from clinic.lib.texts import has_visible_text
from clinic.models import (
    AlertKind,
    AlertState,
    AppointmentStatus,
    Patient,
    PatientAlert,
)
from clinic.models.health import ANSWERS_VALID_FOR
from procedures import work_kinds
from procedures.models import (
    AllergySeverity,
    Answer,
    ProcedureDefinition,
    Screening,
    ScreeningAnswer,
    ScreeningOutcome,
    ScreeningQuestion,
)
from procedures.problems import Problem
from procedures.screening import allergies, unreviewed
from procedures.screening.allergies import Reaction

BODY_SIZE = "body-size"
STATES = {Answer.YES: AlertState.PRESENT, Answer.NO: AlertState.ABSENT, Answer.UNKNOWN: AlertState.UNKNOWN}
MOST_SEVERE_FIRST = [AlertState.PRESENT, AlertState.UNKNOWN, AlertState.ABSENT]


@dataclass(frozen=True)
class GivenAnswer:
    """One answer, and what the patient added to it: words, and to an allergy what of the catalogue it is."""

    answer: str
    detail: str = ""
    substances: tuple = ()
    severity: str = AllergySeverity.UNKNOWN


def answer(patient, answers, *, by, at, appointment=None, measured=None):
    """Save the answers of one day, and the warnings that result.

    `answers` maps the key of each question that was answered to a `GivenAnswer`; `measured`: an unsaved
    BodyMeasurement or None. An amber answer opens one work item for the physicians, also when others are missing:
    those answers are not complete, and count for no injection. Newer answers end the item of older ones; an amber
    answer that nobody has reviewed stays amber when it is taken back. Raises DomainError while a question is
    unanswered and none is amber, PatientMerged for an entry that was merged.
    """
    questions = list(ScreeningQuestion.objects.asked_of(patient))
    rows = [_answer_row(question, answers[question.pk]) for question in questions if question.pk in answers]
    is_complete = len(rows) == len(questions)
    if not is_complete and not any(row.is_amber for row in rows):
        raise DomainError(_("Answer every question, please. “I do not know” is an answer, too."))
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)  # two pages sent at the same time are saved one after the other
        _note_allergies(patient, answers.values(), by=by, at=at)
        before = patient.screenings.first()
        if before and before.needs_review:
            rows = unreviewed.carried_over(rows, before)
        if not is_complete and before and _is_the_same(before, rows):
            return before
        screening = Screening(patient=patient, appointment=appointment, answered_at=at, answered_by=by)
        screening.is_complete = is_complete
        _save(screening, rows, _states(questions, rows))
        if measured:
            measured.patient, measured.measured_on, measured.noted_by = patient, timezone.localdate(at), by
            measured.save(force_insert=True)
        _items_of(patient).cancel(note=_("answered again"), at=at)
        if screening.needs_review:
            _ask_a_physician(screening, at=at)
    return screening


def _note_allergies(patient, answers, *, by, at):
    """Each substance named in a "yes". A "no" ends none: only a physician does, with a reason."""
    for given in answers:
        for substance in given.substances if given.answer == Answer.YES else ():
            allergies.note(patient, substance, Reaction(given.severity, given.detail), by=by, at=at)


def _save(screening, rows, states):
    """With its answers, and what they say about each danger."""
    is_amber = any(row.is_amber for row in rows)
    screening.outcome = ScreeningOutcome.AMBER if is_amber else ScreeningOutcome.GREEN
    screening.save(force_insert=True)
    for row in rows:
        row.screening = screening
    ScreeningAnswer.objects.bulk_create(rows)
    noted = {"patient": screening.patient, "noted_at": screening.answered_at, "noted_by": screening.answered_by}
    PatientAlert.objects.bulk_create(
        PatientAlert(kind=kind, state=state, detail=detail, **noted) for kind, state, detail in states
    )


def _answer_row(question, given):
    is_amber = given.answer in (question.amber_answer, Answer.UNKNOWN)
    return ScreeningAnswer(question=question, answer=given.answer, detail=given.detail.strip(), is_amber=is_amber)


def _is_the_same(before, rows):
    """Sent twice: these answers, with the same ones missing."""
    given = {(row.question_id, row.answer, row.detail) for row in rows}
    return not before.is_complete and given == set(before.answers.values_list("question", "answer", "detail"))


def _states(questions, rows):
    """Kind, state and detail of each danger that was asked about; of several questions the most serious answer applies.

    While one of them is not answered, only a danger that is there is known.
    """
    for kind in AlertKind:
        about = [row for row in rows if row.question.alert_kind == kind]
        if about:
            state = min((STATES[row.answer] for row in about), key=MOST_SEVERE_FIRST.index)
            details = [row.detail for row in about if row.detail and STATES[row.answer] == state]
            is_all = len(about) == sum(question.alert_kind == kind for question in questions)
            if is_all or state == AlertState.PRESENT:
                yield kind, state, "; ".join(details)[: unreviewed.DETAIL]


def _items_of(patient):
    return worklist.find(work_kinds.SCREENING_AMBER, patient=patient)


def _ask_a_physician(screening, *, at):
    worklist.open(
        work_kinds.SCREENING_AMBER,
        cause=screening.pk,
        patient=screening.patient,
        appointment=screening.appointment or next_injection(screening.patient, at=at),
        what_to_say=_("A physician looks at the safety answers before the visit. The visit stays as it is booked."),
        due_at=at,
    )


def review(screening, *, by, note, at):
    """A physician has reviewed amber answers and decided; `note` says what.

    Raises DomainError for the field `note` when it is empty, MoveNotAllowed when there is nothing to review, when it
    was reviewed already, or when the patient has answered again since.
    """
    if not has_visible_text(note):
        raise DomainError(_("Write what you decided."), field="note")
    with transaction.atomic():
        Patient.objects.lock_unmerged(screening.patient_id)
        screening = Screening.objects.select_related("reviewed_by").get(pk=screening.pk)
        if screening.patient.screenings.first() != screening:
            raise MoveNotAllowed(_("The patient has answered again since. Please look at the new answers."))
        if not screening.needs_review:
            raise MoveNotAllowed(_("Somebody has looked at these answers already."))
        screening.reviewed_at, screening.reviewed_by, screening.review_note = at, by, note.strip()
        screening.save(update_fields=["reviewed_at", "reviewed_by", "review_note"])
        for item in _items_of(screening.patient).requested():
            item.complete(by=by, note=_("looked at by a physician"))
    return screening


def current(patient, *, at):
    """The answers that are valid at this moment, or None."""
    return Screening.objects.filter(patient=patient, answered_at__lte=at).valid(at=at).first()


def valid_until(screening):
    return screening.answered_at + ANSWERS_VALID_FOR


def next_injection(patient, *, at):
    """The patient's next visit that is for injections, or None."""
    return injections(patient.appointments.all(), at=at).first()


def is_valid(screening, *, at):
    """Whether these answers (or None) are complete and not too old."""
    return screening is not None and Screening.objects.filter(pk=screening.pk).valid(at=at).exists()


def injections(appointments, *, at):
    """The visits for injections among these that are upcoming or under way, the next one first."""
    to_come = Q(status=AppointmentStatus.ARRIVED) | Q(status=AppointmentStatus.BOOKED, ends_at__gt=at)
    kinds = ProcedureDefinition.objects.filter(is_active=True).values("visit_type")
    return appointments.filter(to_come, visit_type__in=kinds).order_by("starts_at")


def answered_for(appointment):
    """The newest answers still valid when the visit begins, given until the end of its day; or None."""
    holding = Screening.objects.filter(patient=appointment.patient_id).valid(at=appointment.starts_at)
    return holding.filter(answered_at__lt=civil_time.whole_day(appointment.on)[1]).first()


def problems(procedure):
    """Why the record must not be signed yet: no valid answers, amber ones not reviewed, warnings unanswered."""
    appointment = procedure.appointment
    until = civil_time.whole_day(appointment.on)[1]
    newest = Screening.objects.filter(patient=procedure.patient_id, answered_at__lt=until).first()
    if answered_for(appointment) is None:
        url = reverse("desk-screening", args=[appointment.pk])
        yield Problem(_("The safety questions have not been answered in the last 30 days."), "record", url=url)
    elif newest.needs_review:
        url = reverse("practice-screening", args=[procedure.patient_id])
        yield Problem(_("Some safety answers are amber. Look at them and write what you decided."), "record", url=url)
