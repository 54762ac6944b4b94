"""The parts of patients' pages about the days after."""

from django import template
from django.utils import timezone

from aftercare.care_plans import next_step
from aftercare.models import CarePlan

register = template.Library()


@register.inclusion_tag("my/care_plans/_care_plan.html", takes_context=True)
def care_plan_of(context, patient):
    """The care plan that is running for this patient: the first step, and the link to its own page."""
    now = timezone.now()
    plans = CarePlan.objects.acted_for_by(context["request"].user).filter(patient=patient)
    plans = plans.newest_of_each_patient(on=timezone.localdate(now))
    plan = plans.select_related("referral__appointment__practitioner", "procedure", "protocol").first()
    if plan is None or not plan.is_running(at=now):
        return {"plan": None}
    if not plan.procedure.is_signed:
        return {"plan": None, "is_withdrawn": True, "phone": context["clinic"]["phone"]}
    return {
        "plan": plan,
        "today": next_step.of_plan(plan, at=now),
        "referral": plan.referral,
        "may_lift": plan.may_lift(at=now),
        "days_left": plan.referral.days_left(on=timezone.localdate(now)),
    }
