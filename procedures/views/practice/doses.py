"""The dose meter while typing, and the clinic's dose limits."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import DomainError
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required
from clinic.views.shared.visits import visible_visits
from procedures.dosing import limit_effects, limits
from procedures.dosing.limits import LimitKey
from procedures.forms.practice.dose_limits import LimitForm, SignLimitForm
from procedures.forms.practice.doses import show_typed
from procedures.models import DoseLimit, DoseProfile


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def typed_doses(request, pk):
    """The meter of what is being typed, a part of a page. Saves nothing; the record's page has logged the reader."""
    appointment = _appointment(request, pk)
    shown, unfinished = show_typed(appointment, request.POST, at=timezone.now())
    return render(request, "practice/dosing/_meter.html", {"shown": shown, "unfinished": unfinished})


def _appointment(request, pk):
    return get_object_or_404(visible_visits(request), pk=pk)


@permission_required("procedures.sign_doselimit", raise_exception=True)
@require_safe
def dose_limits(request):
    limits = DoseLimit.objects.select_related("drug", "signed_by").order_by(
        "drug", "with_adrenaline", "-period", "-version"
    )
    profiles = [
        {"profile": profile, "limits": [limit for limit in limits if limit.profile_id == profile.pk]}
        for profile in DoseProfile.objects.all()
    ]
    for each in profiles:
        each["in_force"] = [limit for limit in each["limits"] if limit.is_signed and limit.replaced_at is None]
        each["proposed"] = [limit for limit in each["limits"] if _is_open(limit, each["in_force"])]
        shown = {limit.pk for limit in [*each["in_force"], *each["proposed"]]}
        each["history"] = [limit for limit in each["limits"] if limit.pk not in shown]
    return render(request, "practice/dosing/limits.html", {"profiles": profiles})


def _is_open(limit, in_force):
    """Proposed, and not replaced by a newer version that was signed."""
    key = (limit.drug_id, limit.with_adrenaline, limit.period)
    return not limit.is_signed and not any(
        (other.drug_id, other.with_adrenaline, other.period) == key and other.version > limit.version
        for other in in_force
    )


@permission_required("procedures.sign_doselimit", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def sign_dose_limit(request, pk):
    """Asks for confirmation, in a sentence: who puts which limit in force, and what it would have changed."""
    limit = get_object_or_404(DoseLimit.objects.select_related("profile", "drug", "proposed_by"), pk=pk)
    replaced = LimitKey.of(limit).versions.in_force().first()
    form = SignLimitForm(request.POST or None, is_big=limit_effects.is_big(limit, replaced))
    if request.method == "POST" and form.is_valid():
        limits.sign_limit(limit, by=request.user, at=timezone.now())
        messages.success(request, _("The limit is in force, signed by you."))
        return redirect("practice-dose-limits")
    if limit.is_signed:
        return redirect("practice-dose-limits")
    return render(request, "practice/dosing/sign.html", _what_is_signed(request, limit, replaced) | {"form": form})


def _what_is_signed(request, limit, replaced):
    has_effect = not limit.is_of_all_steroids
    return {
        "limit": limit,
        "replaced": replaced,
        "refusal": limits.signing_refusal(limit, by=request.user),
        "is_big": limit_effects.is_big(limit, replaced),
        "examples": limit_effects.examples(limit, replaced),
        "effect": limit_effects.effect_of(limit, replaced, on=timezone.localdate()) if has_effect else None,
    }


@permission_required("procedures.sign_doselimit", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_dose_limit(request):
    """A new version of the limit named by ?limit=, or a limit for a drug that has none yet."""
    form = LimitForm(request.POST or None, initial=_limit_to_begin_with(request))
    if request.method == "POST" and form.is_valid():
        try:
            form.propose(by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(error.field, str(error))
        else:
            sentence = _("The new version is written. It is not in force until another physician signs it.")
            messages.success(request, sentence)
            return redirect("practice-dose-limits")
    return render(request, "practice/dosing/propose.html", {"form": form})


def _limit_to_begin_with(request):
    asked = request.GET.get("limit", "")
    if not asked.isdecimal():
        return {"profile": DoseProfile.objects.filter(is_default=True).first()}
    limit = get_object_or_404(DoseLimit, pk=int(asked[:15]))
    return LimitForm.initial_of(limit)
