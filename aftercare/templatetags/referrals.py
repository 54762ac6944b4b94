"""Links to the referrals of one patient, for those who may see them."""

from django import template

from aftercare.models import ServiceRequest

register = template.Library()


@register.inclusion_tag("practice/physiotherapy/_referrals_of.html")
def referrals_of(patient, user):
    """The newest first; nothing for who may see none."""
    if not user.has_perm("aftercare.view_careplan"):
        return {"referrals": []}
    rows = ServiceRequest.objects.visible_to(user).filter(patient=patient)
    return {"referrals": rows.select_related("care_plan").order_by("-due_on", "-pk")[:10]}
