"""How are you? Answered by the link of a message or signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from aftercare.errors import AlreadyAnswered
from aftercare.forms.my.symptoms import SymptomForm
from aftercare.models import Asks, CarePlan, SymptomLevel
from aftercare.symptoms import answers, check_times
from aftercare.views.my.pain_diary import CHOSEN_HERE
from clinic.views.shared import audit, unsent

ANSWERED = "my/symptoms/answered.html"
unsent.asks_symptoms("care-check", "my-symptoms")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request, token):
    """Anyone who has the link sees questions and a first name; the POST saves the answer and uses up the link."""
    check = check_times.LINK.find(token)
    if check is None:
        raise Http404
    now = timezone.now()
    if sentence := check_times.LINK.why_not(check, at=now):
        return _useless(request, check.care_plan, sentence, status=410)
    chosen = request.session.get(CHOSEN_HERE, {}).get(str(check.pk))
    data = request.POST if request.method == "POST" else None
    form = SymptomForm(data, plan=check.care_plan, asks=check.asks, initial=chosen)
    if not form.questions:
        return _useless(request, check.care_plan, answers.PLEASE_CALL, status=503)
    if form.is_valid():
        try:
            _tell(request, check.care_plan, form, at=now, care_check=check)
        except AlreadyAnswered as refusal:
            shown = _answered(request, check.care_plan, answers.newest_answer_to(check))
            return render(request, ANSWERED, shown | {"sentence": str(refusal)}, status=409)
        request.session.pop(CHOSEN_HERE, None)
        return redirect("care-check", token)
    symptom_check = answers.newest_answer_to(check)
    if symptom_check and request.method != "POST":
        shown = _answered(request, check.care_plan, symptom_check)
        return render(request, ANSWERED, shown | {"token": token if _asks_pain(check, symptom_check) else ""})
    context = {"check": check, "token": token, "form": form, "plan": check.care_plan, "lead": _lead(check)}
    return render(request, "my/symptoms/check.html", context | {"asks_pain": _asks_pain(check)})


@require_http_methods(["GET", "HEAD", "POST"])
def own(request, pk):
    """Signed in, whenever something feels wrong."""
    plan = _own_plan(request, pk)
    now = timezone.now()
    if not plan.procedure.is_signed:
        return _useless(request, plan, answers.OF_NO_USE, status=410)
    form = SymptomForm(request.POST if request.method == "POST" else None, plan=plan)
    if not form.questions:
        return _useless(request, plan, answers.PLEASE_CALL, status=503)
    if form.is_valid():
        symptom_check = _tell(request, plan, form, at=now, request_token=form.cleaned_data["request_token"])
        return redirect("my-symptoms-answered", plan.pk, symptom_check.pk)
    return render(request, "my/symptoms/symptoms.html", {"form": form, "plan": plan})


@require_safe
def own_answered(request, pk, check):
    plan = _own_plan(request, pk)
    symptom_check = get_object_or_404(plan.symptom_checks, pk=check)
    return render(request, ANSWERED, _answered(request, plan, symptom_check) | {"is_signed_in": True})


def _useless(request, plan, sentence, *, status):
    return render(request, "my/symptoms/expired_link.html", {"sentence": sentence, "plan": plan}, status=status)


def _own_plan(request, pk):
    plans = CarePlan.objects.acted_for_by(request.user).select_related("procedure", "patient", "protocol")
    return get_object_or_404(plans.prefetch_related("procedure__sites__muscle"), pk=pk)


def _tell(request, plan, form, *, at, **more):
    told = answers.Told(form.levels, own_words=form.cleaned_data["own_words"], **more)
    return answers.submit(plan, told, at=at, **audit.asker(request))


def _answered(request, plan, symptom_check):
    """What to do now, by the worst answer; never what it may be."""
    audit.read(request, symptom_check.patient, "symptom answers")
    rows = list(symptom_check.answers.select_related("question"))
    return {
        "symptom_check": symptom_check,
        "plan": plan,
        "advice": answers.advice_of(rows, symptom_check.outcome),
        "call_by": answers.call_by(symptom_check) if symptom_check.outcome == SymptomLevel.AMBER else None,
        "has_phone": bool(symptom_check.patient.phone),
        "has_lung_risk": plan.procedure.has_lung_risk,
        "sentence": "",
        "is_signed_in": False,
        "token": "",
    }


def _asks_pain(check, symptom_check=None):
    """With one tap, once; a patient told to get help is not asked for a number."""
    is_red = symptom_check is not None and symptom_check.outcome == SymptomLevel.RED
    return check.asks == Asks.HOW_ARE_YOU and not is_red and not hasattr(check, "pain_entry")


def _lead(check):
    if check.asks == Asks.BREATHING:
        return _("Please take one deep breath. Then choose what fits.")
    return _("For each line choose what fits best.")
