"""What the demo's patients reported before their injections: safety answers, warnings, weight, and where it hurts."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from aftercare.demo import complaints
from clinic import worklist
from clinic.models import (
    AlertKind,
    AlertState,
    AppointmentStatus,
    BodyMeasurement,
    PatientAlert,
)
from procedures.models import (
    Answer,
    BodyArea,
    PainReport,
    Procedure,
    ProcedureDefinition,
    Screening,
    ScreeningAnswer,
    ScreeningOutcome,
    ScreeningQuestion,
)
from procedures.work_kinds import SCREENING_AMBER

SEED = 414
BEFORE = timedelta(days=2)
COMES = [AppointmentStatus.FULFILLED, AppointmentStatus.ARRIVED, AppointmentStatus.BOOKED]
# Some patients' answers: question, comment, what the physician decided.
AMBER = [
    ("blood-thinner", "Apixaban, every day, for my heart.", "Apixaban known. Superficial sites, longer pressure."),
    ("diabetes", "Tablets only, HbA1c was 6.8.", "Well controlled. No steroid planned."),
    (
        "numbing-allergy",
        "A rash after the dentist, ten years ago.",
        "Preservative-free amide only. Observe 30 minutes.",
    ),
    ("fainting", "When blood was taken, last year.", "Inject lying down, observe 30 minutes."),
    ("lung-disease", "Asthma, I use a spray.", "Stable asthma. Products without sulphite."),
]
ONE_IN = 6
REASON = "Seen in the safety answers and talked over with the patient before the injection."
WHAT_TO_SAY = "A physician looks at the safety answers before the visit. The visit stays as it is booked."
OWN_WORDS = ["Worst in the evening after work.", "", "It began when I moved house.", ""]


def write_health(clinic):
    """Answers before each injection; of the upcoming ones, one answer awaits review and one visit has no answers."""
    chance, stages, moment = Random(SEED), clinic.stages, clinic.moment
    kinds = set(ProcedureDefinition.objects.filter(is_active=True).values_list("visit_type", flat=True))
    for_injections = [v for v in clinic.visits if v.appointment.visit_type_id in kinds and v.status in COMES]
    to_come = [v for v in for_injections if v.status == AppointmentStatus.BOOKED]
    waiting, silent = to_come[:1], to_come[1:2]
    told = {}  # patient -> their answers, the same at each visit
    for number, visit in enumerate(for_injections):
        told.setdefault(visit.patient, AMBER[number // ONE_IN % len(AMBER)] if number % ONE_IN == 0 else None)
    for visit in [stages.here, *waiting]:
        told[visit.patient] = AMBER[0]
    asked = [v for v in for_injections if v not in silent and _asked_at(v, moment) is not None]
    screenings = [_screening(visit, told[visit.patient], moment, is_reviewed=visit not in waiting) for visit in asked]
    Screening.objects.bulk_create(screenings, batch_size=1000)
    _write_answers(screenings, told)
    _write_bodies(screenings, chance)
    worklist.open_all(_work_item(each) for each in screenings if each.needs_review)
    with_alerts = [patient for patient, amber in told.items() if amber]
    Procedure.objects.filter(patient__in=with_alerts).update(alerts_reason=REASON)
    _write_pain([visit for visit in [*to_come, stages.here, stages.yesterday] if visit not in silent], moment, chance)


def _asked_at(visit, moment):
    """Two days before, or just now for those who come soon; None while the visit is too far ahead to ask."""
    at = visit.appointment.starts_at - BEFORE
    if at > moment.now + timedelta(days=26):
        return None
    return min(at, moment.now - timedelta(hours=3))


def _screening(visit, amber, moment, *, is_reviewed):
    at = _asked_at(visit, moment)
    screening = Screening(
        patient=visit.patient,
        appointment=visit.appointment,
        outcome=ScreeningOutcome.AMBER if amber else ScreeningOutcome.GREEN,
        answered_at=at,
        answered_by=visit.appointment.practitioner.user,
    )
    if amber and is_reviewed:
        screening.reviewed_at, screening.reviewed_by = at + timedelta(hours=1), visit.appointment.practitioner.user
        screening.review_note = amber[2]
    return screening


def _write_answers(screenings, told):
    questions = list(ScreeningQuestion.objects.asked())
    answers, alerts = [], []
    for screening in screenings:
        amber = told[screening.patient]
        for question in questions:
            if question.not_asked_of and question.not_asked_of == screening.patient.sex:
                continue
            is_amber = bool(amber) and question.pk == amber[0]
            plain = Answer.NO if question.amber_answer == Answer.YES else Answer.YES
            answers.append(
                ScreeningAnswer(
                    screening=screening,
                    question=question,
                    answer=question.amber_answer if is_amber else plain,
                    detail=amber[1] if is_amber else "",
                    is_amber=is_amber,
                )
            )
        alerts += _alerts(screening, amber, {question.pk: question.alert_kind for question in questions})
    ScreeningAnswer.objects.bulk_create(answers, batch_size=5000)
    PatientAlert.objects.bulk_create(alerts, batch_size=5000)


def _alerts(screening, amber, kinds):
    for kind in AlertKind:
        is_present = bool(amber) and kinds[amber[0]] == kind
        yield PatientAlert(
            patient=screening.patient,
            kind=kind,
            state=AlertState.PRESENT if is_present else AlertState.ABSENT,
            detail=amber[1] if is_present else "",
            noted_at=screening.answered_at,
            noted_by=screening.answered_by,
        )


def _write_bodies(screenings, chance):
    """Weight and height of each, as they were at the newest answers."""
    newest = {screening.patient: screening for screening in sorted(screenings, key=lambda each: each.answered_at)}
    BodyMeasurement.objects.bulk_create(
        BodyMeasurement(
            patient=patient,
            weight_kg=Decimal(chance.randint(52, 98)),
            height_cm=chance.randint(155, 192),
            measured_on=screening.answered_at.date(),
            noted_by=screening.answered_by,
        )
        for patient, screening in newest.items()
    )


def _work_item(screening):
    return worklist.new(
        SCREENING_AMBER,
        cause=screening.pk,
        patient=screening.patient,
        appointment=screening.appointment,
        what_to_say=WHAT_TO_SAY,
        due_at=screening.answered_at,
        created_at=screening.answered_at,
    )


def _write_pain(visits, moment, chance):
    areas = set(BodyArea.objects.values_list("pk", flat=True))
    reports, marks = [], []
    for visit in visits:
        hurts = complaints.of(str(visit.patient))
        report = PainReport(
            patient=visit.patient,
            score=hurts.score,
            qualities=list(hurts.qualities),
            triggers=list(hurts.triggers),
            causes=list(hurts.causes),
            own_words=chance.choice(OWN_WORDS),
            told_at=min(visit.appointment.starts_at - BEFORE, moment.now - timedelta(hours=3)),
            told_by=visit.appointment.practitioner.user,
        )
        reports.append(report)
        marks.append([place for place in hurts.places if place in areas])
    PainReport.objects.bulk_create(reports)
    through = PainReport.areas.through
    through.objects.bulk_create(
        through(painreport_id=report.pk, bodyarea_id=place)
        for report, places in zip(reports, marks, strict=True)
        for place in places
    )
