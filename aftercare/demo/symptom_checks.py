"""How the demo's patients are in the days after, by their answers: most well, one awaits a call, one was red."""

from datetime import timedelta

from aftercare.models import Asks, CareCheck, CarePlan, SymptomAnswer, SymptomCheck, SymptomLevel, SymptomQuestion
from aftercare.symptoms import answers, check_times, follow_ups
from procedures.models import InjectionSite, LungRisk

SILENT = 3  # one in this many does not answer
ANSWERED_AFTER = timedelta(minutes=25)
FOLLOWED_UP = "Was at the emergency room, X-ray clear, no air beside the lung. Called again in the evening: well."


def write(clinic):
    """Old plans get their checks; most patients answered those that were due before the moment."""
    stage, moment = clinic.stages, clinic.moment
    plans = CarePlan.objects.standing().filter(starts_at__lt=moment.now).select_related("procedure", "protocol")
    plans = plans.prefetch_related("procedure__sites__muscle", "protocol__check_times", "checks").order_by("pk")
    unasked = [plan for plan in plans if not plan.checks.all()]
    CareCheck.objects.bulk_create((c for plan in unasked for c in check_times.checks_of(plan)), batch_size=500)
    shown = {visit.patient.pk for visit in (stage.yesterday, stage.late, stage.just_signed, stage.here)}
    others = plans.exclude(patient__in=shown)
    waiting = amber(others, moment)
    red(others.exclude(pk=waiting.pk), clinic.team, moment)
    write_green(others.exclude(pk=waiting.pk), moment)


def amber(plans, moment):
    """Reported half an hour ago: the clinic has promised to call. Returns the plan."""
    newest = plans.filter(starts_at__lt=moment.now - timedelta(days=1), patient__contacts__system="phone")
    plan = newest.order_by("-starts_at").first()
    tell(plan, at=moment.now - timedelta(minutes=30), infection=SymptomLevel.AMBER)
    return plan


def red(plans, team, moment):
    """The day after a needle near the lung, some days ago; a physician followed it up."""
    near_lung = InjectionSite.objects.exclude(muscle__lung_risk=LungRisk.NO).values("procedure")
    plan = plans.filter(procedure__in=near_lung, starts_at__lt=moment.now - timedelta(days=2))
    plan = plan.order_by("-starts_at").first()
    if plan is None:
        return
    at = plan.starts_at + timedelta(hours=26)
    check = tell(plan, at=at, breathing=SymptomLevel.RED)
    follow_ups.follow_up(check, by=team.physicians[0].user, note=FOLLOWED_UP, at=at + timedelta(minutes=20))
    follow_ups.item_of(check).update(ended_at=at + timedelta(minutes=20))


def tell(plan, *, at, **worse):
    levels = {question.pk: worse.get(question.pk, SymptomLevel.GREEN) for question in answers.questions_for(plan)}
    check = answers.submit(plan, answers.Told(levels), at=at)
    follow_ups.item_of(check).update(created_at=at)
    return check


def write_green(plans, moment):
    """Asked and answered within the hour: all well."""
    asked = CareCheck.objects.filter(care_plan__in=plans, symptom_check=None)
    asked = asked.filter(due_at__lt=moment.now - ANSWERED_AFTER).select_related("care_plan")
    answered = [check for check in asked.order_by("pk") if check.care_plan_id % SILENT]
    near_lung = {plan.pk for plan in plans if plan.procedure.has_lung_risk}
    questions = list(SymptomQuestion.objects.filter(is_active=True))
    green = [
        SymptomCheck(
            care_plan_id=check.care_plan_id,
            patient_id=check.care_plan.patient_id,
            care_check=check,
            outcome=SymptomLevel.GREEN,
            answered_at=check.due_at + ANSWERED_AFTER,
        )
        for check in answered
    ]
    SymptomCheck.objects.bulk_create(green, batch_size=500)
    SymptomAnswer.objects.bulk_create(
        (
            SymptomAnswer(check_made=made, question=each, level=SymptomLevel.GREEN, words=each.green_words)
            for made in green
            for each in questions
            if is_asked(each, made, near_lung)
        ),
        batch_size=500,
    )


def is_asked(question, made, near_lung):
    if made.care_check.asks == Asks.BREATHING:
        return question.only_near_lung
    return made.care_plan_id in near_lung or not question.only_near_lung
