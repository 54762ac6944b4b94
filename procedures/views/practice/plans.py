"""The physician's plan of a visit: which muscles, on which side, how the spot is found, with a steroid or not."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import MoveNotAllowed
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits
from procedures.consent import visit_plans
from procedures.forms.practice.plans import PlanForms
from procedures.models import ProcedurePlan
from procedures.records import suggestions


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, pk):
    appointment = get_object_or_404(visible_visits(request), pk=pk)
    there = ProcedurePlan.objects.visible_to(request.user).filter(appointment=appointment).first()
    if request.method == "POST":
        if request.POST.get("patient") != str(appointment.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
        return _write(request, appointment)
    visit_plans.refuse_if_over(appointment)
    audit.read(request, appointment.patient, "plan of a visit")
    return _page(request, appointment, PlanForms.of(appointment, there))


def _write(request, appointment):
    sent = PlanForms.sent(request.POST)
    if "add_site" in request.POST or "add_sites" in request.POST:
        visit_plans.refuse_if_over(appointment)
        rows = [{"muscle": row["muscle"], "side": row["side"]} for row in _tapped(request)]
        return _page(request, appointment, sent.with_more(rows))
    saved = None
    if sent.is_valid():
        with transaction.atomic():
            saved = sent.save(appointment, by=request.user, at=timezone.now())
            if saved:
                audit.wrote(request, appointment.patient, "plan of a visit")
    if saved is None:
        return _page(request, appointment, sent)
    _say_what_follows(request, appointment, ended=saved[1])
    return redirect(f"{reverse('practice-visit', args=[appointment.pk])}#consent")


def _tapped(request):
    """The sites of the pattern whose button was pressed, each with a muscle and a side."""
    rows = suggestions.sites_of(request.POST.get("add_sites", ""))
    return [row for row in rows if row.keys() >= {"muscle", "side"}][: visit_plans.MAX_SITES]


def _say_what_follows(request, appointment, *, ended):
    if ended:
        sentence = _("The plan has changed, so the consent that %(name)s signed has ended. It must be signed again.")
        messages.warning(request, sentence % {"name": ended.signed_name})
    else:
        sentence = _("The plan is saved. %(patient)s can read and sign the consent now.")
        messages.success(request, sentence % {"patient": appointment.patient})


def _page(request, appointment, plan_forms):
    typed = [row.typed for row in plan_forms.rows.kept_forms]
    patterns = suggestions.patterns(appointment, user=request.user)
    context = {
        "appointment": appointment,
        "form": plan_forms.form,
        "rows": plan_forms.rows,
        "patterns": [each for each in patterns if not _is_there(each, typed)],
        "may_grow": len(typed) < visit_plans.MAX_SITES,
    }
    return render(request, "practice/consent/plan.html", context)


def _is_there(pattern, typed):
    return all({"muscle": row["muscle"], "side": row["side"]} in typed for row in suggestions.sites_of(pattern.value))
