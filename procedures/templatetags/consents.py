"""The parts of pages about plan and consent, each for those who may see it."""

from itertools import groupby

from django import template
from django.utils import timezone

from clinic.models import Appointment
from procedures.consent import consents, replies, signers
from procedures.consent.visit_plans import WHILE_IT_IS
from procedures.models import Consent, Guidance, ProcedureDefinition, ProcedurePlan

register = template.Library()


@register.filter
def consent_lines(part):
    """The body of a part as groups of paragraphs or of points; a point about a risk has its hundred people."""
    for is_list, lines in groupby(part.body.splitlines(), key=lambda line: line.startswith("- ")):
        yield {"is_list": is_list, "lines": [_line(line.removeprefix("- "), part.people) for line in lines]}


def _line(text, people):
    name, colon, _rest = text.partition(": ")
    return {"text": text, "people": people.get(name) if colon else None}


@register.inclusion_tag("practice/consent/_plan_box.html", takes_context=True)
def plan_box(context, visit, user):
    """The plan of a visit and the state of its consent, for the physician."""
    if not user.has_perm("procedures.sign_procedure"):
        return {"is_shown": False}
    plan = ProcedurePlan.objects.visible_to(user).filter(appointment=visit)
    plan = plan.select_related("definition", "planned_by").prefetch_related("sites__muscle").first()
    is_for_injections = ProcedureDefinition.objects.filter(visit_type=visit.visit_type_id).exists()
    may_plan = visit.status in WHILE_IT_IS and visit.visit_type.role == user.treats_as.role
    return {
        "is_shown": bool(plan or (is_for_injections and may_plan)),
        "visit": visit,
        "plan": plan,
        "is_guided": plan and plan.guidance == Guidance.ULTRASOUND,
        "may_plan": may_plan and not visit.procedures.filter(status="signed").exists(),
        "csrf_token": context["csrf_token"],
        **(_consent(plan, visit) if plan else {}),
    }


@register.inclusion_tag("desk/consent/_box.html", takes_context=True)
def consent_desk_box(context, visit, user):
    """Signed or not, and the link to hand over the device: nothing about what was planned."""
    may_see = user.has_perm("procedures.view_consent")
    plan = ProcedurePlan.objects.visible_to(user).filter(appointment=visit).first() if may_see else None
    return {
        "is_shown": plan is not None,
        "visit": visit,
        "csrf_token": context["csrf_token"],
        "may_sign_here": visit.status in WHILE_IT_IS and user.has_perm("procedures.add_consent"),
        **(_consent(plan, visit) if plan else {}),
    }


def _consent(plan, visit):
    consent = consents.standing(plan)
    is_said = consent is not None and consents.was_said_on(consent, visit.on)
    is_today = visit.on == timezone.localdate()
    return {
        "consent": consent,
        "last": consent or plan.consents.first(),
        "no": replies.standing_no(plan),
        "questions": replies.questions(plan),
        "is_signer_open": consent is not None and signers.is_open(consent),
        "is_said": is_said,
        "may_confirm": consent is not None and is_today and not is_said,
        "may_withdraw": consent is not None and consents.may_be_withdrawn(consent),
    }


@register.inclusion_tag("my/consent/_box.html")
def consent_of(patient, user):
    """For `/my/`: the next visit with a plan, to be read and signed, or signed already."""
    visits = Appointment.objects.acted_for_by(user).filter(patient=patient, status__in=WHILE_IT_IS)
    planned = visits.filter(ends_at__gt=timezone.now(), procedure_plan__isnull=False).order_by("starts_at")
    visit = planned.first()
    if visit is None:
        return {"is_shown": False}
    consent = Consent.objects.visible_to(user).standing().filter(plan__appointment=visit).first()
    no = replies.standing_no(visit.procedure_plan) if consent is None else None
    return {"is_shown": True, "visit": visit, "consent": consent, "patient": patient, "no": no}
