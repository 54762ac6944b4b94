"""The parts of patients' pages about the days after."""

from django import template
from django.utils import timezone

from aftercare.care_plans import next_step
from aftercare.models import CarePlan
from aftercare.symptoms import condition
from clinic.lib.client_address import client_address
from clinic.models import Patient
from clinic.people import auditing

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
    if not plan.is_standing:
        return {"plan": None, "is_withdrawn": True, "phone": context["clinic"]["phone"]}
    return {
        "plan": plan,
        "condition": condition_of(context, patient),
        "today": next_step.of_plan(plan, at=now),
        "referral": plan.referral,
        "may_lift": plan.may_lift(at=now),
        "days_left": plan.referral.days_left(on=timezone.localdate(now)),
    }


@register.inclusion_tag("my/symptoms/_conditions.html", takes_context=True)
def how_you_are(context):
    """On top of every page: how each patient is for whom the person signed in may act; nothing while all is well."""
    own = _own_conditions(context)
    if told := [each.patient.pk for each in own if not each.is_well]:
        request = context["request"]
        auditing.saw_each(told, what="symptoms", by=request.user, address=client_address(request))
    return {"conditions": own, "is_family": len(own) > 1, "clinic": context.get("clinic")}


@register.inclusion_tag("my/symptoms/_link_condition.html", takes_context=True)
def how_you_are_by_link(context, patient, told_here):
    """On the page of a link, which anybody may have: words only of what was told by this link (keys of its checks)."""
    return {"condition": condition_of(context, patient), "clinic": context["clinic"], "told_here": told_here}


@register.simple_tag(takes_context=True)
def condition_of(context, patient):
    """How this patient is (a Condition), the same on all of the page."""
    for each in _own_conditions(context) + _others(context):
        if each.patient == patient:
            return each
    found = condition.of_patient(patient, at=timezone.now())
    _others(context).append(found)
    return found


@register.simple_tag(takes_context=True)
def has_to_get_help(context):
    """Somebody for whom this account may act was told to get help now: no page asks them to book anything."""
    return any(each.is_red for each in _own_conditions(context))


def _own_conditions(context):
    """Of the patients for whom the person signed in may act, read once for a page."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    if not hasattr(request, "own_conditions"):
        request.own_conditions = condition.of_patients(
            list(Patient.objects.acted_for_by(user).living()), at=timezone.now()
        )
    return request.own_conditions


def _others(context):
    """Of patients whose link was opened: read once for a page, too."""
    request = context["request"]
    if not hasattr(request, "other_conditions"):
        request.other_conditions = []
    return request.other_conditions
