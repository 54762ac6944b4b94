"""The day at the front desk: who is coming, here or late; and one visit with everything the desk may know."""

from collections import Counter
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import DomainError, TimeTaken
from clinic.forms.desk.lists import CancelForm, DayForm
from clinic.lib import civil_time
from clinic.messaging import archive
from clinic.models import Appointment, AppointmentStatus, Closure, Practitioner
from clinic.scheduling import attendance, cancellations, obstacles
from clinic.views.desk import board
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits

ROWS_IN_SIGHT = 3
BOARDS = {"practitioners": board.by_person, "rooms": board.by_room, "machines": board.by_machine}


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def day(request):
    """As a list or as columns. The page fetches the part that changes again automatically."""
    now = timezone.now()
    form = DayForm(request.GET)
    form.full_clean()
    chosen = form.cleaned_data.get("day") or timezone.localdate(now)
    view = form.cleaned_data.get("view") or "list"
    context = {
        "form": DayForm({**form.data.dict(), "day": chosen}),
        "is_day_unreadable": form.has_error("day"),
        "now": now,
        "view": view,
        **_days_around(chosen, today=timezone.localdate(now), step=7 if view == "week" else 1),
        **(_week(request, form, chosen, at=now) if view == "week" else _one_day(request, form, chosen, view, at=now)),
    }
    return render(request, "desk/scheduling/_day.html" if request.htmx else "desk/scheduling/day.html", context)


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def day_sheet(request):
    """The day on paper: who comes when, with space to write."""
    form = DayForm(request.GET)
    form.full_clean()
    chosen = form.cleaned_data.get("day") or timezone.localdate()
    visits = visible_visits(request).on_day(chosen).prefetch_related("patient__contacts")
    shown = board.shown(form.matching(obstacles.mark(visits, at=timezone.now())))
    audit.read_visits(request, shown, "the day on paper")
    context = {"day": chosen, "visits": shown, "closures": _closures(chosen)}
    return render(request, "desk/scheduling/day_sheet.html", context)


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def appointment(request, pk):
    visit = get_object_or_404(visible_visits(request).prefetch_related("patient__contacts"), pk=pk)
    audit.read(request, visit.patient, "visit")
    now, until = timezone.now(), cancellations.undo_until(visit, by=request.user)
    obstacles.mark([visit], at=now)
    context = {
        "visit": visit,
        "now": now,
        "changes": visit.status_changes.select_related("by"),
        "undo_until": until if until and until > now else None,
        "sent": archive.about(request.user, appointment=visit)[:],
    }
    return render(request, "desk/scheduling/appointment.html", context)


@permission_required("clinic.check_in_appointment", raise_exception=True)
@require_POST
def check_in(request, pk):
    return _move(request, pk, attendance.check_in, _("%(patient)s is checked in."), at=timezone.now())


@permission_required("clinic.check_in_appointment", raise_exception=True)
@require_POST
def undo_check_in(request, pk):
    return _move(request, pk, Appointment.undo_check_in, _("%(patient)s is no longer checked in."))


@permission_required("clinic.check_in_appointment", raise_exception=True)
@require_POST
def did_not_attend(request, pk):
    return _move(request, pk, attendance.did_not_attend, _("Noted: %(patient)s did not come."), at=timezone.now())


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    visit = get_object_or_404(visible_visits(request), pk=pk)
    form = CancelForm(
        request.POST if request.method == "POST" else None, initial={"seen_sequence": visit.calendar_sequence}
    )
    if not form.is_valid():
        return _cancel_page(request, visit, form)
    try:
        with transaction.atomic():
            seen, note = form.cleaned_data["seen_sequence"], form.cleaned_data["reason"]
            cancellations.cancel(visit, by=request.user, at=timezone.now(), note=note, seen_sequence=seen)
            audit.changed(request, visit.patient, "visit")
    except DomainError as refusal:
        visit = get_object_or_404(visible_visits(request), pk=pk)
        form.refuse(refusal, seen_sequence=visit.calendar_sequence)
        return _cancel_page(request, visit, form, status=409)
    change = _cancellation(visit)
    if change and (change.by, change.note) != (request.user, note):
        visit.refresh_from_db(fields=["status"])
        return _cancel_page(request, visit, form, change=change, status=409)
    messages.success(request, _cancelled(visit) % {"patient": visit.patient})
    return redirect(visit)


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_POST
def undo_cancel(request, pk):
    visit = get_object_or_404(visible_visits(request), pk=pk)
    try:
        with transaction.atomic():
            cancellations.undo_cancel(visit, by=request.user, at=timezone.now())
            audit.changed(request, visit.patient, "visit")
    except TimeTaken as refusal:
        audit.read(request, visit.patient, "visit")
        return render(request, "desk/scheduling/undo_refused.html", {"visit": visit, "refusal": refusal}, status=409)
    messages.success(request, _("The visit of %(patient)s is booked again.") % {"patient": visit.patient})
    return redirect(previous_page(request) or visit)


