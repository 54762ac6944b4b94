"""Autosave of a record: saved while it is typed, and discarded."""

from secrets import token_urlsafe

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Appointment
from clinic.views.shared import audit, unsent
from procedures.records import autosave
from procedures.records.autosave import Typed

CLOSED_PAGES, MOST_CLOSED = "closed_record_pages", 20
unsent.kept_while_typed("practice-record-typed", is_form_of="practice-record")


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def keep(request, pk):
    """Responds with when it was saved, or why not. What a page sends after it was saved is ignored."""
    appointment = _visit(request, pk)
    if request.POST.get("page") in request.session.get(CLOSED_PAGES, []):
        return JsonResponse({"saved_at": ""})
    now = timezone.now()
    try:
        if request.POST.get("patient") != str(appointment.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient."))
        _row, is_first = autosave.save(appointment, Typed.of(request.POST.dict()), by=request.user, at=now)
    except DomainError as error:
        return JsonResponse({"refusal": str(error)}, status=409)
    if is_first:  # not every keystroke
        audit.wrote(request, appointment.patient, "typed record")
    return JsonResponse({"saved_at": formats.date_format(timezone.localtime(now), "TIME_FORMAT")})


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def drop(request, pk):
    """Of one window. If it is the page's own, what that page sends from now on is not saved either."""
    appointment = _visit(request, pk)
    autosave.drop(appointment, by=request.user, goes_on=request.POST.get("goes_on", ""), **_page_sent(request))
    close_page(request)
    messages.success(request, _("What you had typed is dropped."))
    return redirect("practice-record", pk=appointment.pk)


def _visit(request, pk):
    return get_object_or_404(Appointment.objects.visible_to(request.user).for_people(), pk=pk)


def _page_sent(request):
    return {"page": request.POST["page"]} if "page" in request.POST else {}


def new_page():
    """A name for one rendering of the page."""
    return token_urlsafe(9)


def close_page(request):
    """All of this page is saved or discarded: what it sends from now on is not saved."""
    if page := request.POST.get("page", "")[:20]:
        request.session[CLOSED_PAGES] = [*request.session.get(CLOSED_PAGES, []), page][-MOST_CLOSED:]
