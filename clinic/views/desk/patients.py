"""Finding a patient at the desk, and one patient with everything the desk may know."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import CannotMerge
from clinic.forms.desk.lists import MergeForm, PatientSearchForm
from clinic.messaging import archive
from clinic.models import Patient, PatientDetails, WorkItem
from clinic.people import access_at_merge, merging, patient_search, same_person
from clinic.scheduling import obstacles
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required
from clinic.views.shared.visits import visible_visits

SHOWN = 20
VISITS_SHOWN = 50
MESSAGES_SHOWN = 20
CHANGES_SHOWN = 50


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def patients(request):
    return _search(request, address=reverse("desk-patients"))


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_safe
def search_for_booking(request):
    """The same search, when a visit is to be booked for the patient."""
    return _search(request, address=reverse("desk-book"), is_for_booking=True)


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def patient(request, pk):
    person = get_object_or_404(_patients(request), pk=pk)
    if person.merged_into_id:
        return redirect("desk-patient", person.merged_into_id)
    audit.read(request, person, "patient")
    now = timezone.now()
    visits = visible_visits(request).filter(patient=person)
    past = list(visits.filter(ends_at__lte=now).order_by("-starts_at")[: VISITS_SHOWN + 1])
    context = {
        "patient": person,
        "details": PatientDetails.objects.visible_to(request.user).filter(patient=person).first(),
        "changes": person.changes.select_related("by")[:CHANGES_SHOWN],
        "now": now,
        "to_come": obstacles.mark(visits.filter(ends_at__gt=now), at=now),
        "past": past[:VISITS_SHOWN],
        "has_more_past": len(past) > VISITS_SHOWN,
        "sent": archive.about(request.user, patient=person)[:MESSAGES_SHOWN],
        "items": WorkItem.objects.visible_to(request.user).filter(patient=person).order_by("-due_at")[:MESSAGES_SHOWN],
    }
    return render(request, "desk/people/patient.html", context)


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_safe
def duplicates(request, pk):
    """Who may be the same person: similar entries, or those found by a search."""
    person = get_object_or_404(_patients(request), pk=pk, merged_into=None)
    form = PatientSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    others = _patients(request).exclude(pk=pk)
    if words:
        found = patient_search.find_patients(words, limit=SHOWN, among=others)
    else:
        found = patient_search.PatientMatches(patient_search.possible_duplicates(person, among=others))
    audit.read(request, person, "patient")
    audit.read_each(request, [other.pk for other in found.patients], "search for a patient")
    return render(
        request, "desk/people/duplicates.html", {"patient": person, "form": form, "words": words, "found": found}
    )


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def merge(request, pk, other):
    """Two entries side by side; the other one is merged into the first."""
    into, duplicate = _two_entries(request, pk, other)
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            now = timezone.now()
            merging.merge(duplicate, into, by=request.user, at=now, reason=form.cleaned_data["reason"])
        except CannotMerge as refusal:
            form.add_error(None, str(refusal))
            audit.read_each(request, [into.pk, duplicate.pk], "patient")
            return render(
                request, "desk/people/merge.html", {"into": into, "duplicate": duplicate, "form": form}, status=409
            )
        messages.success(request, _("The two entries of %(patient)s are one now.") % {"patient": into})
        return redirect("desk-access" if access_at_merge.has_shut_out(into, at=now) else "desk-patient", pk)
    for person in (into, duplicate):
        audit.read(request, person, "patient")
    return render(request, "desk/people/merge.html", {"into": into, "duplicate": duplicate, "form": form})


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_POST
def two_people(request, pk, other):
    """Somebody has compared the two entries: they are two people."""
    one, another = _two_entries(request, pk, other)
    same_person.are_two(one, another, by=request.user, at=timezone.now())
    for person in (one, another):
        audit.read(request, person, "patient")
    messages.success(request, _("Noted: they are two people. Nobody is asked about it again."))
    return redirect("desk-patient", pk)


def _two_entries(request, *keys):
    entries = _patients(request).filter(merged_into=None).annotate(visit_count=Count("appointments"))
    found = entries.in_bulk(keys)
    if len(found) < len(keys):
        raise Http404
    return [found[key] for key in keys]


def _patients(request):
    return Patient.objects.visible_to(request.user).prefetch_related("contacts")


def _search(request, *, address, is_for_booking=False):
    form = PatientSearchForm(request.GET, address=address)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = patient_search.find_patients(words, limit=SHOWN, among=_patients(request))
    patient_search.note_earlier(found.patients, words)
    audit.read_each(request, [person.pk for person in found.patients], "search for a patient")
    context = {
        "form": form,
        "words": words,
        "found": found,
        "is_for_booking": is_for_booking,
        "may_book": request.user.has_perm("clinic.book_for_patients"),
    }
    return render(request, "desk/people/_patients_found.html" if request.htmx else "desk/people/patients.html", context)
