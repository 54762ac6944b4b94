"""What the desk does about a work item: it is done, or it is tried again on the next working morning."""

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from clinic.models import Closure, WorkingHours

MORNING = time(8)
DAYS_SEARCHED = 60


def try_again(item, *, at):
    """Put a work item off to the next working morning, and return that instant. Raises MoveNotAllowed once it ended."""
    morning = next_working_morning(at=at)
    item.put_off(until=morning)
    return morning


def next_working_morning(*, at):
    """08:00 clinic time of the first day after that of `at` on which somebody works and the clinic is not closed.

    Two queries. With no such day in the next 60 it is tomorrow: a work item is never lost in a long holiday.
    """
    today = timezone.localdate(at)
    mornings = [_morning(today + timedelta(days=days)) for days in range(1, DAYS_SEARCHED + 1)]
    hours = list(WorkingHours.objects.filter(practitioner__is_active=True).filter(_still_valid(on=today)))
    closures = list(Closure.objects.filter(starts_at__lte=mornings[-1], ends_at__gt=mornings[0]))
    working = (
        morning
        for morning in mornings
        if any(_covers(stretch, timezone.localdate(morning)) for stretch in hours)
        and not any(closure.starts_at <= morning < closure.ends_at for closure in closures)
    )
    return next(working, mornings[0])


def _morning(day):
    return datetime.combine(day, MORNING, tzinfo=timezone.get_default_timezone())


def _still_valid(*, on):
    return Q(valid_until=None) | Q(valid_until__gte=on)


def _covers(stretch, day):
    has_begun = stretch.valid_from is None or stretch.valid_from <= day
    has_ended = stretch.valid_until is not None and stretch.valid_until < day
    return stretch.weekday == day.weekday() and has_begun and not has_ended
