"""The manager decides on a patient's wish to have data removed, and opens again what was locked."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.errors import CannotRemove
from clinic.forms.manage.removals import RemovalReasonForm
from clinic.models import Patient
from clinic.privacy import data_requests, notice, removal, retention
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required

SHOWN = 50


@permission_required("clinic.remove_data", raise_exception=True)
@require_safe
def removals(request):
    """Who asked and waits for an answer, and what is over by the times that patients are told."""
    asked = list(data_requests.all_open_removals().select_related("patient")[:SHOWN])
    audit.read_each(request, [item.patient_id for item in asked], "removal")
    context = {"asked": asked, "overdue": retention.overdue(at=timezone.now()), "notice": notice.read()}
    return render(request, "manage/people/removals.html", context)


@permission_required("clinic.remove_data", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def remove(request, pk):
    """What would be erased and what locked; with a reason it is done. What is locked can be opened again here."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user).filter(merged_into=None), pk=pk)
    form = RemovalReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_done(request, patient, form):
        return redirect("manage-removal", pk)
    audit.read(request, patient, "removal")
    context = {
        "patient": patient,
        "form": form,
        "kept_until": removal.kept_by_law_until(patient),
        "why_not": removal.why_not_now(patient, at=timezone.now()),
        "asked": data_requests.open_requests(patient),
        "removals": patient.removals.select_related("by"),
        "notice": notice.read(),
    }
    return render(request, "manage/people/removal.html", context, status=422 if form.errors else 200)


def _is_done(request, patient, form):
    act = removal.open_again if patient.locked_at else removal.remove
    try:
        act(patient, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    except CannotRemove as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Done, and written down here."))
    return True
