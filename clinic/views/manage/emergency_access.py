"""Who opened patients that were not in their care, why, and what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.errors import DomainError
from clinic.forms.manage.emergency_access import ReviewForm
from clinic.models import AuditEvent, EmergencyAccess
from clinic.people import emergency_access
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of

PERMISSION = "clinic.review_emergency_access"
MOST_SEEN = 50


@permission_required(PERMISSION, raise_exception=True)
@require_safe
def accesses(request):
    """Those that nobody has looked at first."""
    rows = EmergencyAccess.objects.select_related("user", "patient", "reviewed_by")
    page = page_of(rows.order_by(F("reviewed_at").desc(nulls_first=True), "-at", "-pk"), request)
    audit.read_each(request, [row.patient_id for row in page.rows], "emergency access")
    return render(request, "manage/people/emergency_accesses.html", {"page": page})


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, pk):
    row = get_object_or_404(EmergencyAccess.objects.select_related("user", "patient", "reviewed_by"), pk=pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            emergency_access.review(row, by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("manage-emergency")
    audit.read(request, row.patient, "emergency access")
    seen = AuditEvent.objects.filter(by=row.user, patient=row.patient, at__range=(row.at, row.until)).order_by("at")
    context = {"row": row, "form": form, "seen": seen[:MOST_SEEN]}
    return render(request, "manage/people/emergency_review.html", context)
