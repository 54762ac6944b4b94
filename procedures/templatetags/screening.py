"""The parts of pages about the safety questions and where it hurts, each for those who may see it."""

from django import template
from django.utils import timezone

from clinic.models import Appointment
from procedures.forms.practice.screening import ReviewForm
from procedures.models import (
    PainCause,
    PainQuality,
    PainReport,
    PainTrigger,
    ProcedureDefinition,
    Screening,
    ScreeningQuestion,
)
from procedures.records import earlier_complications
from procedures.screening import allergies, pain_reports, safety_questions
from procedures.screening.alerts import alerts_of

register = template.Library()


@register.inclusion_tag("practice/screening/_alerts.html")
def alerts(patient, may_code=False):
    """All dangers, allergies and the weight, first on every clinical page. The page itself checks who may see it.

    `may_code` on pages of physicians: they write down what a patient is allergic to.
    """
    now = timezone.now()
    measurement = patient.measurements.first()
    found = alerts_of(patient, at=now)
    absent = [alert for alert in found if not (alert.is_present or alert.is_unknown)]
    return {
        "patient": patient,
        "alerts": [alert for alert in found if alert.is_present or alert.is_unknown],
        "absent": [f"{alert.label} ({alert.state_label})" if alert.is_not_asked else alert.label for alert in absent],
        "allergies": allergies.standing(patient),
        "may_code": may_code,
        "complications": earlier_complications.of_patient(patient, on=timezone.localdate(now)),
        "measurement": measurement,
        "is_weight_stale": measurement and measurement.is_stale(on=timezone.localdate(now)),
    }


@register.inclusion_tag("practice/screening/_box.html", takes_context=True)
def screening_box(context, visit, user):
    """The answers for clinicians; a physician reviews amber ones here."""
    shown = _state(visit, user)
    given = shown["screening"]
    may_review = given and given.needs_review and user.has_perm("procedures.sign_procedure")
    form = ReviewForm(initial={"screening": given.pk}) if may_review else None
    return shown | {"form": form, "csrf_token": context["csrf_token"]}


@register.inclusion_tag("desk/screening/_box.html")
def screening_desk_box(visit, user):
    """Answered or not, green or amber: the desk's page of a visit shows nothing else."""
    shown = _state(visit, user)
    is_for_injections = ProcedureDefinition.objects.filter(visit_type=visit.visit_type_id).exists()
    return shown | {"is_shown": shown["is_shown"] and (is_for_injections or shown["screening"] is not None)}


def _state(visit, user):
    given = Screening.objects.visible_to(user).filter(patient=visit.patient).select_related("reviewed_by").first()
    return {
        "is_shown": user.has_perm("procedures.view_screening"),
        "visit": visit,
        "screening": given,
        "holds_until": given and safety_questions.valid_until(given),
        "is_valid": safety_questions.is_valid(given, at=max(timezone.now(), visit.starts_at)),
        "may_ask": user.has_perm("procedures.add_screening"),
        "may_read_note": user.has_perm("procedures.sign_procedure"),
    }


@register.inclusion_tag("components/screening/_answers.html")
def screening_answers(given, is_clinical, may_read_note=False):
    """`may_read_note`: what the physician decided about amber answers, besides that it was decided."""
    rows = list(given.answers.select_related("question"))
    answered = [row.question_id for row in rows]
    missing = [] if given.is_complete else ScreeningQuestion.objects.asked_of(given.patient).exclude(pk__in=answered)
    return {
        "missing": missing,
        "screening": given,
        "rows": rows,
        "amber": [row for row in rows if row.is_amber],
        "is_clinical": is_clinical,
        "may_read_note": may_read_note,
    }


@register.inclusion_tag("my/screening/_preparation.html")
def preparation_of(patient, user):
    """What a patient does before an injection: shown once answers given now will still be valid then."""
    now = timezone.now()
    visits = Appointment.objects.acted_for_by(user).filter(patient=patient)
    visit = safety_questions.injections(visits, at=now).first()
    if visit is None or visit.starts_at >= now + safety_questions.ANSWERS_VALID_FOR:
        return {"is_shown": False}
    given = safety_questions.answered_for(visit)
    told = pain_reports.latest(patient)
    return {
        "is_shown": True,
        "patient": patient,
        "to_answer": None if given else visit,
        "questions": 0 if given else ScreeningQuestion.objects.asked_of(patient).count(),
        "screening": given,
        "holds_until": given and safety_questions.valid_until(given),
        "told_at": told and told.told_at,
    }


@register.inclusion_tag("practice/screening/_pain_box.html")
def pain_box(patient, user):
    """Where and how it hurts, in the patient's own marks and words; never for the desk."""
    if not user.has_perm("procedures.view_painreport"):
        return {"is_shown": False}
    report = PainReport.objects.visible_to(user).filter(patient=patient).prefetch_related("areas__region").first()
    if report is None:
        return {"is_shown": True, "report": None}
    return {
        "is_shown": True,
        "report": report,
        "areas": list(report.areas.all()),
        "qualities": _labels(PainQuality, report.qualities),
        "triggers": _labels(PainTrigger, report.triggers),
        "causes": _labels(PainCause, report.causes),
    }


def _labels(choices, values):
    return [choices(value).label for value in values if value in choices.values]
