"""Who may see me, or whom I care for: the patient looks, and takes it back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.models import AccessEnd
from clinic.people import access
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required


@require_safe
def of_own(request):
    """For each patient for whom this account may act: everybody else who may, too."""
    rows = access.seen_by(request.user).order_by("patient_id", "since", "pk")
    families = {}
    for row in rows.select_related("patient", "user").prefetch_related("user__contacts"):
        row.may_be_ended = access.may_end(request.user, row)
        families.setdefault(row.patient, []).append(row)
    for patient in families:
        audit.read(request, patient, "who may see")
    context = {"families": list(families.items()), "is_family": len(families) > 1}
    return render(request, "my/people/access.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def end(request, pk):
    """Asks first; the POST takes it back."""
    row = get_object_or_404(access.seen_by(request.user).select_related("patient", "user"), pk=pk)
    audit.read(request, row.patient, "who may see")
    if not access.may_end(request.user, row):
        return render(request, "my/people/access_of_desk.html", {"row": row}, status=409)
    if request.method == "POST":
        access.end(row, why=AccessEnd.PATIENT, by=request.user, at=timezone.now())
        messages.success(request, _("Done. Nobody sees anything by it any more."))
        return redirect("my-access")
    return render(request, "my/people/access_end.html", {"row": row, "is_own": row.user == request.user})
