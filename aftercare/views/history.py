"""Everything about one patient on one page, for physicians."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aftercare import charts, history
from clinic import auditing
from clinic.models import Patient
from clinic.network import client_address


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def of_patient(request, pk):
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    auditing.read(patient, by=request.user, what="history", address=client_address(request))
    felt, injected = history.felt_and_injected(patient, user=request.user)
    points = history.pain_points(patient, user=request.user)
    context = {
        "patient": patient,
        "entries": history.entries_of(patient, user=request.user),
        "felt": felt,
        "injected": injected,
        "points": points,
        "chart": charts.pain_chart(points),
    }
    return render(request, "history/history.html", context)
