"""A visit that was dragged on the board: the desk confirms once, then it is moved by the same rules as always."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from clinic.errors import DomainError
from clinic.forms.desk.booking import time_value
from clinic.forms.desk.moved_visits import DropForm
from clinic.lib import civil_time
from clinic.models import Appointment, AppointmentStatus
from clinic.scheduling import availability, moved_visits, overlaps
from clinic.scheduling.wishes import Search
from clinic.views.desk.day import previous_page
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def move_to(request, pk):
    """The question, as a page or for the board's dialog; and its answer."""
    visit = get_object_or_404(visible_visits(request), pk=pk)
    form = DropForm(request.POST if request.method == "POST" else request.GET, visit=visit)
    problem = _obstacle(form)
    if problem or request.method != "POST":
        return _page(request, form, problem=problem)
    try:
        _move(request, form)
    except DomainError as refusal:
        form.know(get_object_or_404(visible_visits(request), pk=pk))  # as it is now
        return _page(request, form, refusal=refusal)
    when = civil_time.written(visit.starts_at)
    moved = _("Moved: %(patient)s, now %(when)s, with %(who)s.")
    messages.success(request, moved % {"patient": visit.patient, "when": when, "who": visit.practitioner})
    page = previous_page(request) or visit.get_absolute_url()
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


def _move(request, form):
    seen, note = form.cleaned_data["seen_sequence"], form.cleaned_data["note"]
    visit, now = form.visit, timezone.now()
    with transaction.atomic():
        moved_visits.reschedule(visit, to=form.wish, at=now, by=request.user, note=note, seen_sequence=seen)
        audit.changed(request, visit.patient, "visit")


def _obstacle(form):
    """Why it cannot be there, whatever the desk answers: a sentence, or nothing."""
    if not form.is_valid():
        return " ".join(str(errors[0]) for errors in form.errors.values())
    visit, wish = form.visit, form.wish
    if visit.status != AppointmentStatus.BOOKED:
        return _("This visit cannot be moved any more. Its state: %(state)s.") % {"state": visit.get_status_display()}
    if form.cleaned_data["is_other_place"] and not form.cleaned_data["instead"]:
        return _(
            "The room and the machine of a visit cannot be chosen: it gets the ones that are free. "
            "To change its time, drop it in its own column."
        )
    if wish.starts_at < timezone.now():
        return _("This hour is over. Drop the visit on a later one.")
    if not overlaps.may_do(wish):
        return _("%(who)s does not do this kind of visit then: %(kind)s.") % {
            "who": wish.practitioner,
            "kind": visit.visit_type,
        }
    return ""


def _page(request, form, *, problem="", refusal=None):
    """A visit that changed since the board was drawn is shown as it is now, before the desk answers."""
    visit, wish = form.visit, form.wish
    has_changed = bool(wish) and refusal is None and form.cleaned_data["seen_sequence"] != visit.calendar_sequence
    if request.method != "POST" and has_changed:
        form.know(visit)
    overlapping_visits = [] if problem else list(_overlapping_visits(request, visit, wish))
    audit.read_visits(request, [visit, *overlapping_visits], "visit")
    free = getattr(refusal, "alternatives", [])
    if overlapping_visits and not refusal:
        search = Search(visit.visit_type, timezone.now(), wish.practitioner.pk, by_desk=True)
        free = availability.nearest(search, wish.starts_at)
    context = {
        "visit": visit,
        "form": form,
        "wish": wish,
        "ends_at": wish and wish.ends_at,
        "problem": problem,
        "refusal": refusal,
        "has_changed": has_changed and not problem,
        "alternatives": [(time_value(time), time) for time in free],
        "overlapping_visits": overlapping_visits,
        "back": previous_page(request) or visit.get_absolute_url(),
        "may_move": not problem and visit.status == AppointmentStatus.BOOKED,
    }
    template = "desk/scheduling/_move_to.html" if request.htmx else "desk/scheduling/move_to.html"
    is_refused = request.method == "POST" and (refusal or problem)
    return render(request, template, context | {"is_dialog": bool(request.htmx)}, status=409 if is_refused else 200)


def _overlapping_visits(request, visit, wish):
    """Whom the same person sees at that time. The desk learns it before it answers."""
    others = Appointment.objects.visible_to(request.user).holding_time(at=timezone.now())
    others = others.filter(practitioner=wish.practitioner).exclude(pk=visit.pk)
    return others.overlapping(**wish.time).select_related("patient", "visit_type")
