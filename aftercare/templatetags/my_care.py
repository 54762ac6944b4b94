"""What the patient's pages show of the days after."""

from django import template
from django.utils import timezone

from aftercare.models import CarePlan

register = template.Library()


@register.inclusion_tag("my/_care_plan.html", takes_context=True)
def care_plan_of(context, patient):
    """The care plan that is running for this patient, with its lifting timer and the way to physiotherapy."""
    now = timezone.now()
    plans = CarePlan.objects.visible_to(context["request"].user).filter(patient=patient)
    plan = plans.select_related("referral__appointment__practitioner", "procedure", "protocol").first()
    if plan is None or not plan.is_running(at=now):
        return {"plan": None}
    if not plan.procedure.is_signed:
        return {"plan": None, "is_withdrawn": True, "phone": context["clinic"]["phone"]}
    return {
        "plan": plan,
        "referral": plan.referral,
        "patient": patient,
        "may_lift": plan.may_lift(at=now),
        "percent": round(plan.lifting_share(at=now) * 100),
        "hours_left": plan.lifting_hours_left(at=now),
        "days_left": plan.referral.days_left(on=timezone.localdate(now)),
        "days": plan.days(at=now),
        "lung_watch_until": plan.lung_watch_until(at=now),
        "emergency_number": context["clinic"]["emergency_number"],
        "phone": context["clinic"]["phone"],
    }
