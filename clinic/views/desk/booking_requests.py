"""Visits that were booked online and not proved: what came from one place is one row, ended in one act."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from clinic.scheduling import booking_requests
from clinic.views.shared import audit


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def places(request):
    shown = booking_requests.places(at=timezone.now())
    visits = [one.appointment for place in shown for one in place.unproved + place.booked]
    audit.read_visits(request, visits, "visits booked online")
    return render(request, "desk/scheduling/booking_requests.html", {"places": shown})


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_POST
def end(request):
    mark = request.POST.get("place", "")
    count = booking_requests.end(mark, by=request.user, at=timezone.now(), also_booked="also_booked" in request.POST)
    ended = ngettext("One is ended, and its time is free.", "%(count)s are ended, and their times are free.", count)
    messages.success(request, ended % {"count": count} if count else _("There is nothing to end there any more."))
    return redirect("desk-booking-requests")
