"""The days on which somebody works: for what has to wait until then, and for pages that show who is here when.

Read from the rows themselves, which have the words of an absence, and the hours of people who have left. Whether a
person is at work at a given time is what the timetable says (`Timetable.is_at_work`).
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils import timezone

from clinic.lib import civil_time
from clinic.models import Closure, TimeOff, WorkingHours

MORNING = time(8)
DAYS_SEARCHED = 60


@dataclass(frozen=True)
class WorkingDay:
    """The rows of a civil day of the clinic: working hours, time off and closures."""

    day: date
    hours: list
    time_off: list
    closures: list

    def hours_of(self, practitioner):
        """Those of one person (an id); None for everybody's."""
        return [row for row in self.hours if practitioner in (None, row.practitioner_id)]

    def time_off_of(self, practitioner):
        return [row for row in self.time_off if row.practitioner_id == practitioner]


def read(days):
    """{day: WorkingDay} of consecutive civil days: three queries, however many they are."""
    during = {"starts_at__lt": civil_time.whole_day(days[-1])[1], "ends_at__gt": civil_time.midnight(days[0])}
    hours = list(WorkingHours.objects.valid_between(days[0], days[-1]))
    time_off, closures = (list(model.objects.filter(**during)) for model in (TimeOff, Closure))
    return {day: _of_day(day, hours, time_off, closures) for day in days}


def _of_day(day, hours, *absences):
    start, end = civil_time.whole_day(day)
    touching = ([row for row in rows if row.starts_at < end and row.ends_at > start] for rows in absences)
    return WorkingDay(day, [row for row in hours if row.are_valid_on(day)], *touching)


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


def _anybodys_hours(today):
    return WorkingHours.objects.filter(practitioner__is_active=True).not_over(on=today)
