"""Where the clinic is and when it is open, for anybody to read."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.models import Page
from clinic.scheduling import opening_hours, timetable

DAYS_SHOWN = 7
CLOSURES_WITHIN_DAYS = 62


@login_not_required
@require_safe
def the_clinic(request):
    now, table = timezone.now(), timetable.current()
    today = timezone.localdate(now)
    after = today + timedelta(days=DAYS_SHOWN)
    context = {
        "page": Page.objects.prefetch_related("sections").filter(slug="clinic").first(),
        "today": today,
        "state": opening_hours.state(at=now, table=table),
        "days": opening_hours.days(first_day=today, count=DAYS_SHOWN, table=table),
        "closures": opening_hours.closures(first_day=after, count=CLOSURES_WITHIN_DAYS - DAYS_SHOWN, table=table),
    }
    return render(request, "public/website/clinic.html", context)
