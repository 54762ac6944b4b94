"""Booking and moving by phone: the desk sees the next free times beside the patient, and confirms once."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import DomainError, TokenReused
from clinic.forms.desk.booking import OWN_HOUR, BookForm, BookingForms, BookNewcomerForm, MoveForm, WhatForm, time_value
from clinic.lib import civil_time
from clinic.models import Appointment, AppointmentStatus, Patient
from clinic.people import patient_search, registration
from clinic.scheduling import availability, booking, moved_visits, week_of_times
from clinic.scheduling.wishes import Search
from clinic.views.desk.contacts import offer_another
from clinic.views.shared import audit
from clinic.views.shared.unsent_pages import typed_before
from clinic.views.shared.visits import visible_visits


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def for_patient(request, pk):
    patient = get_object_or_404(_patients(request), pk=pk, merged_into=None)
    what = WhatForm(_asked(request), address=reverse("desk-book-patient", args=[pk]))
    forms = BookingForms(what, BookForm(**_typed(request)))
    if not _is_confirmed(request) or not forms.form.is_valid():
        return _page(request, forms, patient=patient)
    return _book(request, forms, patient=patient)


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def for_newcomer(request):
    what = WhatForm(_asked(request), address=reverse("desk-book-new"))
    form = BookNewcomerForm(**_typed(request))
    forms = BookingForms(what, form)
    if not _is_confirmed(request) or not form.is_valid():
        return _page(request, forms)
    if known := _made_before(request, forms):
        return redirect(known)
    if "it_is" in request.POST:
        return _book(request, forms, patient=get_object_or_404(_patients(request), pk=_key(request, "it_is")))
    possible_duplicates = (
        []
        if "is_somebody_else" in request.POST
        else patient_search.possible_duplicates(form.newcomer(), among=_patients(request))
    )
    if possible_duplicates:
        return _page(request, forms, possible_duplicates=possible_duplicates)
    return _book(request, forms, newcomer=form.newcomer())


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request, pk):
    visit = get_object_or_404(_visits(request), pk=pk)
    asked = _asked(request) or {"practitioner": visit.practitioner_id}
    what = WhatForm(asked, address=reverse("desk-move", args=[pk]), visit_type=visit.visit_type)
    seen = {"seen_sequence": visit.calendar_sequence}
    form = MoveForm(request.POST) if _is_confirmed(request) else MoveForm(initial=seen | _typed(request)["initial"])
    forms = BookingForms(what, form)
    if not _is_confirmed(request) or not form.is_valid():
        return _move_page(request, forms, visit)
    at = timezone.now()
    try:
        with transaction.atomic():
            seen, note = form.cleaned_data["seen_sequence"], form.cleaned_data["note"]
            moved_visits.reschedule(visit, to=forms.wish, at=at, by=request.user, note=note, seen_sequence=seen)
            audit.changed(request, visit.patient, "visit")
    except DomainError as refusal:
        return _not_moved(request, forms, refusal, pk=pk)
    messages.success(request, _sentence(_("Moved: %(patient)s, now %(when)s, with %(who)s."), visit))
    return redirect(visit)


def _visits(request):
    return visible_visits(request).prefetch_related("patient__contacts")


def _patients(request):
    return Patient.objects.visible_to(request.user).prefetch_related("contacts")


def _key(request, name):
    """The number that was sent, or one that no row has."""
    text = request.POST[name]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _is_confirmed(request):
    """The page's other buttons only search for other times."""
    return request.method == "POST" and "look" not in request.POST and "turn_to" not in request.POST


def _asked(request):
    return request.POST or typed_before(request) or request.GET


def _typed(request):
    """What the form is made from: nothing that was typed is lost, and only a confirmed form is validated."""
    if _is_confirmed(request):
        return {"data": request.POST}
    if typed := request.POST or typed_before(request):
        return {"initial": typed.dict()}
    question = patient_search.read(request.GET.get("q", "")[:254])
    given_name, _space, family_name = question.name.title().partition(" ")
    names = {"given_name": given_name, "family_name": family_name, "birth_date": question.birth_date}
    typed = names | {"phone": question.phone, "email": question.email, "time": request.GET.get("time", "")}
    return {"initial": {name: value for name, value in typed.items() if value}}


