"""What a patient wrote and what went to the patient, for those who treat: to be read."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic.messaging import conversations
from clinic.views.practice.day import practitioner_required
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of


@require_safe
@practitioner_required
def of_patient(request, pk):
    """A physiotherapist opens those of the patients who have a visit with them."""
    person = get_object_or_404(conversations.readable_by(request.user).prefetch_related("contacts"), pk=pk)
    audit.read(request, person, "messages")
    context = {"patient": person, "page": page_of(conversations.of(person, user=request.user), request)}
    return render(request, "practice/messaging/conversation.html", context)