def _cancelled(visit):
    if visit.patient.is_deceased:
        return _("The visit of %(patient)s is cancelled. Nobody is written to.")
    return _("The visit of %(patient)s is cancelled. The patient is told in three minutes.")


def _cancellation(visit):
    changes = visit.status_changes.filter(to_status=AppointmentStatus.CANCELLED)
    return changes.select_related("by").order_by("pk").last()


def _cancel_page(request, visit, form, *, change=None, status=200):
    """`change` is somebody else's cancellation that came first; what was typed stays on the page."""
    audit.read(request, visit.patient, "visit")
    context = {"visit": visit, "form": form, "change": change}
    may_cancel = visit.may_move_to(AppointmentStatus.CANCELLED)
    return render(request, "desk/scheduling/cancel.html", context | {"may_cancel": may_cancel}, status=status)


def _one_day(request, form, day, view, *, at):
    of_day = visible_visits(request).on_day(day)
    visits = obstacles.mark(of_day.prefetch_related("patient__contacts"), at=at)
    shown, undoable = form.matching(visits), _undoable(request, of_day, at=at)
    audit.read_visits(request, [*shown, *(visit for visit, until in undoable)], "list of a day")
    parts = _split_finished(shown)
    if view in BOARDS:
        parts = {"board": BOARDS[view](board.shown(shown), day, at=at), "visits": shown}
    else:
        parts["next_visit"] = _next_below_others(parts["visits"], at=at)
    parts |= {"figures": _counts(visits, at=at), "closures": _closures(day)}
    return parts | {"undoable": undoable}


def _week(request, form, day, *, at):
    """Of the requested person, or of the first in the list."""
    person = form.cleaned_data.get("practitioner") or Practitioner.objects.active().first()
    monday = day - timedelta(days=day.weekday())
    start, end = civil_time.midnight(monday), civil_time.whole_day(monday + timedelta(days=6))[1]
    visits = visible_visits(request).filter(practitioner=person, starts_at__gte=start, starts_at__lt=end)
    found, undoable = board.shown(form.matching(obstacles.mark(visits, at=at))), _undoable(request, visits, at=at)
    audit.read_visits(request, [*found, *(visit for visit, until in undoable)], "list of a week")
    columns = board.by_day(found, monday, person, at=at)
    shown = {"form": DayForm({**form.data.dict(), "day": day, "practitioner": person and person.pk})}
    shown |= {"board": columns, "person": person, "monday": monday, "sunday": monday + timedelta(days=6)}
    return shown | {"undoable": undoable}


def _undoable(request, visits, *, at):
    """What was cancelled at the desk a moment ago, for those who may undo it."""
    may_undo = request.user.has_perm("clinic.book_for_patients")
    return cancellations.undoable(visits, by=request.user, at=at) if may_undo else []


def _move(request, pk, verb, sentence, **more):
    """One of the acts that need only `by`; a refusal becomes a 409 page in the middleware."""
    visit = get_object_or_404(visible_visits(request), pk=pk)
    with transaction.atomic():
        verb(visit, by=request.user, **more)
        audit.changed(request, visit.patient, "visit")
    messages.success(request, sentence % {"patient": visit.patient})
    return redirect(previous_page(request) or visit)


def previous_page(request):
    """The page of this site that the person came from, or None."""
    page = (request.POST or request.GET).get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if is_ours and page.startswith("/") else None


def _counts(visits, *, at):
    """How many visits a day has; and of those how many patients are here, seen, still to come, or late."""
    booked = [visit for visit in visits if visit.status == AppointmentStatus.BOOKED]
    late = sum(visit.starts_at <= at for visit in booked)
    counts = Counter(visit.status for visit in visits)
    return {
        "visits": len(visits) - counts[AppointmentStatus.CANCELLED],
        "here": counts[AppointmentStatus.ARRIVED],
        "seen": counts[AppointmentStatus.FULFILLED],
        "to_come": len(booked) - late,
        "late": late,
    }


def _split_finished(visits):
    """What the desk still has to deal with is separate from what has ended: late in the day that is the longer part."""
    over = {"seen": AppointmentStatus.FULFILLED, "cancelled": AppointmentStatus.CANCELLED}
    parts = {name: [visit for visit in visits if visit.status == status] for name, status in over.items()}
    return {"visits": [visit for visit in visits if visit.status not in over.values()], **parts}


def _next_below_others(visits, *, at):
    """Who comes next, unless that visit is near the top of the list anyway."""
    is_next = (visit.status == AppointmentStatus.BOOKED and visit.starts_at > at for visit in visits)
    place = next((place for place, is_it in enumerate(is_next) if is_it), 0)
    return visits[place] if place >= ROWS_IN_SIGHT else None


def _closures(day):
    start, end = civil_time.whole_day(day)
    return Closure.objects.filter(starts_at__lt=end, ends_at__gt=start)


def _days_around(day, *, today, step):
    earlier, later = day - timedelta(days=step), day + timedelta(days=step)
    return {"day": day, "earlier": earlier, "later": later, "today": today}
