"""The QR code at the door, shown by the desk."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.scheduling import self_check_in

QUIET_ZONE = 4  # modules of white around the code: ISO/IEC 18004


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def code(request):
    """Today's code, to be printed or shown. The page reloads itself, so that it never shows yesterday's."""
    today = timezone.localdate()
    address = settings.SITE_URL + reverse("check-in", args=[self_check_in.code_of(today)])
    path, size = _drawn(address)
    context = {"today": today, "address": address, "path": path, "size": size, "is_reachable": not _is_loopback()}
    return render(request, "desk/scheduling/check_in_code.html", context)


def _drawn(address):
    """The dark modules of a QR code as the path of an SVG, and its width in modules, white edge included."""
    rows = [list(row) for row in segno.make_qr(address, error="m").matrix_iter(border=QUIET_ZONE)]
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return "".join(dark), len(rows)


def _is_loopback():
    return any(f"//{host}" in settings.SITE_URL for host in ("127.0.0.1", "localhost"))
