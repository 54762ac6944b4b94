"""What a patient's exercises look like today: which to do, which begin later, and what was ticked this week."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Prefetch
from django.utils import timezone

from aftercare.models import CarePlan, ExerciseDone, ExercisePrescription
from aftercare.physiotherapy import prescriptions
from procedures.models import Side

WEEK = 7


@dataclass(frozen=True)
class Task:
    """One exercise of a patient, as it is at a given moment."""

    prescription: ExercisePrescription
    begins_at: datetime
    has_begun: bool
    days: tuple  # of (day, is_done), the last one being today

    @property
    def exercise(self):
        return self.prescription.exercise

    @property
    def steps(self):
        return [line for line in self.exercise.how.splitlines() if line.strip()]

    @property
    def picture(self):
        return f"img/exercises/{self.exercise.pk}.svg"

    @property
    def is_done(self):
        return self.days[-1][1]

    @property
    def done_days(self):
        """On how many of the last seven days."""
        return sum(is_done for _day, is_done in self.days)


@dataclass(frozen=True)
class Day:
    on: date
    done: int
    most: int

    @property
    def is_full(self):
        return 0 < self.most <= self.done


def tasks_of(prescriptions, *, at):
    """A list of `Task` for a queryset of prescriptions, in the library's order. Always four queries."""
    today = timezone.localdate(at)
    week = [today - timedelta(days=days) for days in range(WEEK - 1, -1, -1)]
    ticks = Prefetch("ticks", ExerciseDone.objects.filter(on__gte=week[0]))
    rows = list(prescriptions.running().select_related("exercise", "patient").prefetch_related(ticks))
    lifting = _lifting_from({row.patient_id for row in rows})
    return [_task(row, lifting.get(row.patient_id), week, at=at) for row in rows]


def begin_of_each(rows):
    """When each of these prescriptions may be done, by its key. One query."""
    lifting = _lifting_from({row.patient_id for row in rows})
    return {row.pk: prescriptions.begins_at(row, lifting_from=lifting.get(row.patient_id)) for row in rows}


def week_of(tasks):
    """How many of these exercises were ticked on each of the last seven days, of those that had begun by then."""
    done = Counter(day for task in tasks for day, is_done in task.days if is_done)
    begun = [timezone.localdate(task.prescription.starts_at) for task in tasks]
    days = [day for day, _is_done in tasks[0].days] if tasks else []
    return [Day(day, done[day], sum(first <= day for first in begun)) for day in days]


def reasons_for(sites, exercises):
    """Why each exercise is proposed: {key: "top shoulder muscle, right"} by the injected muscles."""
    by_muscle = {}
    for site in sites:
        by_muscle.setdefault(site.muscle_id, []).append(_named(site))
    return {
        exercise.pk: "; ".join(dict.fromkeys(found))
        for exercise in exercises
        if (found := [name for muscle in exercise.muscles.all() for name in by_muscle.get(muscle.pk, [])])
    }


def _named(site):
    return site.plain_muscle if site.side == Side.MIDDLE else str(site)


def _lifting_from(patients):
    plans = CarePlan.objects.standing().filter(patient__in=patients).order_by()
    return dict(plans.values_list("patient").annotate(Max("lift_again_at")))


def _task(prescription, lifting_from, week, *, at):
    begins_at = prescriptions.begins_at(prescription, lifting_from=lifting_from)
    ticked = {tick.on for tick in prescription.ticks.all()}
    days = tuple((day, day in ticked) for day in week)
    return Task(prescription=prescription, begins_at=begins_at, has_begun=begins_at <= at, days=days)
