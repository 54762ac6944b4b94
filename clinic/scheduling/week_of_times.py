"""Open times as they are shown: by day, a week at a time, with the weeks around it."""

from datetime import timedelta

from django.utils import timezone

DAYS_SHOWN = 7
DAYS_OF_A_MONTH = 28


def by_day(open_times):
    """The open times of each civil day, in their order."""
    days = {}
    for open_time in open_times:
        days.setdefault(timezone.localdate(open_time.starts_at), []).append(open_time)
    return days


def one_for_each_start(open_times):
    """With anybody: each start once, with the first person who is free then."""
    first = {}
    for open_time in open_times:
        first.setdefault(open_time.starts_at, open_time)
    return list(first.values())


def weeks_around(first_day, *, not_before, last_day):
    """The first days of the weeks before and after and of the next month; None if there can be no open times.

    `not_before` and `last_day` are the first and last day that can be shown; `first_day` is None if nothing is shown.
    """
    if first_day is None:
        return {"earlier": None, "later": None, "next_month": None}
    earlier, later, month = (first_day + timedelta(days=days) for days in (-DAYS_SHOWN, DAYS_SHOWN, DAYS_OF_A_MONTH))
    return {
        "earlier": max(earlier, not_before) if first_day > not_before else None,
        "later": later if later <= last_day else None,
        "next_month": month if month <= last_day else None,
    }
