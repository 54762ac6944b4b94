"""Booking by a patient: kind of visit, open time, who is coming, check the answers, booked."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import ConsultationFirst, DomainError, HoldEnded, HoldReplaced, TimeNotOpen
from clinic.forms.public.booking import FamilyForm, HoldForm, NewcomerForm
from clinic.forms.shared.sign_in import TypedCodeForm
from clinic.lib.client_address import place_of
from clinic.models import Appointment, AppointmentStatus, Patient, VisitType
from clinic.people import namesakes
from clinic.scheduling import availability, booking, booking_requests, obstacles
from clinic.scheduling.wishes import Search, Wish
from clinic.views.public import booking_proof
from clinic.views.shared import audit
from clinic.views.shared.open_times import calendar_answer, refused

MAX_REMEMBERED_TOKENS = 5
ANSWERS = "answers"  # who is coming, in the session: one browser books one visit at a time


@login_not_required
@require_POST
def hold(request, visit_type):
    visit_type = get_object_or_404(VisitType.objects.for_patients(), slug=visit_type)
    form = HoldForm(request.POST)
    now, browser = timezone.now(), request.session.get("browser") or uuid4().hex
    if not form.is_valid():
        alternatives = availability.nearest(Search(visit_type, now), now)
        return refused(request, visit_type, TimeNotOpen(alternatives=alternatives))
    try:
        wish = Wish(visit_type, **form.cleaned_data)
        appointment = booking.hold(wish, held_by=browser, at=now, **_from(place_of(request)))
    except DomainError as refusal:
        return refused(request, visit_type, refusal)
    _remember(request, browser, appointment.request_token)
    return SeeOther(reverse("book-details", args=[visit_type.slug, appointment.request_token]))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request, visit_type, token):
    """Who is coming: one of the patients this account may act for, or somebody new."""
    appointment = _own(request, visit_type, token)
    if request.method == "POST":
        request.session[ANSWERS] = request.POST.dict()  # typed once and saved, whatever happens to the hold
    if ended := _ended(request, appointment):
        return ended
    family = Patient.objects.acted_for_by(request.user).living()
    asks_for_family = bool(family) and "new" not in request.GET
    if asks_for_family:
        audit.read_each(request, [patient.pk for patient in family], "booking")
    typed = {"data": request.POST or None, "initial": request.session.get(ANSWERS, {})}
    form = FamilyForm(**typed, patients=family) if asks_for_family else NewcomerForm.of(**typed)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data.get("patient") == FamilyForm.SOMEBODY_ELSE:
            return redirect(f"{reverse('book-details', args=[visit_type, token])}?new")
        _use_own_entry(request, form)
        return redirect("book-check", visit_type, token)
    needs_sign_in = appointment.visit_type.needs_consultation_first and not family
    context = {"appointment": appointment, "form": form, "needs_sign_in": needs_sign_in}
    return render(request, "public/scheduling/details.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, visit_type, token):
    """Check your answers; the POST books."""
    appointment = _own(request, visit_type, token)
    if ended := _ended(request, appointment):
        return ended
    form = _answered(request)
    if form is None:
        return redirect("book-details", visit_type, token)
    context = {"appointment": appointment, "form": form, "mark": _mark(form)}
    if request.method != "POST":
        return render(request, "public/scheduling/check.html", context)
    if form.email_meant and request.POST.get("email_meant") == form.email_meant:
        request.session[ANSWERS] = request.session[ANSWERS] | {"email": form.email_meant}
        return redirect("book-check", visit_type, token)
    if request.POST.get("shown", context["mark"]) != context["mark"]:
        return render(request, "public/scheduling/check.html", context | {"has_changed": True}, status=409)
    return _ask_or_book(request, appointment, form)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request, visit_type, token):
    """The code that proves the address; the POST books, and signs in."""
    appointment = _own(request, visit_type, token)
    if ended := _ended(request, appointment):
        return ended
    answers = _answered(request)
    process = booking_proof.process_of(request, answers and _mark(answers))
    if process is None:
        return redirect("book-check", visit_type, token)
    form = TypedCodeForm(request.POST or None, process=process)
    if request.method == "POST" and form.is_valid():
        return _prove_and_book(request, appointment, process)
    if request.method == "POST" and not process.record_invalid_attempt():
        messages.error(request, _("These were too many tries. Send it again, and we send you a new code."))
        return redirect("book-check", visit_type, token)
    context = {"appointment": appointment, "form": form, **process.address.as_state}
    return render(request, "public/scheduling/code.html", context)


def _ask_or_book(request, appointment, form):
    """Who is known here has booked; who is not types a code first, or is called if no code of ours gets there."""
    newcomer = form.newcomer(account=_account(request)) if isinstance(form, NewcomerForm) else None
    if newcomer and appointment.visit_type.needs_consultation_first:
        return refused(request, appointment.visit_type, ConsultationFirst())
    booking_proof.refuse_too_many(request, appointment, newcomer)
    if newcomer is None or booking_proof.is_known(request, newcomer):
        return _book(request, appointment, form)
    address = booking_proof.way_to(newcomer)
    try:
        if address:
            booking_proof.ask(request, appointment, address, _mark(form))
            return redirect("book-code", appointment.visit_type.slug, appointment.request_token)
        return _book(request, appointment, form, is_unprovable=True)
    except DomainError as refusal:
        return refused(request, appointment.visit_type, refusal)


def _prove_and_book(request, appointment, process):
    process.finish()
    _use_own_entry(request, _answered(request))
    answer = _book(request, appointment, _answered(request))
    booking_requests.note_proved(appointment, at=timezone.now())
    return answer


def _book(request, appointment, form, *, is_unprovable=False):
    at = timezone.now()
    try:
        with transaction.atomic():
            booking.confirm(appointment, at=at, by=_account(request), **_who(request, form))
            if is_unprovable:
                booking_requests.note_unprovable(appointment, asked_from=place_of(request).mark, at=at)
            audit.wrote(request, appointment.patient, "booking")
    except DomainError as refusal:
        return refused(request, appointment.visit_type, refusal)
    request.session.pop(ANSWERS, None)
    return redirect("book-booked", appointment.visit_type.slug, appointment.request_token)


@login_not_required
@never_cache
@require_safe
def booked(request, visit_type, token):
    appointment = _own(request, visit_type, token)
    if appointment.status == AppointmentStatus.PENDING:
        return redirect("book-details", visit_type, token)
    audit.read_visits(request, [appointment], "booking")
    obstacles.mark([appointment], at=timezone.now())
    return render(request, "public/scheduling/booked.html", {"appointment": appointment})


@login_not_required
@never_cache
@require_safe
def calendar(request, visit_type, token):
    appointment = _own(request, visit_type, token)
    if appointment.patient is None:
        raise Http404
    audit.read(request, appointment.patient, "booking")
    return calendar_answer(appointment)


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
    """Where to go when the hold no longer exists: the booking it became, or the page that says so."""
    if appointment.is_live_hold(at=timezone.now()):
        return None
    if appointment.patient_id:
        return redirect("book-booked", appointment.visit_type.slug, appointment.request_token)
    now = timezone.now()
    refusal = HoldReplaced() if appointment.held_until > now else HoldEnded()
    search = Search(appointment.visit_type, now, appointment.practitioner_id)
    refusal.alternatives = availability.nearest(search, appointment.starts_at)
    return refused(request, appointment.visit_type, refusal)


def _remember(request, browser, token):
    """Store a secret in this session, so that a browser holds one time only, and what it holds.

    A visitor who holds nothing leaves nothing behind.
    """
    others = [known for known in request.session.get("holds", []) if known != token]
    request.session["browser"] = browser
    request.session["holds"] = [*others, token][-MAX_REMEMBERED_TOKENS:]


def _answered(request):
    """The form with the answers given before, if they are still valid."""
    answers = request.session.get(ANSWERS)
    if answers is None:
        return None
    if "patient" in answers:
        form = FamilyForm(answers, patients=Patient.objects.acted_for_by(request.user).living())
    else:
        form = NewcomerForm(answers)
    return form if form.is_valid() else None


def _use_own_entry(request, form):
    """Who types the name and birth date of somebody in their own list means that person: no second entry is made."""
    if isinstance(form, NewcomerForm) and (own := namesakes.acted_for(_account(request), form.newcomer(account=None))):
        request.session[ANSWERS] = {"patient": str(own.pk), "reason": form.cleaned_data["reason"]}


def _mark(form):
    """Distinguishes one set of answers from another, so that an old page books nobody it did not show."""
    # This salt stays as it is: pages that are open were made with it.
    return salted_hmac("clinic.booking.answers", repr([form[name].value() for name in form.fields])).hexdigest()


def _who(request, form):
    if isinstance(form, FamilyForm):
        return {"patient": form.chosen_patient, "reason": request.session[ANSWERS].get("reason", "")}
    return {"newcomer": form.newcomer(account=_account(request)), "reason": form.cleaned_data["reason"]}


def _from(place):
    most = settings.HOLDS_PER_SHARED_ADDRESS if place.is_shared else settings.HOLDS_PER_ADDRESS
    return {"held_from": place.mark, "most": most}


def _account(request):
    return request.user if request.user.is_authenticated else None
