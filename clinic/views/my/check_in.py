"""Checking in at the door: the patient's phone opens the address in today's code."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.errors import MoveNotAllowed
from clinic.scheduling import self_check_in
from clinic.views.shared import audit
from clinic.views.shared.visits import own_visits


@login_not_required
@require_safe
def visits(request, code):
    """Today's visits of the patients this account may act for. Nobody is looked up by name or birth date."""
    if not self_check_in.is_code_of(code, timezone.localdate()):
        return render(request, "my/scheduling/check_in/expired_code.html", status=410)
    if not request.user.is_authenticated:
        return render(request, "my/scheduling/check_in/sign_in.html", {"next": request.path})
    return _visits_page(request, code)


@login_not_required
@require_POST
def here(request, code, pk):
    """I am here. Anyone signed out by now signs in and returns to the page, not to this address."""
    page = reverse("check-in", args=[code])
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    visit = _own(request, pk)
    if not self_check_in.is_code_of(code, timezone.localdate()):
        return render(request, "my/scheduling/check_in/expired_code.html", status=410)
    try:
        with transaction.atomic():
            self_check_in.check_in(visit, by=request.user, at=timezone.now())
            audit.changed(request, visit.patient, "visit")
    except MoveNotAllowed as refusal:
        return _visits_page(request, code, refusal=refusal)
    return redirect(page)


def _visits_page(request, code, *, refusal=None):
    now = timezone.now()
    today = list(own_visits(request).on_day(timezone.localdate(now)))
    later = None if today else own_visits(request).upcoming(at=now).first()
    for patient in {visit.patient for visit in today + [later] * bool(later)}:
        audit.read(request, patient, "visit")
    context = {
        "code": code,
        "visits": [(visit, self_check_in.why_not(visit, at=now)) for visit in today],
        "is_family": len({visit.patient_id for visit in today}) > 1,
        "later": later,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "my/scheduling/check_in/visits.html", context, status=409 if refusal else 200)


def _own(request, pk):
    return get_object_or_404(own_visits(request), pk=pk)
