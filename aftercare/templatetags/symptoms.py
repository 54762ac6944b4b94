"""Red answers that nobody has followed up yet: first on every clinical page of the patient."""

from django import template

from aftercare import symptoms

register = template.Library()


@register.inclusion_tag("checks/_alerts.html", takes_context=True)
def symptom_alerts(context, patient):
    """The page itself guards who sees it; only those who may follow up are led there."""
    user = context.request.user
    return {
        "checks": symptoms.to_follow_up([patient]),
        "may_follow_up": user.has_perm("aftercare.change_symptomcheck"),
    }
