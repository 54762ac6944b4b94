"""The patient's own pages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import TimeNotOpen, TimeTaken
from clinic.forms.my.visits import MoveForm, SeenForm
from clinic.lib import civil_time
from clinic.models import Patient
from clinic.people import namesakes
from clinic.scheduling import availability, cancellations, moved_visits, obstacles
from clinic.scheduling.wishes import Search
from clinic.views.shared import audit
from clinic.views.shared.open_times import calendar_answer, refused, times_context
from clinic.views.shared.visits import own_visits


@require_safe
def home(request):
    """Every patient this account may act for: what is to be done now, and the visits."""
    patients = namesakes.tell_apart(Patient.objects.acted_for_by(request.user))
    now = timezone.now()
    for patient in patients:
        audit.read(request, patient, "own pages")
    visits = own_visits(request)
    context = {
        "patients": patients,
        "is_family": len(patients) > 1,
        "undoable": cancellations.undoable(visits, by=request.user, at=now),
        "upcoming": obstacles.mark(visits.upcoming(at=now), at=now),
        "past": visits.filter(ends_at__lte=now).order_by("-starts_at")[:20],
    }
    return render(request, "my/home.html", context)


@require_safe
def calendar(request, pk):
    visit = _own(request, pk)
    audit.read(request, visit.patient, "visit")
    return calendar_answer(visit)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    """I cannot come: the page offers to move the visit or to cancel it; the POST cancels."""
    appointment = _own(request, pk)
    now = timezone.now()
    if request.method == "POST":
        cancellations.cancel_by_patient(
            appointment, by=request.user, at=now, seen_sequence=_seen(SeenForm(request.POST))
        )
        _note_change(request, appointment)
        return redirect("my")
    audit.read(request, appointment.patient, "visit")
    context = {
        "appointment": obstacles.mark([appointment], at=now)[0],
        "may_cancel": cancellations.may_be_cancelled_by_patient(appointment, at=now),
        "may_move": moved_visits.may_be_moved_by_patient(appointment, at=now),
    }
    return render(request, "my/scheduling/cancel.html", context)


@require_POST
def undo_cancel(request, pk):
    appointment = _own(request, pk)
    try:
        cancellations.undo_cancel(appointment, by=request.user, at=timezone.now())
    except TimeTaken as refusal:
        return refused(request, appointment.visit_type, refusal)
    _note_change(request, appointment)
    messages.success(request, _("%(whose)s is booked again: %(when)s.") % _whose_and_when(request, appointment))
    return redirect("my")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request, pk):
    """The open times for the same kind of visit; one tap moves it there."""
    appointment = _own(request, pk)
    now = timezone.now()
    if request.method == "POST":
        return _move(request, appointment, at=now)
    audit.read(request, appointment.patient, "visit")
    obstacles.mark([appointment], at=now)
    context = {"appointment": appointment, "may_move": moved_visits.may_be_moved_by_patient(appointment, at=now)}
    if context["may_move"]:
        context |= times_context(request, appointment.visit_type, at=now)
    return render(request, "my/scheduling/move.html", context | {"action": _move_url(appointment)})


def _move(request, appointment, *, at):
    form = MoveForm({**request.POST.dict(), "seen": request.GET.get("seen")})
    try:
        wish = form.wish_for(appointment) if form.is_valid() else _no_such_time(appointment, at=at)
        moved_visits.reschedule(appointment, to=wish, seen_sequence=form.cleaned_data["seen"], by=request.user, at=at)
    except TimeTaken as refusal:
        action = _move_url(appointment)
        times_url = reverse("my-move", args=[appointment.pk])
        return refused(request, appointment.visit_type, refusal, action=action, times_url=times_url)
    _note_change(request, appointment)
    told = _whose_and_when(request, appointment)
    messages.success(request, _("%(whose)s is moved. See you on %(when)s.") % told)
    return redirect("my")


def _no_such_time(appointment, *, at):
    """The page posted something that is not a time."""
    search = Search(appointment.visit_type, at)
    raise TimeNotOpen(alternatives=availability.nearest(search, appointment.starts_at))


def _move_url(appointment):
    """With the state of the visit that the page shows, so that an old page moves nothing by mistake."""
    return f"{reverse('my-move', args=[appointment.pk])}?seen={appointment.calendar_sequence}"


def _seen(form):
    return form.cleaned_data["seen"] if form.is_valid() else None


def _whose_and_when(request, appointment):
    is_family = Patient.objects.acted_for_by(request.user).count() > 1
    whose = (
        _("The visit of %(patient)s") % {"patient": appointment.patient.short_name} if is_family else _("Your visit")
    )
    return {"whose": whose, "when": civil_time.written_near(appointment.starts_at)}


def _note_change(request, appointment):
    audit.changed(request, appointment.patient, "visit")


def _own(request, pk):
    return get_object_or_404(own_visits(request), pk=pk)
