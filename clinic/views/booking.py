"""Booking by a patient: kind of visit, open time, who is coming, check the answers, booked."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import auditing, availability, booking, calendars, timetable
from clinic.errors import ConsultationFirst, DomainError, HoldEnded, HoldReplaced, TimeNotOpen
from clinic.forms.booking import FamilyForm, HoldForm, NewcomerForm, TimesForm, TimesQueryForm
from clinic.models import Appointment, AppointmentStatus, Patient, VisitType
from clinic.network import address_mark, client_address

DAYS_SHOWN = 7
DAYS_OF_A_MONTH = 28
TOKENS_KEPT = 5
ANSWERS = "answers"  # who is coming, in the session: one browser books one visit at a time


@login_not_required
@never_cache
@require_safe
def visit_types(request):
    kinds = list(VisitType.objects.for_patients())
    first_visit = next((kind for kind in kinds if kind.is_consultation), None)
    return render(request, "booking/visit_types.html", {"visit_types": kinds, "first_visit": first_visit})


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
    return render(request, "booking/times.html", context | {"kept": _kept(request, at=now)})


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
    open_times = availability.open_times(
        visit_type,
        first_day=question["from"],
        days=question["days"],
        at=timezone.now(),
        practitioner=question["practitioner"],
        limit=question["limit"],
        table=table,
    )
    return JsonResponse({"times": [_as_json(open_time) for open_time in open_times]})


@login_not_required
@require_POST
def hold(request, visit_type):
    visit_type = get_object_or_404(VisitType.objects.for_patients(), slug=visit_type)
    form = HoldForm(request.POST)
    now, browser = timezone.now(), request.session.get("browser") or uuid4().hex
    if not form.is_valid():
        refusal = TimeNotOpen()
        refusal.alternatives = availability.nearest(visit_type, now, at=now)
        return refused(request, visit_type, refusal)
    try:
        appointment = booking.hold(
            visit_type=visit_type,
            **form.cleaned_data,
            held_by=browser,
            held_from=address_mark(request),
            at=now,
        )
    except DomainError as refusal:
        return refused(request, visit_type, refusal)
    _remember(request, browser, appointment.request_token)
    return SeeOther(reverse("book-details", args=[visit_type.slug, appointment.request_token]))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request, visit_type, token):
    """Who is coming: one of the people this account may act for, or somebody new."""
    appointment = _own(request, visit_type, token)
    if request.method == "POST":
        request.session[ANSWERS] = request.POST.dict()  # typed once is kept, whatever becomes of the hold
    if ended := _ended(request, appointment):
        return ended
    family = Patient.objects.acted_for_by(request.user)
    asks_for_family = bool(family) and "new" not in request.GET
    typed = {"data": request.POST or None, "initial": request.session.get(ANSWERS, {})}
    form = FamilyForm(**typed, patients=family) if asks_for_family else NewcomerForm.of(**typed)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data.get("patient") == FamilyForm.SOMEBODY_ELSE:
            return redirect(f"{reverse('book-details', args=[visit_type, token])}?new")
        return redirect("book-check", visit_type, token)
    needs_sign_in = appointment.visit_type.needs_consultation_first and not family
    context = {"appointment": appointment, "form": form, "needs_sign_in": needs_sign_in}
    return render(request, "booking/details.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, visit_type, token):
    """Check your answers; the POST books."""
    appointment = _own(request, visit_type, token)
    if ended := _ended(request, appointment):
        return ended
    form = _answered(request)
    if form is None:
        return redirect("book-details", visit_type, token)
    context = {"appointment": appointment, "form": form, "mark": _mark(form)}
    if request.method != "POST":
        return render(request, "booking/check.html", context)
    if request.POST.get("shown", context["mark"]) != context["mark"]:
        return render(request, "booking/check.html", context | {"has_changed": True}, status=409)
    try:
        booking.confirm(appointment, at=timezone.now(), by=_account(request), **_who(request, form))
    except DomainError as refusal:
        return refused(request, appointment.visit_type, refusal)
    request.session.pop(ANSWERS, None)
    auditing.wrote(appointment.patient, by=request.user, what="booking", address=client_address(request))
    return redirect("book-booked", visit_type, token)


@login_not_required
@never_cache
@require_safe
def booked(request, visit_type, token):
    appointment = _own(request, visit_type, token)
    if appointment.status == AppointmentStatus.PENDING:
        return redirect("book-details", visit_type, token)
    return render(request, "booking/booked.html", {"appointment": appointment})


@login_not_required
@never_cache
@require_safe
def calendar(request, visit_type, token):
    appointment = _own(request, visit_type, token)
    if appointment.patient is None:
        raise Http404
    return calendar_answer(appointment)


def calendar_answer(appointment):
    answer = HttpResponse(
        calendars.visit_file(appointment, at=timezone.now()), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer


def times_context(request, visit_type, *, at, table=None):
    """What a page of open times needs: the next free one, and a week from the day that was asked for."""
    table = table or timetable.current()
    form = TimesForm(request.GET, people=table.people_who_do(visit_type))
    chosen = table.people.get(form.cleaned_data["practitioner"]) if form.is_valid() else None
    narrowed = {"at": at, "practitioner": chosen and chosen.pk, "table": table}
    shown = availability.first_open_days(visit_type, days=DAYS_SHOWN, **narrowed)
    soonest = shown[0] if shown else None
    first_open_day = soonest and timezone.localdate(soonest.starts_at)
    asked_for, last_day = _day_asked_for(request), timezone.localdate(at) + timedelta(days=visit_type.horizon_days)
    is_bookable = asked_for and timezone.localdate(at) <= asked_for <= last_day
    first_day = asked_for if is_bookable else first_open_day
    if first_day != first_open_day:
        shown = availability.open_times(visit_type, first_day=first_day, days=DAYS_SHOWN, **narrowed)
    return {
        "visit_type": visit_type,
        "form": form,
        "chosen": chosen,
        "soonest": soonest,
        "first_day": first_day,
        "days": _by_day(shown if chosen else _one_for_each_start(shown)),
        "too_far_until": last_day if asked_for and asked_for > last_day else None,
        "page_token": uuid4().hex,
        **_neighbours(first_day, first_open_day or timezone.localdate(at), last_day),
    }


class SeeOther(HttpResponseRedirect):
    """The answer to a POST is another page, to be fetched by GET."""

    status_code = 303


# What a browser may see of a hold: its own only, known by the session


def _own(request, visit_type, token):
    if token not in request.session.get("holds", []):
        raise Http404
    appointments = Appointment.objects.with_people_and_places()
    return get_object_or_404(appointments, request_token=token, visit_type__slug=visit_type)


def _ended(request, appointment):
    """Where to go when the hold is no more: the booking it became, or the page that says so."""
    if appointment.is_live_hold(at=timezone.now()):
        return None
    if appointment.patient_id:
        return redirect("book-booked", appointment.visit_type.slug, appointment.request_token)
    was_replaced = appointment.held_until > timezone.now()
    refusal = HoldReplaced() if was_replaced else HoldEnded()
    return refused(request, appointment.visit_type, refusal, near=appointment)


def _kept(request, *, at):
    """The live hold of who came back to choose another time: its time is missing among the open ones."""
    if not (tokens := request.session.get("holds")):
        return None
    live = Appointment.objects.live_holds(at=at).with_people_and_places()
    return live.filter(request_token__in=tokens).first()


def _remember(request, browser, token):
    """Note a secret of this session, so that a browser holds one time only, and what it holds.

    Who holds nothing leaves nothing behind.
    """
    others = [known for known in request.session.get("holds", []) if known != token]
    request.session["browser"] = browser
    request.session["holds"] = [*others, token][-TOKENS_KEPT:]


def _answered(request):
    """The form with the answers given before, if they still hold good."""
    answers = request.session.get(ANSWERS)
    if answers is None:
        return None
    if "patient" in answers:
        form = FamilyForm(answers, patients=Patient.objects.acted_for_by(request.user))
    else:
        form = NewcomerForm(answers)
    return form if form.is_valid() else None


def _mark(form):
    """Tells one set of answers from another, so that an old page books nobody whom it did not show."""
    return salted_hmac("clinic.booking.answers", repr([form[name].value() for name in form.fields])).hexdigest()


def _who(request, form):
    if isinstance(form, FamilyForm):
        return {"patient": form.chosen_patient}
    return {"newcomer": form.newcomer(account=_account(request)), "reason": form.cleaned_data["reason"]}


def _account(request):
    return request.user if request.user.is_authenticated else None


# Answers


def refused(request, visit_type, refusal, near=None, action=None, times_url=None):
    """A 409 page with the refusal's sentence and times that can be had instead.

    `action` is where their buttons post to, `times_url` the page with all of them; without, a time is held.
    """
    alternatives = getattr(refusal, "alternatives", [])
    if near is not None:
        alternatives = availability.nearest(
            visit_type, near.starts_at, at=timezone.now(), practitioner=near.practitioner_id
        )
    context = {
        "visit_type": visit_type,
        "message": str(refusal),
        "alternatives": alternatives,
        "page_token": uuid4().hex,
        "needs_consultation": isinstance(refusal, ConsultationFirst),
        "action": action,
        "times_url": times_url or reverse("book-times", args=[visit_type.slug]),
    }
    return render(request, "booking/refused.html", context, status=409)


def _as_json(open_time):
    return {
        "starts_at": open_time.starts_at.isoformat(),
        "minutes": open_time.minutes,
        "practitioner": open_time.practitioner_id,
        "practitioner_name": open_time.practitioner_name,
    }


def _day_asked_for(request):
    """The day in the address, if there is such a day."""
    try:
        return parse_date(request.GET.get("from", ""))
    except ValueError:
        return None


def _neighbours(first_day, first_open_day, last_day):
    """The first days of the weeks before and after and of the next month, as far as there can be open times."""
    if first_day is None:
        return {"earlier": None, "later": None, "next_month": None}
    earlier, later, month = (first_day + timedelta(days=days) for days in (-DAYS_SHOWN, DAYS_SHOWN, DAYS_OF_A_MONTH))
    return {
        "earlier": max(earlier, first_open_day) if first_day > first_open_day else None,
        "later": later if later <= last_day else None,
        "next_month": month if month <= last_day else None,
    }


def _one_for_each_start(open_times):
    """With anybody: one button for each hour, with the first person who is free then."""
    first = {}
    for open_time in open_times:
        first.setdefault(open_time.starts_at, open_time)
    return list(first.values())


def _by_day(open_times):
    days = {}
    for open_time in open_times:
        days.setdefault(timezone.localdate(open_time.starts_at), []).append(open_time)
    return [{"day": day, "times": times} for day, times in days.items()]
