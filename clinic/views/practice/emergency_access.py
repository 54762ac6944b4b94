"""Opening a patient who is not in one's care, for a reason that somebody else reads on the next day."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.errors import DomainError
from clinic.forms.practice.emergency_access import EmergencyForm
from clinic.people import emergency_access
from clinic.views.practice.day import practitioner_required
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required
from clinic.views.shared.visits import visible_visits

PERMISSION = "clinic.open_in_emergency"


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@practitioner_required
@fresh_sign_in_required
def ask(request):
    """By the whole name and the birth date: nobody can be looked for here."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = _open(form.cleaned_data, by=request.user)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.warning(request, _("Opened for eight hours. It is noted, and a manager reads your reason."))
            return redirect("practice-emergency-patient", row.pk)
    now = timezone.now()
    still_open = list(request.user.emergency_access.filter(until__gt=now).select_related("patient"))
    audit.read_each(request, [row.patient_id for row in still_open], "what is open in an emergency")
    return render(request, "practice/people/emergency.html", {"form": form, "still_open": still_open})


def _open(entered, *, by):
    patient = emergency_access.find(name=entered["name"], birth_date=entered["birth_date"])
    return emergency_access.break_glass(patient, by=by, reason=entered["reason"], at=timezone.now())


@permission_required(PERMISSION, raise_exception=True)
@require_safe
@practitioner_required
def patient(request, pk):
    """What is open now: the visits of this patient with people of the same profession, and ways to the rest."""
    now = timezone.now()
    row = get_object_or_404(request.user.emergency_access.filter(until__gt=now).select_related("patient"), pk=pk)
    audit.read(request, row.patient, "opened in an emergency")
    visits = visible_visits(request).filter(patient=row.patient).order_by("-starts_at")
    context = {"row": row, "patient": row.patient, "visits": visits[:20], "now": now}
    return render(request, "practice/people/emergency_patient.html", context)
