"""Exercises for a patient: assigned by a physiotherapist, begun no sooner than is safe, ticked off by the patient.

Gentle movement may begin immediately; stretching and strengthening wait until heavy lifting is allowed again, and until
the physiotherapist has shown how they are done (CLINICAL.md section 7).
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare.models import CarePlan, ExerciseDone, ExerciseKind, ExercisePrescription
from aftercare.physiotherapy import exercise_items, sealed_prescriptions
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib import civil_time


class TooEarly(DomainError):
    field = "starts_on"


class TechniqueNotShown(DomainError):
    field = "is_shown"
    sentence = gettext_lazy("Show how it is done first, then tick that you did.")


class NotToday(DomainError):
    sentence = gettext_lazy("This exercise is not for today. Please look at the list again.")


@dataclass
class Order:
    """One exercise to be assigned. `starts_on` is a civil day, or None: as soon as it may begin."""

    exercise: object
    dose: str
    is_shown: bool
    starts_on: object = None


def prescribe(plan, order, *, by, at, assessment=None):
    """Assign one exercise to the patient of a care plan; returns the prescription.

    The same order again changes nothing. Raises TooEarly and TechniqueNotShown (both name their field), and
    MoveNotAllowed when the patient does it already, it is no longer offered, or the plan's record was withdrawn.
    """
    if not plan.is_standing:
        raise MoveNotAllowed(_("The record of this injection was withdrawn. Nothing can be assigned for it."))
    if not order.exercise.is_active:
        raise MoveNotAllowed(_("This exercise is not offered any more."))
    if order.exercise.kind != ExerciseKind.GENTLE and not order.is_shown:
        raise TechniqueNotShown
    starts_at = _start(plan, order, at=at)
    shown = {"technique_shown_at": at, "technique_shown_by": by} if order.is_shown else {}
    running = ExercisePrescription.objects.running().filter(patient=plan.patient_id, exercise=order.exercise)
    if known := running.first():
        return _same(known, order)
    try:
        with transaction.atomic():
            made = ExercisePrescription.objects.create(
                care_plan=plan,
                patient_id=plan.patient_id,
                assessment=assessment,
                exercise=order.exercise,
                dose=order.dose,
                starts_at=starts_at,
                prescribed_at=at,
                prescribed_by=by,
                **shown,
            )
            return sealed_prescriptions.seal(made)
    except IntegrityError:
        if known := running.first():
            return _same(known, order)
        raise


def end(prescription, *, by, at):
    """The patient no longer does it. The ticks stay. Repeating it changes nothing."""
    with transaction.atomic():
        ExercisePrescription.objects.running().filter(pk=prescription.pk).update(ended_at=at, ended_by=by)
        exercise_items.ended([prescription.pk], at=at)


def stop(procedure, *, at):
    """The record was voided: what was assigned because of it ends with it."""
    running = ExercisePrescription.objects.running().filter(care_plan__procedure=procedure)
    ended = list(running.values_list("pk", flat=True))
    running.update(ended_at=at)
    exercise_items.ended(ended, at=at)


def merge(patient, *, at):
    """Another entry was merged into this patient: an exercise that both do is kept once, with the ticks of both."""
    left = ExercisePrescription.objects.running().filter(patient__merged_into=patient)
    for duplicate in left.select_related("exercise"):
        standing = ExercisePrescription.objects.running().filter(patient=patient, exercise=duplicate.exercise).first()
        if standing:
            _take_over(standing, duplicate, at=at)
        duplicate.patient = patient
        duplicate.save(update_fields=["patient", "ended_at"])


def earliest_start(exercise, patient, *, at):
    """From when a patient may begin it: gentle movement immediately, all else once no lifting window is running."""
    if exercise.kind == ExerciseKind.GENTLE:
        return at
    return max(lift_again_at(patient) or at, at)


def lift_again_at(patient):
    """When the last of the patient's lifting windows ends; None if there never was one."""
    plans = CarePlan.objects.standing().filter(patient=patient)
    return plans.aggregate(last=Max("lift_again_at"))["last"]


def begins_at(prescription, *, lifting_from):
    """A newer injection postpones what was begun before, unless it is gentle; `lifting_from` as of `lift_again_at`."""
    if prescription.exercise.kind == ExerciseKind.GENTLE or lifting_from is None:
        return prescription.starts_at
    return max(prescription.starts_at, lifting_from)


def tick(prescription, *, by, at):
    """Done today. Counted once a day; raises NotToday when it has ended or has not begun."""
    prescription.refresh_from_db()
    begins = begins_at(prescription, lifting_from=lift_again_at(prescription.patient_id))
    if prescription.ended_at or begins > at:
        raise NotToday
    with transaction.atomic():
        ExerciseDone.objects.get_or_create(
            prescription=prescription, on=timezone.localdate(at), defaults={"ticked_at": at, "ticked_by": by}
        )
        exercise_items.ticked(prescription, at=at)


def untick(prescription, *, at):
    """Only today's tick can be undone."""
    prescription.ticks.filter(on=timezone.localdate(at)).delete()


def _take_over(standing, duplicate, *, at):
    """A day ticked in both is not copied: it counts once."""
    duplicate.ticks.exclude(on__in=standing.ticks.values("on")).update(prescription=standing)
    if standing.technique_shown_at is None:
        standing.technique_shown_at = duplicate.technique_shown_at
        standing.technique_shown_by = duplicate.technique_shown_by
        standing.save(update_fields=["technique_shown_at", "technique_shown_by"])
    duplicate.ended_at = at
    exercise_items.ended([duplicate.pk], at=at)


def _start(plan, order, *, at):
    earliest = earliest_start(order.exercise, plan.patient_id, at=at)
    if order.starts_on is None:
        return earliest
    if order.starts_on < timezone.localdate(earliest):
        if order.exercise.kind == ExerciseKind.GENTLE:
            raise TooEarly(_("This day is over. Leave it empty to begin today."))
        when = civil_time.written_near(earliest)
        raise TooEarly(_("Not before %(when)s: no heavy lifting until then.") % {"when": when})
    # On the day itself it begins at the hour at which it may; on a later one in the first minute.
    return max(earliest, civil_time.midnight(order.starts_on))


def _same(known, order):
    if known.dose != order.dose:
        raise MoveNotAllowed(_("The patient does this exercise already. End it first, then assign it anew."))
    return known
