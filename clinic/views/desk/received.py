"""SMS that people wrote to us, and whom each is about when several patients or none have its number."""

from django.contrib import messages as notes
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.forms.desk.lists import PatientSearchForm
from clinic.messaging import attributions
from clinic.models import IncomingMessage, IncomingPatient, Patient
from clinic.people import patient_search
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of

SHOWN = 20


@permission_required("clinic.change_incomingmessage", raise_exception=True)
@require_safe
def received(request):
    """Those of which nobody knows yet whom they are about; or all, the latest first."""
    shows_all = request.GET.get("list") == "all"
    rows = IncomingMessage.objects.all() if shows_all else IncomingMessage.objects.undecided()
    page = page_of(_with_patients(rows), request)
    about = [row.patient_id for incoming in page.rows for row in incoming.about_now]
    audit.read_each(request, about, "messages")
    return render(request, "desk/messaging/received.html", {"page": page, "shows_all": shows_all})


@permission_required("clinic.change_incomingmessage", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def incoming(request, pk):
    """One of them: the words, and a button for each patient that it may be about."""
    sms = get_object_or_404(IncomingMessage, pk=pk)
    if request.method == "POST":
        return _decide(request, sms)
    return _page(request, sms)


def _page(request, sms, status=200):
    about = list(Patient.objects.visible_to(request.user).filter(pk__in=sms.about_patients.current().values("patient")))
    form = PatientSearchForm(request.GET, has_focus=False)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = patient_search.find_patients(words, limit=SHOWN, among=_patients(request)) if words else None
    candidates = list(_patients(request).filter(pk__in=attributions.candidates(sms)))
    audit.read_each(request, [person.pk for person in about], "messages")
    audit.read_each(
        request, [person.pk for person in [*candidates, *(found.patients if found else [])]], "search for a patient"
    )
    context = {
        "sms": sms,
        "about": about,
        "candidates": candidates,
        "form": form,
        "words": words,
        "found": found,
    }
    return render(request, "desk/messaging/incoming.html", context, status=status)


def _decide(request, sms):
    """Without any patient it is nobody's, which has a button of its own."""
    wanted = request.POST.getlist("patient")
    if not wanted and "nobody" not in request.POST:
        notes.error(request, _("Choose whom it is about."))
        return _page(request, sms, status=422)
    people = list(_patients(request).filter(pk__in=[pk for pk in wanted if pk.isdecimal() and len(pk) < 19]))
    if len(people) != len(set(wanted)):
        raise Http404
    attributions.decide(sms, people, at=timezone.now(), **audit.asker(request))
    notes.success(request, _("Kept. You can change it at any time."))
    return redirect("desk-patient-messages", people[0].pk) if len(people) == 1 else redirect("desk-received")


def _patients(request):
    return Patient.objects.visible_to(request.user).filter(merged_into=None).prefetch_related("contacts")


def _with_patients(rows):
    current = IncomingPatient.objects.current().select_related("patient")
    return rows.prefetch_related(Prefetch("about_patients", queryset=current, to_attr="about_now"))
