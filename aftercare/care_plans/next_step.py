"""The one thing that a patient should do first in the days after; how they are (`symptoms.condition`) goes before."""

from dataclasses import dataclass

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models import Asks, CareCheck, ExercisePrescription


class First(models.TextChoices):
    """What comes first, the most urgent first, in the words of its heading."""

    BREATHING = "breathing", _("How is your breath?")  # asked about now
    COMPLICATION = "complication", _("Please read this first")  # something went wrong in the visit
    LIFTING = "lifting", _("Please lift nothing heavy")
    CHECK = "check", _("How are you today?")  # asked about now
    PHYSIOTHERAPY = "physiotherapy", _("Book your physiotherapy")
    EXERCISES = "exercises", _("Do your exercises")  # not all of them are ticked today
    WELL = "well", _("Nothing to do today")

    @property
    def is_breathing(self):
        return self is First.BREATHING

    @property
    def is_complication(self):
        return self is First.COMPLICATION

    @property
    def is_lifting(self):
        return self is First.LIFTING

    @property
    def is_check(self):
        return self is First.CHECK

    @property
    def is_physiotherapy(self):
        return self is First.PHYSIOTHERAPY

    @property
    def is_exercises(self):
        return self is First.EXERCISES


@dataclass(frozen=True)
class Today:
    """`first`, and the question that is open now (a CareCheck without its answers), if there is one.

    `heading` says what comes first in the words for this patient.
    """

    first: First
    check: CareCheck | None = None
    heading: str = ""


def of_plan(plan, *, at):
    """What this standing plan's patient is to do first at `at`."""
    check = open_check(plan, at=at)
    first = next(first for first, holds in _in_order(plan, check, at=at) if holds)
    return Today(first, check, plan.leading(at=at)[0]["heading"] if first.is_complication else first.label)


def open_check(plan, *, at):
    """The question that waits for its symptoms' answer; about breathing before any other, then the newest."""
    unanswered = CareCheck.objects.filter(care_plan=plan, symptom_check=None)
    waiting = [check for check in unanswered if check.is_open(at=at)]
    return max(waiting, key=lambda check: (check.asks == Asks.BREATHING, check.due_at), default=None)


def _in_order(plan, check, *, at):
    """Lazily, so that no query runs once a more urgent step is found."""
    yield First.BREATHING, check is not None and check.asks == Asks.BREATHING
    yield First.COMPLICATION, bool(plan.leading(at=at))
    yield First.LIFTING, not plan.may_lift(at=at)
    yield First.CHECK, check is not None
    yield First.PHYSIOTHERAPY, plan.referral.is_to_be_booked
    yield First.EXERCISES, _has_exercises_left(plan, at=at)
    yield First.WELL, True


def _has_exercises_left(plan, *, at):
    prescribed = ExercisePrescription.objects.running().filter(patient=plan.patient_id, starts_at__lte=at)
    return prescribed.exclude(ticks__on=timezone.localdate(at)).exists()
