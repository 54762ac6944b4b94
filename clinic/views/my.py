"""The patient's own pages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic import auditing, booking
from clinic.models import Appointment, Patient
from clinic.network import client_address
from clinic.views.booking import calendar_answer


@require_safe
def home(request):
    """Everybody this account may act for: what is to be done now, and the visits."""
    patients = list(Patient.objects.acted_for_by(request.user))
    now = timezone.now()
    for patient in patients:
        auditing.read(patient, by=request.user, what="own pages", address=client_address(request))
    visits = Appointment.objects.acted_for_by(request.user).for_people().with_people_and_places()
    context = {
        "patients": patients,
        "is_family": len(patients) > 1,
        "upcoming": visits.upcoming(at=now),
        "past": visits.filter(ends_at__lte=now).order_by("-starts_at")[:20],
    }
    return render(request, "my/home.html", context)


@require_safe
def calendar(request, pk):
    return calendar_answer(_own(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    appointment = _own(request, pk)
    now = timezone.now()
    if request.method == "POST":
        booking.cancel_by_patient(appointment, by=request.user, at=now)
        auditing.changed(appointment.patient, by=request.user, what="visit", address=client_address(request))
        messages.success(request, _("Your visit is cancelled. You need not come."))
        return redirect("my")
    may_cancel = booking.may_be_cancelled_by_patient(appointment, at=now)
    return render(request, "my/cancel.html", {"appointment": appointment, "may_cancel": may_cancel})


def _own(request, pk):
    visits = Appointment.objects.acted_for_by(request.user)
    return get_object_or_404(visits.for_people().with_people_and_places(), pk=pk)
