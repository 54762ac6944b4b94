"""Doses, repeats and what second physicians allowed, for the pages of a visit."""

from decimal import Decimal

from django import template
from django.utils import formats, timezone

from procedures import second_person
from procedures.dosing import dose_problems, record_dose
from procedures.forms.practice.doses import show_typed
from procedures.models import DrugKind, Procedure, ProcedurePlan
from procedures.records import repeat_guard
from procedures.screening import record_warnings

register = template.Library()


@register.inclusion_tag("practice/dosing/_meter_box.html")
def dose_meter(appointment, procedure=None, typed=None):
    """The meter of what was typed (request.POST) if anything was, else of the draft; dose-meter.js refreshes it."""
    now, unfinished, is_allowed = timezone.now(), 0, False
    if typed:
        shown, unfinished = show_typed(appointment, typed, at=now)
    elif procedure:
        newest = procedure.patient.measurements.first()
        drugs = procedure.drugs.select_related("preparation__drug")
        shown = record_dose.display(procedure, drugs, at=now, height_cm=newest and newest.height_cm)
        is_allowed = shown.meter and second_person.is_allowed(procedure, dose_problems.DOSE)
    else:
        shown = None
    return {"appointment": appointment, "shown": shown, "unfinished": unfinished, "is_allowed": is_allowed}


@register.inclusion_tag("practice/records/_second_approvals.html")
def second_approvals(procedure):
    """What second physicians allowed in this record, and why."""
    return {"approvals": procedure.second_approvals.select_related("by")}


@register.inclusion_tag("practice/dosing/_repeat.html")
def repeat_warning(appointment, user):
    """What was treated before, what the clinic's rules say about repeating it, and the depth thought safe."""
    if not user.has_perm("procedures.view_procedure"):
        return {"is_shown": False}
    muscles, with_steroid = _meant(appointment, user)
    patient, on = appointment.patient, appointment.on
    newest = patient.measurements.first()
    bmi = newest and newest.bmi
    return {
        "is_shown": True,
        "past": repeat_guard.past(patient, on=on, but=appointment),
        "steroids": repeat_guard.steroid_visits(patient, on=on, but=appointment),
        "warnings": repeat_guard.warnings(patient, muscles, with_steroid=with_steroid, on=on, but=appointment),
        "hints": repeat_guard.depth_hints(muscles, bmi),
        "bmi": bmi,
        "on": on,
    }


def _meant(appointment, user):
    """The muscles of the visit's record, or of its plan while there is no record, and whether it has a steroid."""
    procedure = Procedure.objects.visible_to(user).standing().filter(appointment=appointment).first()
    if procedure and procedure.sites.exists():
        muscles = [site.muscle for site in procedure.sites.select_related("muscle__region")]
        return muscles, procedure.drugs.of_kind(DrugKind.STEROID).exists()
    plan = ProcedurePlan.objects.visible_to(user).filter(appointment=appointment).first()
    if plan is None:
        return [], False
    return [site.muscle for site in plan.sites.select_related("muscle__region")], plan.with_steroid


@register.inclusion_tag("practice/dosing/_lower_limits.html")
def lower_limits(appointment, cut):
    """What the limits are usually lowered by for this patient, while `cut` (as typed, in percent) is less."""
    proposal = record_warnings.proposed_limits(appointment)
    lowered = int(cut) if str(cut).isdecimal() else 0
    return {"proposal": proposal if proposal and lowered < proposal.percent else None}


@register.filter
def figure(number):
    """A quantity with the decimals that it needs, two at most: 4.5, not 4.50."""
    return formats.localize(round(number, 2).normalize() + Decimal(0)) if number is not None else ""


@register.filter
def weeks_since(region_past, on):
    return region_past.weeks_since(on)
