"""An SMS that waits for a physician: read, called back, and noted what was said and done."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic import worklist
from clinic.forms.practice.received import FollowUpForm
from clinic.messaging import incoming_items
from clinic.models import IncomingMessage, WorkItem
from clinic.views.practice.day import practitioner_required
from clinic.views.shared import audit


@permission_required("clinic.view_incomingmessage", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@practitioner_required
def received(request, pk):
    """Of all who may do it whoever is first; the desk may have been."""
    mine = WorkItem.objects.visible_to(request.user)
    sms = get_object_or_404(IncomingMessage.objects.filter(pk__in=mine.values("incoming")), pk=pk)
    items = list(incoming_items.open_ones(sms).filter(pk__in=mine).select_related("patient"))
    form = FollowUpForm(request.POST if request.method == "POST" else None)
    people = [row.patient for row in sms.about_patients.current().select_related("patient")]
    if form.is_valid() and items:
        with transaction.atomic():
            for item in items:
                worklist.complete(item, by=request.user, note=form.cleaned_data["note"], at=timezone.now())
            for person in people:
                audit.changed(request, person, "work item")
        messages.success(request, _("Kept: the desk sees that it is done."))
        return redirect("practice")
    for person in people:
        audit.read(request, person, "messages")
    context = {"sms": sms, "people": people, "is_open": bool(items), "form": form}
    status = 422 if form.errors else 200
    return render(request, "practice/messaging/received.html", context, status=status)