def _book(request, forms, *, patient=None, newcomer=None):
    """All or nothing: a refusal shows the page again, with everything that was typed and three other times."""
    at = timezone.now()
    try:
        with transaction.atomic():
            patient = patient or registration.register(newcomer, at=at)
            reason = forms.form.cleaned_data["reason"]
            appointment = booking.book(forms.wish, patient=patient, at=at, by=request.user, reason=reason)
            audit.wrote(request, patient, "visit")
    except DomainError as refusal:
        known = _made_before(request, forms) if newcomer and isinstance(refusal, TokenReused) else None
        return redirect(known) if known else _refused(request, forms, refusal, patient=None if newcomer else patient)
    messages.success(request, _sentence(_("Booked: %(patient)s, %(when)s, with %(who)s."), appointment))
    offer_another(request, newcomer.email if newcomer else "")
    return redirect(appointment)


def _made_before(request, forms):
    """The visit that this page has already booked for this newcomer, when the same answers are sent twice."""
    newcomer, wish = forms.form.newcomer(), forms.wish
    return (
        Appointment.objects.visible_to(request.user)
        .filter(
            request_token=wish.request_token,
            starts_at=wish.starts_at,
            practitioner=wish.practitioner,
            patient__given_name=newcomer.given_name,
            patient__family_name=newcomer.family_name,
            patient__birth_date=newcomer.birth_date,
        )
        .first()
    )


def _sentence(sentence, appointment):
    when = civil_time.written(appointment.starts_at)
    return sentence % {"patient": appointment.patient, "when": when, "who": appointment.practitioner}


def _refused(request, forms, refusal, *, patient):
    forms.form.refuse(refusal)
    return _page(request, forms, patient=patient, refusal=refusal)


def _not_moved(request, forms, refusal, *, pk):
    """The visit as it is now, beside a sentence that says what has changed, so that the next try knows of it."""
    visit = get_object_or_404(_visits(request), pk=pk)
    forms.form.refuse(refusal)
    forms.form.data["seen_sequence"] = visit.calendar_sequence
    return _move_page(request, forms, visit, refusal=refusal)


def _move_page(request, forms, visit, *, refusal=None):
    may_move = visit.status == AppointmentStatus.BOOKED
    audit.read_visits(request, [visit], "visit")
    context = {"visit": visit, "may_move": may_move, **_times(forms, refusal)}
    return _answer(request, "desk/scheduling/move.html", context, refusal)


def _page(request, forms, *, patient=None, possible_duplicates=(), refusal=None):
    named = [person.pk for person in [patient, *possible_duplicates] if person]
    audit.read_each(request, named, "booking")
    context = {"patient": patient, "possible_duplicates": possible_duplicates, **_times(forms, refusal)}
    return _answer(request, "desk/scheduling/book.html", context, refusal)


def _answer(request, template, context, refusal):
    return render(
        request, "desk/scheduling/_when.html" if request.htmx else template, context, status=409 if refusal else 200
    )


# The free times


def _times(forms, refusal):
    """What `desk/scheduling/_when.html` needs: a week's free times by day, the weeks around it, and what is chosen."""
    what = forms.what
    shown = {
        "what": what,
        "form": forms.form,
        "chosen": forms.form["time"].value() or "",
        "own_hour": OWN_HOUR,
        "alternatives": _choices(getattr(refusal, "alternatives", [])),
    }
    return shown | (_free(what, at=timezone.now()) if what.chosen_type else {"days": [], "first_day": None})


def _free(what, *, at):
    search = Search(what.chosen_type, at, what.practitioner_id, by_desk=True)
    first_day = what.day_asked_for(at=at)
    if first_day is None:
        soonest = availability.next_open_time(search)
        first_day = soonest and timezone.localdate(soonest.starts_at)
    free = availability.open_times(search, first_day=first_day, days=week_of_times.DAYS_SHOWN) if first_day else []
    free = free if search.practitioner else week_of_times.one_for_each_start(free)
    return {
        "days": [{"day": day, "choices": _choices(times)} for day, times in week_of_times.by_day(free).items()],
        "first_day": first_day,
        **week_of_times.weeks_around(first_day, not_before=search.today, last_day=search.last_day),
    }


def _choices(open_times):
    return [{"value": time_value(open_time), "time": open_time} for open_time in open_times]
