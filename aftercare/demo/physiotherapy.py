"""What the demo's physiotherapists found, assigned and noted, and what the patients ticked off."""

from datetime import time, timedelta

from django.utils import timezone

from aftercare.models import (
    CauseFinding,
    CauseReview,
    Exercise,
    ExerciseDone,
    ExerciseKind,
    ExercisePrescription,
    OtherTherapy,
    OtherTherapyKind,
    RangeOfMotion,
    ServiceRequest,
)
from aftercare.physiotherapy import answers, assessments, exercise_days, prescriptions
from clinic.lib import civil_time
from clinic.models import AppointmentStatus
from procedures.models import PainCause, Side

WEEKS = timedelta(weeks=5)
LEFT_OVER = 2  # seen, and not assessed yet
EXERCISES = 3
FULL = {"neck": 75, "shoulder": 150, "trunk": 50, "hip": 90, "knee": 130, "ankle": 18, "jaw": 42, "elbow": 140}
FINDINGS = [
    "Guards the side that was injected; the band is softer than before.",
    "Moves freely at first, tires after some minutes. Shoulders drawn up while sitting.",
    "Good movement, still sore at the end of it. Breathes high in the chest.",
    "The knot gives way under the thumb. Weak on this side.",
]
PLANS = [
    "See again in 2 weeks. Screen higher, breaks of 2 minutes each half hour.",
    "Exercises at home first. See again in 3 weeks if it has not got better.",
    "Twice more, one week apart, then on their own.",
]
AGREED = {
    PainCause.POSTURE: "Screen at the height of the eyes.",
    PainCause.STRESS: "Breathing out slowly, 5 minutes each evening.",
    PainCause.SLEEP: "One thin pillow; to bed by 23:00 on work days.",
    PainCause.OVERLOAD: "Bags of 5 kg at most for 2 weeks.",
}


def write(clinic, chance):
    """After everything is signed and booked, in the order in which it happened."""
    seen = ServiceRequest.objects.filter(appointment__status=AppointmentStatus.FULFILLED)
    seen = seen.filter(appointment__starts_at__gt=clinic.moment.now - WEEKS).order_by("appointment__starts_at")
    seen = list(seen.select_related("care_plan__procedure", "patient", "appointment__practitioner__user"))
    library = list(Exercise.objects.prefetch_related("muscles"))
    for referral in seen[:-LEFT_OVER]:
        assessment = _assess(referral, chance)
        _assign(referral, assessment, library, clinic.moment, chance)
    _answers(clinic)
    _exercises_of_the_demo_patient(clinic.stages.yesterday.procedure, library, clinic.team)


def _assess(referral, chance):
    at = referral.appointment.starts_at + timedelta(minutes=25)
    before = referral.care_plan.procedure.pain_scores.first().score
    found = assessments.Findings(
        pain_now=max(0, before - chance.choice([1, 2, 3, 4])),
        findings=chance.choice(FINDINGS),
        plan=chance.choice(PLANS),
        ranges=list(_ranges(referral, chance)),
        causes=list(_causes(chance)),
        therapies=[OtherTherapy(kind=OtherTherapyKind.HEAT, words="15 minutes in the evening")]
        if chance.random() < 0.4
        else [],
    )
    by = referral.appointment.practitioner.user
    token = f"demo-assessment-{referral.pk}"
    latest = assessments.newest(referral)
    page = assessments.FormPage(token, seen=latest and latest.pk)
    return assessments.assess(referral, found, page=page, by=by, at=at)


def _ranges(referral, chance):
    sites = list(referral.care_plan.procedure.sites.select_related("muscle"))
    proposed, _others = assessments.movements_for(dict.fromkeys(site.muscle.region_id for site in sites))
    sore = {site.side for site in sites}
    for movement in proposed[:3]:
        full = FULL.get(assessments.joint_of(movement), 60)
        for side in assessments.sides_of(movement):
            is_sore = side in sore or side == Side.MIDDLE
            extent = round(full * chance.uniform(0.6, 0.8) if is_sore else full * chance.uniform(0.85, 1))
            yield RangeOfMotion(
                movement=movement, side=side, extent=extent, is_painful=is_sore and chance.random() < 0.5
            )


def _causes(chance):
    for cause in PainCause:
        finding = chance.choices(CauseFinding.values, weights=[3, 5, 2])[0]
        advice = AGREED.get(cause, "") if finding == CauseFinding.PART_OF_IT else ""
        yield CauseReview(cause=cause, finding=finding, advice=advice)


def _assign(referral, assessment, library, moment, chance):
    sites = referral.care_plan.procedure.sites.select_related("muscle")
    proposed = exercise_days.reasons_for(sites, library)
    running = ExercisePrescription.objects.running().filter(patient=referral.patient)
    running = set(running.values_list("exercise", flat=True))
    chosen = [exercise for exercise in library if exercise.pk in proposed and exercise.pk not in running]
    for exercise in chosen[:EXERCISES]:
        order = prescriptions.Order(exercise=exercise, dose=exercise.dose, is_shown=True)
        by, at = assessment.assessed_by, assessment.assessed_at
        row = prescriptions.prescribe(referral.care_plan, order, by=by, at=at, assessment=assessment)
        _tick(row, moment, chance)


def _tick(prescription, moment, chance):
    """Most days, in the evening, by the patient's own account where there is one."""
    access = prescription.patient.access.filter(until=None).first()
    by = access.user if access else prescription.prescribed_by
    first = timezone.localdate(prescription.starts_at)
    days = [first + timedelta(days=number) for number in range((moment.today - first).days)]
    ExerciseDone.objects.bulk_create(
        ExerciseDone(prescription=prescription, on=day, ticked_at=_evening(day), ticked_by=by)
        for day in days
        if chance.random() < 0.7
    )


def _answers(clinic):
    """Of those who were injected in the last days, one goes elsewhere and one declines."""
    stage, desk, now = clinic.stages, clinic.team.desk, clinic.moment.now
    kept = [visit.patient for visit in (stage.yesterday, stage.late, stage.just_signed)]
    open_ones = ServiceRequest.objects.unbooked().exclude(patient__in=kept).order_by("-due_on")
    for number, referral in enumerate(open_ones.select_related("care_plan")[:2]):
        if number:
            answers.decline(referral, why="Wants to wait and see.", by=desk, at=now)
        else:
            answers.go_elsewhere(referral, on=referral.due_on, where="Practice next to the office", by=desk, at=now)


def _exercises_of_the_demo_patient(procedure, library, team):
    """The physiotherapist looked in after the injection, for the muscles that were injected: gentle movement now, the
    rest after the lifting time.
    """
    plan, by = procedure.care_plan, team.physiotherapists[0].user
    proposed = exercise_days.reasons_for(procedure.sites.select_related("muscle"), library)
    proposed = [exercise for exercise in library if exercise.pk in proposed]
    gentle = [exercise for exercise in proposed if exercise.kind == ExerciseKind.GENTLE]
    others = [exercise for exercise in proposed if exercise not in gentle]
    for exercise in [*gentle[:1], *others[:EXERCISES]][:EXERCISES]:
        order = prescriptions.Order(exercise=exercise, dose=exercise.dose, is_shown=True)
        row = prescriptions.prescribe(plan, order, by=by, at=plan.starts_at + timedelta(minutes=10))
        if exercise in gentle:
            user = plan.patient.access.get().user
            day = timezone.localdate(plan.starts_at)
            ExerciseDone.objects.create(prescription=row, on=day, ticked_at=_evening(day), ticked_by=user)


def _evening(day):
    return civil_time.at(day, time(19, 30))
