"""The summary of a visit as patients read it and physicians print it."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from aftercare.care_plans import plans, take_home
from clinic.views.shared import audit


def summary(request, visit, *, is_own):
    procedure = take_home.record_of(visit)
    if procedure is None:
        raise Http404
    audit.read(request, procedure.patient, "summary of a visit")
    context = {"visit": visit, "procedure": procedure, "is_own": is_own}
    if not procedure.is_true_as_written:
        context |= {"plan": plans.going_on(visit)}
        return render(request, "components/care_plans/summary_withdrawn.html", context)
    plan = procedure.care_plan
    medicines = take_home.medicines_of(procedure)
    context |= {
        "plan": plan,
        "referral": plan.referral,
        "may_lift": plan.may_lift(at=timezone.now()),
        # On paper the warning covers its whole time, whenever it is read.
        "lung_watch_until": plan.lung_watch_until(at=plan.starts_at),
        "medicines": medicines,
        "has_steroid": any(medicine.is_steroid for medicine in medicines),
        "has_numbing": any(medicine.is_numbing for medicine in medicines),
    }
    return render(request, "components/care_plans/summary.html", context)
