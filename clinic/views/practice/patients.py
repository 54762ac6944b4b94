"""Finding a patient from the practice, and where it leads: to visits, and to the pages that others hang below."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.forms.practice.patients import FindPatientForm
from clinic.models import Patient
from clinic.people import patient_search
from clinic.views.practice.day import practitioner_required
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits

SHOWN = 20


@require_safe
@practitioner_required
def patients(request):
    """Whom this colleague may see anyway. The trail notes that somebody looked, also in vain, and each who is shown."""
    form = FindPatientForm(request.GET)
    found = patient_search.PatientMatches()
    if form.words:
        among = Patient.objects.visible_to(request.user)
        found = patient_search.find_patients(form.words, limit=SHOWN, among=among)
        audit.looked_for_patients(request, found=len(found.patients))
        audit.read_each(request, [person.pk for person in found.patients], "search for a patient")
    _add_visits(request, found.patients)
    context = {"words": form.words, "found": found, "now": timezone.now()}
    return render(request, "practice/people/patients.html", context)


def _add_visits(request, patients):
    """Give each the `next_visit` (or the one that is going on) and the `last_visit` that the person asking may open."""
    now, of_patient = timezone.now(), {}
    visits = visible_visits(request).filter(patient__in=patients).order_by("starts_at") if patients else []
    for visit in visits:
        of_patient.setdefault(visit.patient_id, []).append(visit)
    for patient in patients:
        own = of_patient.get(patient.pk, [])
        patient.next_visit = next((visit for visit in own if visit.ends_at > now), None)
        patient.last_visit = next((visit for visit in reversed(own) if visit.ends_at <= now), None)
