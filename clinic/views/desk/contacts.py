"""The desk adds an address of a patient, and ends one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.errors import MoveNotAllowed
from clinic.forms.desk.contacts import EndContactForm, NewContactForm
from clinic.lib import mail_domains
from clinic.messaging import contacts
from clinic.models import Patient
from clinic.people.corrections import Why
from clinic.views.shared import audit


@permission_required("clinic.change_patient", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, pk):
    person = _person(request, pk)
    form = NewContactForm(request.POST if request.method == "POST" else None, patient=person)
    if not form.is_valid():
        return _page(request, "desk/people/contact_new.html", person, form)
    try:
        with transaction.atomic():
            new = [contacts.add_contact(person, *way, _why(request, form)) for way in form.ways]
    except MoveNotAllowed as refusal:
        return _refused(request, "desk/people/contact_new.html", person, form, refusal)
    messages.success(request, _("The address is in the file."))
    for contact in new:
        offer_another(request, contact.value)
    return redirect("desk-patient", pk)


@permission_required("clinic.change_patient", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, pk, contact):
    person = _person(request, pk)
    ending = get_object_or_404(person.contacts, pk=contact)
    form = EndContactForm(request.POST if request.method == "POST" else None)
    more = {"contact": ending, "is_last": [each for each in person.contacts.all() if each.until is None] == [ending]}
    if not form.is_valid():
        return _page(request, "desk/people/contact_end.html", person, form, **more)
    try:
        contacts.end_contact(ending, _why(request, form))
    except MoveNotAllowed as refusal:
        return _refused(request, "desk/people/contact_end.html", person, form, refusal, **more)
    messages.success(request, _("%(address)s is no longer used. The search still finds it.") % {"address": ending})
    return redirect("desk-patient", pk)


def offer_another(request, address):
    """After it was written: a mistyped mail domain is shown, so that it can be corrected while the person is there."""
    if meant := mail_domains.meant(address):
        sentence = _("Is %(address)s right? Perhaps it is %(meant)s: ask, and change it if so.")
        messages.warning(request, sentence % {"address": address, "meant": meant})


def _person(request, pk):
    people = Patient.objects.visible_to(request.user).prefetch_related("contacts")
    return get_object_or_404(people, pk=pk, merged_into=None)


def _why(request, form):
    return Why(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])


def _refused(request, template, person, form, refusal, **more):
    form.add_error(None, str(refusal))
    return _page(request, template, person, form, status=409, **more)


def _page(request, template, person, form, *, status=None, **more):
    audit.read(request, person, "file")
    status = status or (422 if form.is_bound else 200)
    return render(request, template, {"patient": person, "form": form, **more}, status=status)
