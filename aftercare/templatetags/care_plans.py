"""What physicians and physiotherapists see of the days after a procedure. Never the physician's notes."""

from datetime import timedelta

from django import template
from django.utils import timezone

from aftercare.care_plans import complications
from aftercare.models import AftercareProtocol, CarePlan
from clinic.messaging import preferences

register = template.Library()


@register.inclusion_tag("practice/care_plans/_care_plan_box.html")
def care_plan_box(patient, user):
    """The patient's latest care plan: what was treated, until when not to lift, physiotherapy and its deadline."""
    if not user.has_perm("aftercare.view_careplan"):
        return {"is_shown": False}
    now = timezone.now()
    plans = CarePlan.objects.visible_to(user).standing().filter(patient=patient)
    plan = (
        plans.select_related("procedure", "referral__appointment").prefetch_related("procedure__sites__muscle").first()
    )
    if plan is None:
        return {"is_shown": True, "plan": None}
    today = timezone.localdate(now)
    return {
        "is_shown": True,
        "plan": plan,
        "referral": plan.referral,
        "may_lift": plan.may_lift(at=now),
        "days_left": plan.referral.days_left(on=today),
        "is_late": plan.referral.is_late(on=today),
    }


@register.inclusion_tag("practice/care_plans/_what_signing_does.html")
def what_signing_does(procedure):
    """What begins for the patient at the moment of signing, by the protocol in force."""
    protocol = AftercareProtocol.objects.for_definition(procedure.definition)
    if protocol is None:
        return {"protocol": None}
    now = timezone.now()
    return {
        "protocol": protocol,
        "lift_again_at": now + timedelta(hours=protocol.lifting_hours),
        "physiotherapy_due_on": timezone.localdate(now) + timedelta(days=protocol.physiotherapy_days),
        "complications": complications.advice_about(procedure),
        "contact": preferences.contact_for(procedure.patient, preferences.preference_of(procedure.patient)),
    }
