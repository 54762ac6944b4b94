"""How are you? Answered by the link of a message or signed in; what is missing is added on the page that follows."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aftercare.forms.my.symptoms import SymptomForm
from aftercare.models import Asks, CarePlan
from aftercare.symptoms import answers, check_times
from aftercare.views.my.pain_diary import CHOSEN_HERE
from clinic.views.shared import audit, unsent

EXPIRED = "my/symptoms/expired_link.html"
unsent.asks_symptoms("care-check", "my-symptoms", "my-symptoms-answered")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request, token):
    """Anyone who has the link sees questions and a first name. Who is unwell is heard also when its time is over."""
    check = check_times.LINK.find(token)
    if check is None:
        raise Http404
    now, plan = timezone.now(), check.care_plan
    sentence = check_times.LINK.why_not(check, at=now)
    told_before = None if sentence else answers.worst_answer_to(check)
    if told_before and (request.method != "POST" or "adds_to" in request.POST):
        return _answered(request, told_before, at=now, care_check=check, token=token)
    chosen = request.session.get(CHOSEN_HERE, {}).get(str(check.pk))
    form = SymptomForm(_posted(request), questions=answers.questions_for(plan, asks=check.asks), initial=chosen)
    if form.questions and form.is_valid() and _is_heard(form, is_over=sentence):
        answers.submit(plan, form.told(care_check=check), at=now, **audit.asker(request))
        request.session.pop(CHOSEN_HERE, None)
        return redirect("care-check", token)
    audit.read(request, plan.patient, "symptom questions")
    context = {"plan": plan, "told_here": answers.told_by_link(check)}
    if refused := _refused(request, form, sentence, context):
        return refused
    context |= {"token": token, "form": form, "lead": _lead(check), "asks_pain": _asks_pain(check)}
    return render(request, "my/symptoms/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def own(request, pk):
    """Signed in, whenever something feels wrong."""
    plan = _own_plan(request, pk)
    form = SymptomForm(_posted(request), questions=answers.questions_for(plan))
    sentence = "" if plan.is_standing else answers.OF_NO_USE
    if form.questions and form.is_valid() and _is_heard(form, is_over=sentence):
        symptom_check = answers.submit(plan, form.told(), at=timezone.now(), **audit.asker(request))
        return redirect("my-symptoms-answered", plan.pk, symptom_check.pk)
    audit.read(request, plan.patient, "symptom questions")
    if refused := _refused(request, form, sentence, {"plan": plan, "told_here": None}):
        return refused
    return render(request, "my/symptoms/symptoms.html", {"form": form, "plan": plan})


@require_http_methods(["GET", "HEAD", "POST"])
def own_answered(request, pk, check):
    plan = _own_plan(request, pk)
    symptom_check = get_object_or_404(plan.symptom_checks, pk=check, adds_to=None)
    return _answered(request, symptom_check, at=timezone.now())


def _own_plan(request, pk):
    plans = CarePlan.objects.acted_for_by(request.user).select_related("procedure", "patient", "protocol")
    return get_object_or_404(plans.prefetch_related("procedure__sites__muscle"), pk=pk)


def _posted(request):
    return request.POST if request.method == "POST" else None


def _is_heard(form, *, is_over):
    return not is_over or form.told().is_worrying


def _refused(request, form, sentence, context):
    """The page without a form: the link or its record is over, or the clinic has no questions. None if neither."""
    if not form.questions:
        return render(request, EXPIRED, context | {"sentence": answers.PLEASE_CALL}, status=409)
    return render(request, EXPIRED, context | {"sentence": sentence}, status=410) if sentence else None


def _answered(request, symptom_check, *, at, care_check=None, token=""):
    """How the patient is, and the questions that are still open."""
    plan = care_check.care_plan if care_check else symptom_check.care_plan
    find = answers.unanswered_in if request.method == "POST" else answers.missing_from  # sent again: the same form
    form = SymptomForm(_posted(request), questions=find(symptom_check), adds_to=symptom_check)
    if form.is_valid():
        answers.submit(plan, form.told(care_check=care_check), at=at, **audit.asker(request))
        return redirect(request.path)
    audit.read(request, symptom_check.patient, "symptom answers")
    context = {
        "symptom_check": symptom_check,
        "plan": plan,
        "form": form if form.questions else None,
        "is_signed_in": care_check is None,
        "told_here": answers.told_by_link(care_check) if care_check else None,
        "token": token if care_check and _asks_pain(care_check) else "",
    }
    return render(request, "my/symptoms/answered.html", context)


def _asks_pain(check):
    """With one tap, once."""
    return check.asks == Asks.HOW_ARE_YOU and not hasattr(check, "pain_entry")


def _lead(check):
    if check.asks == Asks.BREATHING:
        return _("Please take one deep breath. Then choose what fits.")
    return _("For each line choose what fits best. One answer is enough if something is wrong.")
