"""The patient's waitlist: say what would suit, take the time that is held, or leave."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.forms.my.waitlist import WaitlistForm
from clinic.lib import civil_time
from clinic.models import Patient, VisitType, WaitlistEntry
from clinic.scheduling import booking, waitlist
from clinic.views.shared import audit


@require_safe
def entries(request):
    entries = WaitlistEntry.objects.acted_for_by(request.user).current().select_related("patient", "visit_type")
    entries = list(entries.prefetch_related("practitioners", "offers__appointment__practitioner"))
    for patient in {entry.patient for entry in entries}:
        audit.read(request, patient, "waitlist")
    return render(request, "my/scheduling/waitlist.html", {"entries": entries, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def join(request, visit_type):
    visit_type = get_object_or_404(VisitType.objects.for_patients(), slug=visit_type)
    patients = Patient.objects.acted_for_by(request.user).living()
    form = WaitlistForm(request.POST or None, visit_type=visit_type, patients=patients)
    if form.is_valid():
        patient = form.chosen_patient
        waitlist.join(patient, visit_type, form.suitable, by=request.user, at=timezone.now())
        audit.changed(request, patient, "waitlist")
        messages.success(request, _("You are on the list. We write to you when a time comes free."))
        return redirect("my-waitlist")
    audit.read_each(request, [patient.pk for patient in patients], "waitlist")
    return render(
        request, "my/scheduling/waitlist_join.html", {"visit_type": visit_type, "form": form, "patients": patients}
    )


@require_POST
def take(request, pk):
    entry = _own(request, pk)
    now = timezone.now()
    appointment = booking.confirm(waitlist.hold_for(entry, at=now), patient=entry.patient, by=request.user, at=now)
    audit.wrote(request, entry.patient, "booking")
    when = civil_time.written_near(appointment.starts_at)
    messages.success(request, _("Your visit is booked: %(when)s.") % {"when": when})
    return redirect("my")


@require_POST
def leave(request, pk):
    entry = _own(request, pk)
    waitlist.leave(entry, at=timezone.now())
    audit.changed(request, entry.patient, "waitlist")
    messages.success(request, _("You are no longer on the list."))
    return redirect("my-waitlist")


def _own(request, pk):
    entries = WaitlistEntry.objects.acted_for_by(request.user)
    return get_object_or_404(entries.select_related("patient", "visit_type"), pk=pk)
