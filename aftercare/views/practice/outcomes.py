"""How many patients referred to physiotherapy were seen in time: counts by month, no names."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftercare.outcomes import referrals


@permission_required("aftercare.view_outcomes", raise_exception=True)
@require_safe
def referrals_in_time(request):
    months = referrals.since_first_referral(referrals.by_month(on=timezone.localdate()))
    context = {
        "months": [{"month": month, "bars": _bars(month)} for month in months],
        "total": referrals.total_of(months),
        "endings": list(referrals.Ending),
        "has_any": any(month.total for month in months),
    }
    return render(request, "practice/outcomes/outcomes.html", context)


def _bars(month):
    """Each ending's part of a bar that is 100 wide: where it begins, how wide it is."""
    bars, left = [], 0
    for ending, many in month.rows:
        if many:
            width = 100 * many / month.total
            bars.append({"kind": ending.value, "x": f"{left:.2f}", "width": f"{width:.2f}"})
            left += width
    return bars
