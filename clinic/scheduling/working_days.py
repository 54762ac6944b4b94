"""The days on which somebody works: for phone calls that are promised, and for visits with a given person.

Read from the rows themselves. For open times use `availability`, which has them all cached.
"""

from datetime import time, timedelta

from django.utils import timezone

from clinic.lib import civil_time
from clinic.models import Closure, WorkingHours

MORNING, NOON = time(8), time(12)
CALL_WITHIN = timedelta(hours=1)
DAYS_SEARCHED = 60


def call_by(*, at):
    """Until when a patient who asks for a call at `at` gets one: the end of this working day, if an hour of it is
    left; else noon of the next one."""
    today = timezone.localdate(at)
    ends = [civil_time.at(today, hours.ends) for hours in _anybodys_hours(today) if hours.are_valid_on(today)]
    latest = max(ends, default=at)
    is_closed = Closure.objects.filter(starts_at__lt=latest, ends_at__gt=at).exists()
    if latest - at >= CALL_WITHIN and not is_closed:
        return latest
    return civil_time.at(timezone.localdate(next_morning(at=at)), NOON)


def next_morning(*, at):
    """08:00 clinic time of the first day after that of `at` on which somebody works and the clinic is not closed.

    Two queries. With no such day in the next 60 it is tomorrow: a work item is never lost in a long closure.
    """
    today = timezone.localdate(at)
    days = [today + timedelta(days=days) for days in range(1, DAYS_SEARCHED + 1)]
    mornings = {day: civil_time.at(day, MORNING) for day in days}
    hours = list(_anybodys_hours(today))
    closures = list(Closure.objects.filter(starts_at__lte=mornings[days[-1]], ends_at__gt=mornings[days[0]]))
    working = (
        morning
        for day, morning in mornings.items()
        if any(stretch.are_valid_on(day) for stretch in hours)
        and not any(closure.starts_at <= morning < closure.ends_at for closure in closures)
    )
    return next(working, mornings[days[0]])


def is_at_work(practitioner, starts_at, ends_at):
    """Within one period of the person's hours, in the clinic's civil time, and neither away nor closed."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    hours = practitioner.working_hours.on(start.date()).filter(starts__lte=start.time(), ends__gte=end.time())
    during = {"starts_at__lt": ends_at, "ends_at__gt": starts_at}
    is_away = practitioner.time_off.filter(**during).exists() or Closure.objects.filter(**during).exists()
    return start.date() == end.date() and hours.exists() and not is_away


def _anybodys_hours(today):
    return WorkingHours.objects.filter(practitioner__is_active=True).not_over(on=today)
