"""The page on which a second physician looks at what one alone may not do, and writes why it is right, or does not."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import DomainError, MoveNotAllowed
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits
from procedures import second_person
from procedures.dosing import record_dose
from procedures.forms.practice.second_person import SecondPersonForm
from procedures.models import Procedure


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request, pk):
    """What of a draft needs another physician than the one who did it."""
    appointment = get_object_or_404(visible_visits(request), pk=pk)
    records = Procedure.objects.visible_to(request.user).with_all_parts().standing()
    procedure = records.filter(appointment=appointment).first()
    if procedure is None:
        raise Http404
    if request.method == "POST":
        return _approve(request, appointment, procedure)
    if procedure.is_signed:
        return redirect(procedure)
    return _page(request, appointment, procedure, form=None)


def _approve(request, appointment, procedure):
    form = SecondPersonForm(request.POST)
    if not form.is_valid():
        if {"patient", "seen"} & form.errors.keys():
            raise MoveNotAllowed
        return _page(request, appointment, procedure, form=form)
    try:
        with transaction.atomic():
            second_person.approve(procedure, by=request.user, **form.cleaned_data)
            audit.wrote(request, procedure.patient, "second physician's reason")
    except DomainError as refusal:
        if refusal.field != "reason":
            raise
        form.add_error("reason", str(refusal))
        return _page(request, appointment, procedure, form=form)
    messages.success(
        request, _("Your reason is kept. The record of %(patient)s can be signed.") % {"patient": procedure.patient}
    )
    return redirect("practice")


def _page(request, appointment, procedure, *, form):
    audit.read(request, procedure.patient, "record for a second look")
    newest = procedure.patient.measurements.first()
    drugs = procedure.drugs.all()
    needs = second_person.needs(procedure)
    first = {"patient": procedure.patient_id, "seen": second_person.version(procedure, needs)}
    context = {
        "appointment": appointment,
        "procedure": procedure,
        "shown": record_dose.display(procedure, drugs, at=timezone.now(), height_cm=newest and newest.height_cm),
        "form": form or SecondPersonForm(initial=first),
        "errors_of": form,
        "refusal": second_person.refusal(procedure, by=request.user),
        "needs": needs,
    }
    return render(request, "practice/records/second_person.html", context)
