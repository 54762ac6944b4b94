"""Pain from 0 to 10 in one tap: signed in, or by the link of a question."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from aftercare.forms.my.pain_diary import PainForm
from aftercare.forms.my.symptoms import SymptomForm
from aftercare.models import Asks, CarePlan
from aftercare.outcomes import pain_charts, timeline
from aftercare.symptoms import answers, check_times, pain_diary
from clinic.errors import DomainError, MoveNotAllowed
from clinic.views.shared import audit, unsent

TOLD_HERE = "told-pain-checks"  # in the session: the questions that this browser answered, and may see the chart of
CHOSEN_HERE = "chosen-symptoms"  # in the session: what was chosen below the number and not sent yet
unsent.asks_symptoms("care-check-pain", "my-aftercare-pain")


@require_POST
def tell(request, pk):
    plan = get_object_or_404(CarePlan.objects.acted_for_by(request.user).select_related("procedure"), pk=pk)
    form = PainForm(request.POST)
    token = form.cleaned_data["request_token"] if form.is_valid() else None
    entry = pain_diary.add_entry(plan, score=_score(form), at=timezone.now(), by=request.user, request_token=token)
    audit.wrote(request, entry.patient, "pain diary")
    messages.success(request, _("Thank you. We have noted: %(score)s of 10.") % {"score": entry.score})
    return redirect(f"{plan.get_absolute_url()}#pain")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request, token):
    """The POST uses the link up; then this browser, and no other, sees the chart and goes on to the questions."""
    check = check_times.LINK.find(token)
    if check is None or check.asks != Asks.HOW_ARE_YOU:
        raise Http404
    if request.method != "POST":
        return _thanks(request, check, token)
    now = timezone.now()
    is_unwell = _hear_symptoms(request, check, at=now)
    try:
        entry = _told_by_link(request, check, at=now)
    except MoveNotAllowed as refusal:
        if is_unwell:
            return redirect("care-check", token)
        audit.read(request, check.care_plan.patient, "pain diary")
        is_asked = not (check_times.LINK.why_not(check, at=now) or hasattr(check, "symptom_check"))
        context = {"sentence": str(refusal), "token": token if is_asked else ""} | _condition_context(check)
        return render(request, "my/symptoms/pain_diary/expired_link.html", context, status=410)
    audit.wrote(request, entry.patient, "pain diary")
    if entry.told_at == now:
        request.session[TOLD_HERE] = [*request.session.get(TOLD_HERE, []), check.pk]
    return redirect("care-check" if is_unwell else "care-check-pain", token)


def _hear_symptoms(request, check, *, at):
    """What was chosen below the numbers comes along: what worries is saved now, the rest kept for the next page."""
    form = SymptomForm(request.POST, questions=answers.questions_for(check.care_plan, asks=check.asks))
    is_unwell = form.is_valid() and form.told().is_worrying
    if is_unwell:
        answers.submit(check.care_plan, form.told(care_check=check), at=at, **audit.asker(request))
        request.session.pop(CHOSEN_HERE, None)
    elif chosen := form.so_far:
        request.session[CHOSEN_HERE] = {str(check.pk): chosen}
    return is_unwell


def _told_by_link(request, check, *, at):
    if sentence := check_times.LINK.why_not(check, at=at):
        raise MoveNotAllowed(sentence)
    by = request.user if request.user.is_authenticated else None
    return pain_diary.answer_check(check, score=_score(PainForm(request.POST)), at=at, by=by)


def _thanks(request, check, token):
    entry = getattr(check, "pain_entry", None)
    if entry is None or check.pk not in request.session.get(TOLD_HERE, []):
        return redirect("care-check", token)
    plan = CarePlan.objects.with_record().get(pk=check.care_plan_id)
    audit.read(request, plan.patient, "pain diary")
    points = timeline.pain_points_of(plan)
    context = _condition_context(check) | {
        "token": token,
        "entry": entry,
        "change": pain_diary.Change(plan.procedure.pain_before, entry.score),
        "points": points,
        "chart": pain_charts.pain_chart(points, until=plan.physiotherapy_due_on),
        "is_answered": hasattr(check, "symptom_check"),
    }
    return render(request, "my/symptoms/pain_diary/thanks.html", context)


def _condition_context(check):
    return {"plan": check.care_plan, "told_here": answers.told_by_link(check)}


def _score(form):
    if not form.is_valid():
        raise DomainError(_("Choose a number from 0 to 10."))
    return form.cleaned_data["score"]
