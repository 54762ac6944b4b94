"""A page of open times, and the page that offers others when one is taken: the same for visitors and patients."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from clinic.errors import ConsultationFirst
from clinic.forms.public.booking import TimesForm
from clinic.scheduling import availability, calendar_files, obstacles, timetable, week_of_times
from clinic.scheduling.wishes import Search


def times_context(request, visit_type, *, at, table=None):
    """What a page of open times needs: the next free one, and a week from the requested day."""
    table = table or timetable.current()
    form = TimesForm(request.GET, people=table.people_who_do(visit_type))
    chosen = table.people.get(form.cleaned_data["practitioner"]) if form.is_valid() else None
    search = Search(visit_type, at, chosen and chosen.pk, table=table)
    shown = availability.first_open_days(search, days=week_of_times.DAYS_SHOWN)
    soonest = shown[0] if shown else None
    first_open_day = soonest and timezone.localdate(soonest.starts_at)
    asked_for, last_day = _day_asked_for(request), search.last_day
    is_bookable = asked_for and search.today <= asked_for <= last_day
    first_day = asked_for if is_bookable else first_open_day
    if first_day != first_open_day:
        shown = availability.open_times(search, first_day=first_day, days=week_of_times.DAYS_SHOWN)
    shown = shown if chosen else week_of_times.one_for_each_start(shown)
    return {
        "visit_type": visit_type,
        "form": form,
        "chosen": chosen,
        "soonest": soonest,
        "first_day": first_day,
        "days": [{"day": day, "times": times} for day, times in week_of_times.by_day(shown).items()],
        "too_far_until": last_day if asked_for and asked_for > last_day else None,
        "page_token": uuid4().hex,
        **week_of_times.weeks_around(first_day, not_before=first_open_day or search.today, last_day=last_day),
    }


def refused(request, visit_type, refusal, *, action=None, times_url=None):
    """A 409 page with the refusal's sentence and times that can be booked instead.

    `action` is where their buttons post to (without: a time is held), `times_url` the page with all of them.
    """
    context = {
        "message": str(refusal),
        "alternatives": getattr(refusal, "alternatives", []),
        "page_token": uuid4().hex,
        "needs_consultation": isinstance(refusal, ConsultationFirst),
        "action": action or reverse("book-hold", args=[visit_type.slug]),
        "times_url": times_url or reverse("book-times", args=[visit_type.slug]),
    }
    return render(request, "components/scheduling/refused.html", context, status=409)


def calendar_answer(appointment):
    """A visit that may not take place as planned is tentative in it."""
    now = timezone.now()
    obstacles.mark([appointment], at=now)
    answer = HttpResponse(calendar_files.visit_file(appointment, at=now), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer


def _day_asked_for(request):
    """The day in the address, if it is a valid one."""
    try:
        return parse_date(request.GET.get("from", ""))
    except ValueError:
        return None
