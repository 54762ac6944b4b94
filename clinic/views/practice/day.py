"""The workplace of physicians and physiotherapists: who is next, and what matters about them."""

from datetime import timedelta
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from clinic import worklist
from clinic.models import AppointmentStatus, WorkItem
from clinic.scheduling import obstacles
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits

PAST_VISITS = 10
MAX_WAITING = 50


def practitioner_required(view):
    """Only for accounts of people who treat patients here."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.treats_as is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@practitioner_required
def day(request):
    """My visits of one day; today with the next patient first."""
    now = timezone.now()
    today = timezone.localdate(now)
    shown_day = _day_asked_for(request) or today
    visits = visible_visits(request).filter(practitioner=request.user.treats_as).on_day(shown_day)
    visits = obstacles.mark(visits, at=now)
    following = _next(visits, at=now) if shown_day == today else None
    waiting = _waiting(request, at=now) if shown_day == today else []
    audit.read_visits(request, visits, "list of a day")
    audit.read_each(request, [item.patient_id for item in waiting], "list of things to do")
    context = {
        "day": shown_day,
        "is_today": shown_day == today,
        "day_before": shown_day - timedelta(days=1),
        "day_after": shown_day + timedelta(days=1),
        "next": following,
        "visits": [visit for visit in visits if visit != following],
        "now": now,
        "waiting": waiting,
    }
    return render(request, "practice/scheduling/day.html", context)


@require_safe
@practitioner_required
def visit(request, pk):
    """One page with what matters before and after seeing this patient."""
    appointment = get_object_or_404(visible_visits(request), pk=pk)
    patient = appointment.patient
    audit.read(request, patient, "visit and its record")
    past = visible_visits(request).filter(patient=patient, starts_at__lt=appointment.starts_at).order_by("-starts_at")
    obstacles.mark([appointment], at=timezone.now())
    context = {
        "appointment": appointment,
        "age": _age(patient.birth_date, on=timezone.localdate()),
        "past_visits": past[:PAST_VISITS],
        "now": timezone.now(),
    }
    return render(request, "practice/scheduling/visit.html", context)


def _waiting(request, *, at):
    """What people of this role have to do, urgent items first, then the longest waiting; any of them may do it."""
    items = WorkItem.objects.visible_to(request.user).waiting_for(request.user.treats_as)
    items = items.due(at=at).urgent_first()
    items = items.select_related("patient", "appointment__visit_type").prefetch_related("patient__contacts")
    return worklist.add_steps(items[:MAX_WAITING], door="practice")


def _day_asked_for(request):
    text = request.GET.get("day")
    if not text:
        return None
    try:
        asked = parse_date(text)
    except ValueError:
        asked = None
    if asked is None or not 1900 < asked.year < 3000:
        raise Http404
    return asked


def _next(visits, *, at):
    """The first of those who are here; else the first who is still to come."""
    arrived = [visit for visit in visits if visit.status == AppointmentStatus.ARRIVED]
    to_come = [visit for visit in visits if visit.status == AppointmentStatus.BOOKED and visit.ends_at > at]
    return next(iter(arrived + to_come), None)


def _age(birth_date, *, on):
    """In whole years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
