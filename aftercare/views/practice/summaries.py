"""The summary of a visit, printed by the physician to be taken home."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from aftercare.views.shared.summary_page import summary
from clinic.models import Appointment


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def for_patient(request, pk):
    visit = get_object_or_404(Appointment.objects.visible_to(request.user).for_people(), pk=pk)
    return summary(request, visit, is_own=False)
