"""One referral at the physiotherapist's: what was done, how it is now, the assessment and the exercises."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercare.forms.practice.assessments import AssessmentForm, as_before
from aftercare.forms.practice.prescriptions import OrdersForm
from aftercare.models import Exercise, ExercisePrescription, PhysiotherapyAssessment, ServiceRequest
from aftercare.outcomes import pain_charts, timeline
from aftercare.physiotherapy import assessments, exercise_days, prescriptions
from aftercare.views.practice.exercise_notes import noticed
from clinic.errors import DomainError, MoveNotAllowed
from clinic.views.shared import audit
from procedures.models import PainCause
from procedures.screening import pain_reports

SEE = ["aftercare.view_servicerequest", "aftercare.view_careplan"]
ASSESS = [*SEE, "aftercare.add_physiotherapyassessment"]
PRESCRIBE = [*SEE, "aftercare.add_exerciseprescription"]


@permission_required(SEE, raise_exception=True)
@require_safe
def referral(request, pk):
    shown = _referral(request, pk)
    now = timezone.now()
    plan, patient = shown.care_plan, shown.patient
    points = timeline.pain_points_of(plan)
    audit.read(request, patient, "referral and aftercare")
    today = timezone.localdate(now)
    context = {
        "referral": shown,
        "plan": plan,
        "patient": patient,
        "may_lift": plan.may_lift(at=now),
        "lung_watch_until": plan.lung_watch_until(at=now),
        "days_left": shown.days_left(on=today),
        "is_late": shown.is_late(on=today),
        "chart": pain_charts.pain_chart(points),
        "points": points,
        "assessments": _assessments(request, patient),
        "tasks": exercise_days.tasks_of(_prescriptions(request, patient), at=now),
        "ended": _ended(request, patient),
    }
    return render(request, "practice/physiotherapy/referral.html", context)


@permission_required(ASSESS, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request, pk):
    """Never changed afterwards: new findings need a new one."""
    shown = _referral(request, pk)
    latest = assessments.newest(shown)
    form = _assessment_form(request, shown, latest)
    if request.method == "POST":
        _refuse_another_patient(request, shown)
        if form.is_valid() and _save(request, shown, form):
            messages.success(request, _("The assessment is kept. It cannot be changed; you can write another one."))
            return redirect("practice-referral", pk)
    audit.read(request, shown.patient, "referral and aftercare")
    told = pain_reports.latest(shown.patient)
    context = {
        "referral": shown,
        "patient": shown.patient,
        "form": form,
        "latest": latest,
        "causes_told": [PainCause(cause).label for cause in told.causes if cause in PainCause.values] if told else [],
        "told": told,
    }
    return render(request, "practice/physiotherapy/assess.html", context)


@permission_required(PRESCRIBE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def exercises(request, pk):
    """Proposed by the injected muscles; the others can be found. All that is ticked is assigned, or nothing."""
    shown = _referral(request, pk)
    now = timezone.now()
    form = _orders_form(request, shown)
    if request.method == "POST":
        _refuse_another_patient(request, shown)
        if "search" not in request.POST and form.is_valid() and (many := _prescribe(request, shown, form, at=now)):
            done = ngettext("%(many)s exercise is assigned.", "%(many)s exercises are assigned.", many)
            messages.success(request, done % {"many": many})
            return redirect("practice-referral-exercises", pk)
    audit.read(request, shown.patient, "exercises")
    lifting = prescriptions.lift_again_at(shown.patient_id)
    tasks = exercise_days.tasks_of(_prescriptions(request, shown.patient), at=now)
    context = {
        "referral": shown,
        "patient": shown.patient,
        "form": form,
        "is_judged": request.method == "POST" and "search" not in request.POST,
        "words": _words(request),
        "tasks": tasks,
        "noticed": noticed(shown.patient, tasks),
        "waits_until": lifting if lifting and lifting > now else None,
    }
    return render(request, "practice/physiotherapy/exercises.html", context)


@permission_required(PRESCRIBE, raise_exception=True)
@require_POST
def end_exercise(request, pk, prescription):
    shown = _referral(request, pk)
    row = get_object_or_404(_prescriptions(request, shown.patient), pk=prescription)
    with transaction.atomic():
        prescriptions.end(row, by=request.user, at=timezone.now())
        audit.changed(request, shown.patient, "exercise ended")
    messages.success(request, _("Ended: %(exercise)s.") % {"exercise": row.exercise})
    return redirect("practice-referral-exercises", pk)


def _referral(request, pk):
    referrals = ServiceRequest.objects.visible_to(request.user).select_related(
        "patient", "appointment__practitioner", "answered_by", "care_plan__procedure__definition"
    )
    parts = ("care_plan__procedure__sites__muscle", "care_plan__procedure__pain_scores", "patient__contacts")
    return get_object_or_404(referrals.prefetch_related(*parts), pk=pk)


def _assessments(request, patient):
    rows = PhysiotherapyAssessment.objects.visible_to(request.user).filter(patient=patient)
    return rows.select_related("assessed_by").prefetch_related("ranges", "causes", "other_therapies")


def _prescriptions(request, patient):
    return ExercisePrescription.objects.visible_to(request.user).filter(patient=patient).select_related("exercise")


def _ended(request, patient):
    ended = _prescriptions(request, patient).filter(ended_at__isnull=False)
    return ended.annotate(times=Count("ticks")).order_by("-ended_at")


def _regions(referral):
    return list(dict.fromkeys(site.muscle.region_id for site in referral.care_plan.procedure.sites.all()))


def _assessment_form(request, referral, latest):
    if request.method == "POST":
        return AssessmentForm(request.POST, regions=_regions(referral))
    initial = {"request_token": uuid4().hex, "seen": latest.pk if latest else None}
    before = as_before(latest) if latest else {}
    return AssessmentForm(initial=initial | before, regions=_regions(referral))


def _save(request, referral, form):
    """True when it is written. A refusal is shown on the page, with everything that was typed."""
    entered = form.cleaned_data
    try:
        with transaction.atomic():
            assessments.assess(
                referral,
                form.found,
                page=assessments.FormPage(entered["request_token"], seen=entered["seen"]),
                by=request.user,
                at=timezone.now(),
            )
            audit.wrote(request, referral.patient, "assessment")
    except assessments.AssessedMeanwhile as refusal:
        form.add_error(None, str(refusal))
        form.data = form.data.copy()
        form.data["seen"] = assessments.newest(referral).pk
        return False
    except assessments.PageAlreadyUsed as refusal:
        form.add_error(None, str(refusal))
        form.data = form.data.copy()
        form.data["request_token"] = uuid4().hex
        return False
    return True


def _orders_form(request, referral):
    doing = _prescriptions(request, referral.patient).running().values("exercise")
    offered = Exercise.objects.filter(is_active=True).prefetch_related("muscles")
    reasons = exercise_days.reasons_for(referral.care_plan.procedure.sites.all(), offered)
    data = request.POST if request.method == "POST" else None
    return OrdersForm(data, reasons=reasons, doing=doing, words=_words(request))


def _words(request):
    return (request.POST if request.method == "POST" else request.GET).get("q", "")[:100]


def _prescribe(request, referral, form, *, at):
    """How many were assigned; none if one of them is refused."""
    if not form.orders:
        form.add_error(None, _("Tick the exercises that you want to assign."))
        return 0
    with transaction.atomic():
        for order in form.orders:
            try:
                prescriptions.prescribe(
                    referral.care_plan, order, by=request.user, at=at, assessment=assessments.newest(referral)
                )
            except DomainError as refusal:
                form.refuse(order, refusal)
        if form.errors:
            transaction.set_rollback(True)
            return 0
        audit.wrote(request, referral.patient, "exercises")
    return len(form.orders)


def _refuse_another_patient(request, referral):
    if request.POST.get("patient") != str(referral.patient_id):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
