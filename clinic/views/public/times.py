"""Open times: kinds of visits, the times of one, and the same for machines."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.forms.public.booking import TimesQueryForm
from clinic.models import Appointment, VisitType
from clinic.scheduling import availability, timetable
from clinic.scheduling.wishes import Search
from clinic.views.shared.open_times import times_context


@login_not_required
@never_cache
@require_safe
def visit_types(request):
    kinds = list(VisitType.objects.for_patients())
    first_visit = next((kind for kind in kinds if kind.is_consultation), None)
    return render(request, "public/scheduling/visit_types.html", {"visit_types": kinds, "first_visit": first_visit})


@login_not_required
@never_cache
@require_safe
def times(request, visit_type):
    table = timetable.current()
    visit_type = table.visit_type_for_patients(visit_type)
    if visit_type is None:
        raise Http404
    now = timezone.now()
    context = times_context(request, visit_type, at=now, table=table)
    return render(request, "public/scheduling/times.html", context | {"live_hold": _live_hold(request, at=now)})


@login_not_required
@never_cache
@require_safe
def times_json(request):
    form = TimesQueryForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    question = form.cleaned_data
    table = timetable.current()
    visit_type = table.visit_type_for_patients(question["visit_type"])
    if visit_type is None:
        raise Http404
    search = Search(visit_type, timezone.now(), question["practitioner"], table=table)
    days, limit = question["days"], question["limit"]
    open_times = availability.open_times(search, first_day=question["from"], days=days, limit=limit)
    return JsonResponse({"times": [_as_json(open_time) for open_time in open_times]})


def _live_hold(request, *, at):
    """The live hold of a visitor who came back to choose another time: its time is not among the open ones."""
    if not (tokens := request.session.get("holds")):
        return None
    live = Appointment.objects.live_holds(at=at).with_people_and_places()
    return live.filter(request_token__in=tokens).first()


def _as_json(open_time):
    return {
        "starts_at": open_time.starts_at.isoformat(),
        "minutes": open_time.minutes,
        "practitioner": open_time.practitioner_id,
        "practitioner_name": open_time.practitioner_name,
    }
