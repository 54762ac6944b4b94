"""How a patient is by what was told, until somebody has followed it up: first on every clinical page of the patient."""

from django import template
from django.utils import timezone

from aftercare.models import SymptomLevel
from aftercare.symptoms import condition

register = template.Library()
LEVEL_TONES = {SymptomLevel.GREEN: "go", SymptomLevel.AMBER: "wait", SymptomLevel.RED: "stop"}


@register.filter
def level_tone(level):
    """The tone of an answer's level, or of a whole symptom check's outcome."""
    return LEVEL_TONES[level]


@register.inclusion_tag("practice/symptoms/_alerts.html", takes_context=True)
def symptom_alerts(context, patient):
    """The page itself checks who may see it; only those who may follow up get a link."""
    request = context.request
    is_there = request.resolver_match is not None and request.resolver_match.url_name == "practice-check"
    return {
        "condition": condition.of_patient(patient, at=timezone.now()),
        "may_read": request.user.has_perm("aftercare.view_symptomcheck"),
        "may_follow_up": not is_there and request.user.has_perm("aftercare.change_symptomcheck"),
    }
