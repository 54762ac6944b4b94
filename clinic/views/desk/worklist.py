"""What a person at the desk must do: due now, later, and what was settled in the last days."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic import worklist
from clinic.errors import DomainError
from clinic.forms.desk.lists import DoneForm
from clinic.lib import civil_time
from clinic.models import WorkItem, WorkItemStatus
from clinic.scheduling import working_days
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of

ENDED_DAYS = 7


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def work_items(request):
    now = timezone.now()
    lists = _lists(WorkItem.objects.visible_to(request.user), at=now)
    shown = request.GET.get("list", "")
    shown = shown if shown in lists else "due"
    rows = lists[shown].select_related(
        "patient", "appointment__visit_type", "waitlist_entry__visit_type", "message", "incoming", "ended_by"
    )
    page = page_of(rows.prefetch_related("patient__contacts"), request)
    if shown != "ended":
        worklist.add_steps([item for item in page.rows if _may_have_steps(item)], door="desk")
    audit.read_each(request, [item.patient_id for item in page.rows], "list of things to do")
    context = {
        "shown": shown,
        "page": page,
        "morning": working_days.next_morning(at=now),
        "tomorrow": timezone.localdate(now) + timedelta(days=1),
        "ended_days": ENDED_DAYS,
    }
    return render(request, "desk/worklist/work.html", context)


def _may_have_steps(item):
    return item.patient_id or item.incoming_id or item.work_kind.is_about_nobody


@permission_required("clinic.change_workitem", raise_exception=True)
@require_POST
def done(request, pk):
    item, form = _item(request, pk), DoneForm(request.POST)
    if not form.is_valid():
        return _unreadable(request, form)
    try:
        with transaction.atomic():
            worklist.complete(item, by=request.user, note=form.cleaned_data["note"], at=timezone.now())
            _audit(request, item)
    except DomainError as refusal:
        if refusal.field != "note":
            raise
        messages.error(request, str(refusal))
        return redirect(f"{reverse('desk-work')}#work-{item.pk}")
    _say_done(request, item, form.cleaned_data["note"])
    return redirect("desk-work")


def _say_done(request, item, note):
    """If somebody else's note came first, it stays; the person is shown that theirs was not saved."""
    if note in ("", item.note):
        messages.success(request, _("Done: %(item)s.") % {"item": _named(item)})
        return
    sentence = _("%(item)s: somebody did this before you, and wrote “%(first)s”. Your note is not kept: “%(note)s”.")
    messages.warning(request, sentence % {"item": _named(item), "first": item.note, "note": note})


@permission_required("clinic.change_workitem", raise_exception=True)
@require_POST
def postpone(request, pk):
    item, form = _item(request, pk), DoneForm(request.POST)
    if not form.is_valid():
        return _unreadable(request, form)
    with transaction.atomic():
        morning = working_days.next_morning(at=timezone.now())
        worklist.postpone(item, until=morning, note=form.cleaned_data["note"])
        _audit(request, item)
    when = civil_time.written(morning)
    messages.success(request, _("%(item)s: it comes back on %(when)s.") % {"item": _named(item), "when": when})
    return redirect("desk-work")


def _unreadable(request, form):
    messages.error(request, " ".join(form.errors["note"]))
    return redirect("desk-work")


def _lists(items, *, at):
    return {
        "due": items.due(at=at).urgent_first(),
        "later": items.filter(status=WorkItemStatus.REQUESTED, due_at__gt=at),
        "ended": items.filter(ended_at__gte=at - timedelta(days=ENDED_DAYS)).order_by("-ended_at", "-pk"),
    }


def _item(request, pk):
    return get_object_or_404(WorkItem.objects.visible_to(request.user).select_related("patient"), pk=pk)


def _named(item):
    return f"{item.get_kind_display()} ({item.patient})" if item.patient else item.get_kind_display()


def _audit(request, item):
    if item.patient:
        audit.changed(request, item.patient, "work item")
