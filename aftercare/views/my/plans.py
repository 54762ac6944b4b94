"""The patient's days after: one page for each plan, with the one thing to do first on top."""

from uuid import uuid4

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftercare.care_plans import next_step
from aftercare.models import CarePlan, ExercisePrescription
from aftercare.outcomes import pain_charts, timeline
from aftercare.physiotherapy import booking
from aftercare.symptoms import pain_diary
from clinic.views.shared import audit


@require_safe
def own(request):
    """The newest plan of each patient of this account; a single one is shown directly."""
    now = timezone.now()
    plans = list(_plans(request).newest_of_each_patient(on=timezone.localdate(now)))
    if len(plans) == 1:
        return redirect(plans[0])
    for plan in plans:
        audit.read(request, plan.patient, "days after")
    cards = [{"plan": plan, "today": _today(plan, at=now)} for plan in plans]
    return render(request, "my/care_plans/plans.html", {"cards": cards})


@require_safe
def of_plan(request, pk):
    plan = get_object_or_404(_plans(request), pk=pk)
    audit.read(request, plan.patient, "days after")
    if not plan.is_standing:
        return render(request, "my/care_plans/withdrawn.html", {"plan": plan})
    now = timezone.now()
    context = {"plan": plan, "page_token": uuid4().hex, "pain_diary": _pain_diary(plan, at=now)}
    if not plan.is_running(at=now):
        return render(request, "my/care_plans/over.html", context)
    return render(request, "my/care_plans/plan.html", context | _running(plan, user=request.user, at=now))


@require_safe
def next_visit(request, pk):
    """Where a reminder leads that says, on anybody's locked screen, nothing but "your next visit"."""
    return redirect(get_object_or_404(_plans(request), pk=pk).referral)


def _plans(request):
    return CarePlan.objects.acted_for_by(request.user).with_record()


def _today(plan, *, at):
    if not plan.is_standing or not plan.is_running(at=at):
        return None
    return next_step.of_plan(plan, at=at)


def _pain_diary(plan, *, at):
    """What remains after the days with advice: the pain diary, and whom to contact."""
    points = timeline.pain_points_of(plan)
    told = [point for point in points if point.told is not None]
    on = timezone.localdate(at)
    return {
        "may_tell": pain_diary.is_open(plan, at=at),
        "told_today": next((point.told for point in told if point.on == on), None),
        "change": pain_diary.Change(plan.procedure.pain_before, told[-1].told) if told else None,
        "points": points,
        "chart": pain_charts.pain_chart(points, until=plan.physiotherapy_due_on) if told else None,
        "check": next_step.open_check(plan, at=at),
    }


def _running(plan, *, user, at):
    return {
        "today": next_step.of_plan(plan, at=at),
        "lifting": _lifting(plan, at=at),
        "days": plan.days(at=at),
        "lung_watch_until": plan.lung_watch_until(at=at),
        "referral": plan.referral,
        "booking": _booking(plan.referral, at=at),
        "has_exercises": ExercisePrescription.objects.acted_for_by(user)
        .running()
        .filter(patient=plan.patient_id)
        .exists(),
    }


def _lifting(plan, *, at):
    """Whether lifting is allowed again, or when; `percent` of the time without has passed."""
    return {
        "is_allowed": plan.may_lift(at=at),
        "percent": round(plan.lifting_share(at=at) * 100),
        "hours_left": plan.lifting_hours_left(at=at),
        "minutes_left": plan.lifting_minutes_left(at=at),
        "seconds_left": max(round((plan.nothing_heavy_until - at).total_seconds()), 0),
        "seconds_in_all": round((plan.nothing_heavy_until - plan.starts_at).total_seconds()),
    }


def _booking(referral, *, at):
    """The next open times, as long as physiotherapy must be booked."""
    times = booking.next_times(referral, at=at) if referral.is_to_be_booked else []
    return {
        "referral": referral,
        "days_left": referral.days_left(on=timezone.localdate(at)),
        "times": times,
        "are_late": bool(times) and timezone.localdate(times[0].starts_at) > referral.due_on,
    }
