"""Who may see a patient and act for them: shown, given after seeing the person, and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.forms.desk.access import EndForm, GrantForm
from clinic.messaging import access_letters
from clinic.models import AccessEnd, Patient, PatientAccess
from clinic.people import access as accesses
from clinic.people import access_at_merge
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required


@permission_required("clinic.view_patientaccess", raise_exception=True)
@require_safe
def of_patient(request, pk):
    """Everybody who may act for this patient, who might, and who did."""
    patient = get_object_or_404(_patients(request), pk=pk)
    audit.read(request, patient, "who may see")
    rows = PatientAccess.objects.filter(access_at_merge.accounts_of(patient)).order_by("-since", "-pk")
    rows = rows.select_related("user", "granted_by", "ended_by").prefetch_related("user__contacts")
    context = {
        "patient": patient,
        "current": [row for row in rows if row.is_current],
        "ended": [row for row in rows if not row.is_current],
        "guardians": patient.guardians.filter(until=None).select_related("seen_by"),
        "opening": accesses.opening(patient=patient),
        "former": [contact for contact in patient.contacts.all() if contact.until],
    }
    return render(request, "desk/people/access.html", context)


@permission_required("clinic.change_patientaccess", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def grant(request, pk):
    """To a person who stands before the desk."""
    patient = get_object_or_404(_patients(request), pk=pk)
    form = GrantForm(request.POST if request.method == "POST" else None, patient=patient, by=request.user)
    if form.is_valid():
        given = accesses.grant_after_seeing(form.right, at=timezone.now(), **audit.asker(request))
        sentence = _("%(who)s can sign in with %(address)s now. Everybody whom we know for this patient is told.")
        messages.success(request, sentence % {"who": given.holder, "address": given.address})
        return redirect("desk-access", pk)
    audit.read(request, patient, "who may see")
    told = sorted(value for _system, value in access_letters.known_places(patient, at=timezone.now()))
    context = {"patient": patient, "form": form, "told": told}
    return render(request, "desk/people/access_grant.html", context, status=422 if form.is_bound else 200)


@permission_required("clinic.change_patientaccess", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def end(request, pk, access):
    patient = get_object_or_404(_patients(request), pk=pk)
    given = get_object_or_404(patient.access.select_related("user"), pk=access, until=None)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        accesses.end(given, why=AccessEnd.DESK, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
        messages.success(request, _("Taken back. Nobody sees this patient by it any more."))
        return redirect("desk-access", pk)
    audit.read(request, patient, "who may see")
    context = {"patient": patient, "given": given, "form": form}
    return render(request, "desk/people/access_end.html", context, status=422 if form.is_bound else 200)


def _patients(request):
    return Patient.objects.visible_to(request.user).filter(merged_into=None).prefetch_related("contacts")
