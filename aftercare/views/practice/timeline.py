"""Everything about one patient on one page, for physicians."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aftercare.outcomes import pain_charts, timeline
from clinic.models import Patient
from clinic.views.shared import audit


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def of_patient(request, pk):
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    audit.read(request, patient, "history")
    felt, injected = timeline.felt_and_injected(patient, user=request.user)
    points = timeline.pain_points(patient, user=request.user)
    context = {
        "patient": patient,
        "entries": timeline.entries_of(patient, user=request.user),
        "felt": felt,
        "injected": injected,
        "points": points,
        "chart": pain_charts.pain_chart(points),
    }
    return render(request, "practice/outcomes/timeline.html", context)
