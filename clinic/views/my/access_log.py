"""Who opened my file: the audit trail, as the patient may read it."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clinic.models import Patient
from clinic.people import access_log, namesakes
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of

# What the trail calls it, where a patient would not know the word
PLAIN = {
    "patient": gettext_lazy("your page at the desk"),
    "visit": gettext_lazy("a visit of yours"),
    "own pages": gettext_lazy("your visits"),
    "work item": gettext_lazy("something to do for you"),
    "who opened the file": gettext_lazy("this page"),
    "who did what": gettext_lazy("the list of who did what"),
}


@require_safe
def own(request):
    """Of one of the patients for whom this account may act; a family chooses."""
    patients = namesakes.tell_apart(Patient.objects.acted_for_by(request.user))
    patient = _chosen(request, patients)
    page = page_of(access_log.rows(patient), request) if patient else None
    if patient:
        audit.read(request, patient, "who opened the file")
    context = {
        "patients": patients,
        "patient": patient,
        "page": page,
        "days": _by_day(request.user, access_log.lines(page.rows)) if page else [],
    }
    return render(request, "my/people/access_log.html", context)


def _chosen(request, patients):
    """The first one, unless the address names another."""
    asked = request.GET.get("patient")
    if asked is None:
        return patients[0] if patients else None
    found = next((patient for patient in patients if str(patient.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _by_day(reader, lines):
    """Pairs of a day and its entries: who (a name), as what, and the line itself."""
    days = {}
    for line in lines:
        what = PLAIN.get(line.what, line.what)
        days.setdefault(line.on, []).append({"who": _who(reader, line), "what": what, "line": line})
    return days.items()


def _who(reader, line):
    if line.who is None:
        return _("Somebody with a link that we sent") if line.is_by_link else _("The app, by itself")
    if line.who == reader:
        return _("You")
    return ", ".join([str(line.who), *line.roles])
