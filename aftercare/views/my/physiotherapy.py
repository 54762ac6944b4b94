"""The patient's pages about the days after."""

from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftercare.forms.my.physiotherapy import PhysiotherapyTimeForm
from aftercare.models import ServiceRequest, ServiceRequestStatus
from aftercare.physiotherapy import booking
from clinic.errors import TimeTaken
from clinic.lib import civil_time
from clinic.scheduling.wishes import Wish
from clinic.views.shared import audit


@require_http_methods(["GET", "HEAD", "POST"])
def physiotherapy(request, pk):
    """Open times before the deadline, each one tap away from being booked."""
    referral = _own(request, pk)
    if referral.status == ServiceRequestStatus.REVOKED:
        return redirect("my")
    now, kind = timezone.now(), booking.visit_type()
    refusal = None
    if request.method == "POST":
        form = PhysiotherapyTimeForm(request.POST)
        try:
            wish = Wish(kind, **form.cleaned_data) if kind and form.is_valid() else booking.no_such_time()
            appointment = booking.book(referral, wish, by=request.user, at=now)
        except TimeTaken as error:
            refusal = error
        else:
            audit.wrote(request, referral.patient, "physiotherapy")
            when = civil_time.written(appointment.starts_at)
            messages.success(request, _("Booked: %(when)s.") % {"when": when})
            return redirect(referral.care_plan)
    context = {
        "referral": referral,
        "refusal": refusal,
        "days": booking.open_days(referral, at=now),
        "page_token": uuid4().hex,
    }
    return render(request, "my/physiotherapy/book.html", context, status=409 if refusal else 200)


def _own(request, pk):
    referrals = ServiceRequest.objects.acted_for_by(request.user)
    return get_object_or_404(referrals.select_related("patient", "care_plan", "appointment"), pk=pk)
