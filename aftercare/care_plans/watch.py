"""The days after: while a plan runs, physicians see what its patient writes about symptoms."""

from aftercare.models import CarePlan
from clinic.messaging.watches import WATCHES, Watch


def has_running_plan(patient, *, at):
    return any(
        plan.is_running(at=at) for plan in CarePlan.objects.standing().filter(patient=patient, starts_at__lte=at)
    )


CARE_PLAN = WATCHES.register(Watch("care-plan", covers=has_running_plan))
