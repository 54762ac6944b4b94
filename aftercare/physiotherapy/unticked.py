"""Exercises that nobody ticks any more: found by a chore, so that the physiotherapist hears before the next visit."""

from datetime import timedelta

from django.db.models import Max, Q
from django.utils import timezone

from aftercare import work_kinds
from aftercare.models import ExercisePrescription
from aftercare.physiotherapy import exercise_days, exercise_items
from clinic import worklist
from clinic.models import PatientAccess, WorkItemStatus
from procedures.models import ClinicRule

RULE, USUAL_DAYS = "days-without-exercise", 3
OLDEST = timedelta(days=60)  # after that a course of exercises has ended, whether somebody said so or not


def most_days():
    """After how many days without a tick the physiotherapist hears."""
    return ClinicRule.objects.filter(pk=RULE).values_list("value", flat=True).first() or USUAL_DAYS


def tell_the_physiotherapists(*, at):
    """Open an item for each exercise that is done no more, once for each time that it stops.

    Only of patients who can tick: somebody acts for them here. One that was noted is said again only after it was
    ticked again.
    """
    exercise_items.unticked(_silent(at=at), at=at)


def days_without(prescription, *, begins_at, last_on, at):
    """Whole days since it was ticked, or since it may be done; today, which is not over, does not count."""
    before_it = timezone.localdate(begins_at) - timedelta(days=1)
    return (timezone.localdate(at) - max(before_it, last_on or before_it)).days - 1


def _silent(*, at):
    acted_for = PatientAccess.objects.current().values("patient")
    running = ExercisePrescription.objects.running().filter(patient__in=acted_for)
    recent = running.filter(Q(starts_at__gt=at - OLDEST) | Q(ticks__ticked_at__gt=at - OLDEST)).distinct()
    rows = list(recent.select_related("exercise", "patient").annotate(last_on=Max("ticks__on")))
    begins, noted, most = exercise_days.begin_of_each(rows), _noted(rows), most_days()
    return [
        row
        for row in rows
        if days_without(row, begins_at=begins[row.pk], last_on=row.last_on, at=at) >= most
        and not (row.pk in noted and (row.last_on is None or row.last_on <= noted[row.pk]))
    ]


def _noted(rows):
    """On which day a physiotherapist noted that it is not ticked."""
    items = worklist.find(work_kinds.EXERCISE_UNTICKED, cause__in=[row.pk for row in rows])
    done = items.filter(status=WorkItemStatus.COMPLETED).values_list("cause", "ended_at")
    return {cause: timezone.localdate(ended_at) for cause, ended_at in done}
