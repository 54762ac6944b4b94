"""The QR code at the door: the desk shows it, the patient's phone opens where it leads."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic import arriving, auditing
from clinic.errors import MoveNotAllowed
from clinic.models import Appointment
from clinic.network import client_address

QUIET_ZONE = 4  # modules of white around the code: ISO/IEC 18004


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def code(request):
    """The code of today, to be printed or shown. The page fetches itself again, so that it is never yesterday's."""
    today = timezone.localdate()
    address = settings.SITE_URL + reverse("check-in", args=[arriving.code_of(today)])
    path, size = _drawn(address)
    context = {"today": today, "address": address, "path": path, "size": size, "is_reachable": not _is_loopback()}
    return render(request, "check_in/code.html", context)


@login_not_required
@require_safe
def visits(request, code):
    """Today's visits of those whom this account may act for. Nobody is looked up by name or birth date."""
    if not arriving.is_code_of(code, timezone.localdate()):
        return render(request, "check_in/old_code.html", status=410)
    if not request.user.is_authenticated:
        return render(request, "check_in/sign_in.html", {"next": request.path})
    return _visits_page(request, code)


@login_not_required
@require_POST
def here(request, code, pk):
    """I am here. Who is signed out by now signs in and comes back to the page, not to this address."""
    page = reverse("check-in", args=[code])
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    visit = _own(request, pk)
    if not arriving.is_code_of(code, timezone.localdate()):
        return render(request, "check_in/old_code.html", status=410)
    try:
        with transaction.atomic():
            arriving.check_in(visit, by=request.user, at=timezone.now())
            auditing.changed(visit.patient, by=request.user, what="visit", address=client_address(request))
    except MoveNotAllowed as refusal:
        return _visits_page(request, code, refusal=refusal)
    return redirect(page)


def _visits_page(request, code, *, refusal=None):
    now = timezone.now()
    today = list(_visits(request).on_day(timezone.localdate(now)))
    later = None if today else _visits(request).upcoming(at=now).first()
    for patient in {visit.patient for visit in today + [later] * bool(later)}:
        auditing.read(patient, by=request.user, what="visit", address=client_address(request))
    context = {
        "code": code,
        "visits": [(visit, arriving.why_not(visit, at=now)) for visit in today],
        "is_family": len({visit.patient_id for visit in today}) > 1,
        "later": later,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "check_in/visits.html", context, status=409 if refusal else 200)


def _visits(request):
    return Appointment.objects.acted_for_by(request.user).for_people().with_people_and_places()


def _own(request, pk):
    return get_object_or_404(_visits(request), pk=pk)


def _drawn(address):
    """The dark modules of a QR code as the path of an SVG, and how many modules wide it is with its white edge."""
    rows = [list(row) for row in segno.make_qr(address, error="m").matrix_iter(border=QUIET_ZONE)]
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return "".join(dark), len(rows)


def _is_loopback():
    return any(f"//{host}" in settings.SITE_URL for host in ("127.0.0.1", "localhost"))
