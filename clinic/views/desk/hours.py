"""Hours, absences, rooms and machines. Each change first shows which booked visits it would affect; then it is made."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.forms.desk.hours import ClosureForm, ConfirmForm, MachineForm, RoomForm, TimeOffForm, WorkingHoursForm
from clinic.models import Closure, Practitioner, Room, TimeOff, UltrasoundMachine, WorkingHours
from clinic.models.schedules import Weekday
from clinic.scheduling import hour_changes
from clinic.views.shared import audit


@dataclass(frozen=True)
class Kind:
    """What can be changed here, and what the pages call it."""

    form: type
    to_add: str
    to_change: str
    to_remove: str = ""  # rooms and machines are only taken out of use: old visits still refer to them

    @property
    def model(self) -> type[models.Model]:
        return self.form._meta.model


KINDS = {
    "hours": Kind(
        WorkingHoursForm,
        gettext_lazy("Add working hours"),
        gettext_lazy("Change working hours"),
        gettext_lazy("Remove these hours"),
    ),
    "time-off": Kind(
        TimeOffForm,
        gettext_lazy("Add time off"),
        gettext_lazy("Change time off"),
        gettext_lazy("Remove this time off"),
    ),
    "closures": Kind(
        ClosureForm,
        gettext_lazy("Close the clinic"),
        gettext_lazy("Change a closure"),
        gettext_lazy("Remove this closure"),
    ),
    "rooms": Kind(RoomForm, gettext_lazy("Add a room"), gettext_lazy("Change a room")),
    "machines": Kind(MachineForm, gettext_lazy("Add an ultrasound machine"), gettext_lazy("Change a machine")),
}


@permission_required("clinic.change_workinghours", raise_exception=True)
@require_safe
def overview(request):
    now = timezone.now()
    today = timezone.localdate(now)
    people = Practitioner.objects.active().prefetch_related(
        models.Prefetch("working_hours", WorkingHours.objects.not_over(on=today)),
        models.Prefetch("time_off", TimeOff.objects.filter(ends_at__gt=now)),
    )
    context = {
        "today": today,
        "people": [{"person": person, "week": _week(person), "time_off": person.time_off.all()} for person in people],
        "closures": Closure.objects.filter(ends_at__gt=now),
        "rooms": Room.objects.all(),
        "machines": UltrasoundMachine.objects.all(),
    }
    return render(request, "desk/scheduling/hours/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request, kind):
    what = _kind(request, kind, "add")
    form = what.form(request.POST or None, initial={"practitioner": request.GET.get("practitioner")})
    return _change_page(request, form, {"title": what.to_add})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, kind, pk):
    what = _kind(request, kind, "change")
    row = get_object_or_404(what.model, pk=pk)
    form = what.form(request.POST or None, instance=row)
    return _change_page(request, form, {"title": what.to_change, "kind": kind, "pk": pk, "what": what})


@require_POST
def remove(request, kind, pk):
    what = _kind(request, kind, "delete")
    if not what.to_remove:
        raise Http404
    row = get_object_or_404(what.model, pk=pk)
    return _preview_or_make(request, what.model.objects.filter(pk=pk).delete, {"title": what.to_remove, "row": row})


def _kind(request, name, verb):
    what = KINDS.get(name)
    if not request.user.has_perm("clinic.change_workinghours"):
        raise PermissionDenied
    if what is None:
        raise Http404
    if not request.user.has_perm(f"clinic.{verb}_{what.model._meta.model_name}"):
        raise PermissionDenied
    return what


def _change_page(request, form, context):
    asks_again = "back" in request.POST
    if request.method != "POST" or asks_again or not form.is_valid():
        return render(
            request,
            "desk/scheduling/hours/form.html",
            context | {"form": form, "errors_of": None if asks_again else form},
        )
    return _preview_or_make(request, _saver(form), context | {"form": form})


def _saver(form):
    """Can be called repeatedly: a row that was saved in a trial does not know that it was rolled back."""
    row = form.instance
    pk, is_new = row.pk, row._state.adding

    def save():
        row.pk, row._state.adding = pk, is_new
        form.save()

    return save


def _preview_or_make(request, change, context):
    """First shows the visits that would be affected; the button on that page makes the change."""
    now = timezone.now()
    affected = hour_changes.affected_visits(change, at=now)
    confirm = ConfirmForm(request.POST if "apply" in request.POST else None, affected=affected)
    if confirm.is_valid():
        try:
            count = hour_changes.apply(change, seen=confirm.cleaned_data["seen"], at=now)
        except hour_changes.AffectedVisitsChanged as refusal:
            confirm = ConfirmForm(affected=affected)
            context["refusal"] = str(refusal)
        else:
            _report_change(request, count)
            return redirect(
                "desk-affected" if count and request.user.has_perm("clinic.view_workitem") else "desk-hours"
            )
    audit.read_visits(request, affected, "visits that a change of hours affects")
    return render(request, "desk/scheduling/hours/preview.html", context | {"affected": affected, "confirm": confirm})


def _report_change(request, count):
    done = _("The change is made.")
    if count:
        calls = ngettext("One person is to be called.", "%(count)s people are to be called.", count)
        done = f"{done} {calls % {'count': count}}"
    messages.success(request, done)


def _week(person):
    """The hours of each weekday, for a table of seven rows."""
    stretches = list(person.working_hours.all())
    return [
        {"day": label, "stretches": [stretch for stretch in stretches if stretch.weekday == weekday]}
        for weekday, label in Weekday.choices
    ]
