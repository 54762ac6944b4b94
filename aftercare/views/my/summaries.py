"""The summary of a visit, on the patient's phone."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from aftercare.views.shared.summary_page import summary
from clinic.models import Appointment


@require_safe
def own(request, pk):
    visit = get_object_or_404(Appointment.objects.acted_for_by(request.user).for_people(), pk=pk)
    return summary(request, visit, is_own=True)
