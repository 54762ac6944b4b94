"""Consent: read and signed by patients at home or on a device of the clinic, confirmed by the physician, taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import auditing
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Appointment
from clinic.network import client_address
from procedures import consent_words, consenting, visit_planning
from procedures.forms.consents import ConsentForm, ShownForm
from procedures.models import ProcedurePlan


@require_http_methods(["GET", "HEAD", "POST"])
def own(request, pk):
    """The patient, or who acts for them, reads and signs at home; afterwards the words as they were signed."""
    visit = _own_visit(request, pk)
    plan = _plan_of(request, visit)
    if consenting.standing(plan) is None:
        visit_planning.refuse_if_over(visit)
        form = ConsentForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and _sign(request, plan, form):
            messages.success(request, _("Thank you. You have signed. You can take it back at any time before."))
            return redirect("my-consent", pk=visit.pk)
        return _page_to_sign(request, "consent/own.html", visit, plan, form)
    if request.method == "POST":
        return redirect("my-consent", pk=visit.pk)
    return _page_signed(request, "consent/own_signed.html", visit, plan)


@require_POST
def own_withdraw(request, pk):
    visit = _own_visit(request, pk)
    _withdraw(request, _plan_of(request, visit))
    messages.success(request, _("You have taken back your yes. Nobody will be cross. Call us if you want to talk."))
    return redirect("my-consent", pk=visit.pk)


@permission_required("procedures.add_consent", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def here(request, pk):
    """On a device of the clinic that is handed over: nothing else of the clinic stands on the page."""
    visit = _visit(request, pk)
    plan = _plan_of(request, visit)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if consenting.standing(plan):
        return redirect("desk-consent-signed", pk=visit.pk)
    visit_planning.refuse_if_over(visit)
    if request.method == "POST" and _sign(request, plan, form, is_here=True):
        return redirect("desk-consent-signed", pk=visit.pk)
    return _page_to_sign(request, "consent/here.html", visit, plan, form)


@permission_required("procedures.add_consent", raise_exception=True)
@require_safe
def here_signed(request, pk):
    """Thank you, and please give the device back. The signed words can be printed from here."""
    visit = _visit(request, pk)
    plan = _plan_of(request, visit)
    if consenting.standing(plan) is None:
        return redirect("desk-consent", pk=visit.pk)
    return _page_signed(request, "consent/here_signed.html", visit, plan, home=_home_of(request, visit))


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def confirm(request, pk):
    visit = _visit(request, pk)
    with transaction.atomic():
        consenting.confirm(_shown(request, _plan_of(request, visit)), by=request.user, at=timezone.now())
        _note_change(request, visit.patient)
    messages.success(request, _("Noted: %(patient)s says yes again today.") % {"patient": visit.patient})
    return redirect(f"{reverse('practice-visit', args=[visit.pk])}#consent")


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def withdraw(request, pk):
    visit = _visit(request, pk)
    _withdraw(request, _plan_of(request, visit))
    messages.success(request, _("Noted: %(patient)s has taken the consent back.") % {"patient": visit.patient})
    return redirect(f"{reverse('practice-visit', args=[visit.pk])}#consent")


def _own_visit(request, pk):
    visits = Appointment.objects.acted_for_by(request.user).for_people().with_people_and_places()
    return get_object_or_404(visits, pk=pk)


def _visit(request, pk):
    visits = Appointment.objects.visible_to(request.user).for_people().with_people_and_places()
    return get_object_or_404(visits, pk=pk)


def _plan_of(request, visit):
    plans = ProcedurePlan.objects.visible_to(request.user).select_related(
        "patient", "definition", "appointment__practitioner"
    )
    return get_object_or_404(plans, appointment=visit)


def _sign(request, plan, form, *, is_here=False):
    """True once it is signed; False when something on the page has to be put right first."""
    if not form.is_valid():
        return False
    said = form.cleaned_data
    if said["patient"] != plan.patient_id:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was signed."))
    signed = {"name": said["name"], "interpreter": said["interpreter"], "seen_sha256": said["seen"]}
    try:
        with transaction.atomic():
            consenting.sign(plan, **signed, by=request.user, at=timezone.now(), here=is_here)
            auditing.wrote(plan.patient, by=request.user, what="consent", address=client_address(request))
    except DomainError as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _withdraw(request, plan):
    with transaction.atomic():
        consenting.withdraw(_shown(request, plan), by=request.user, at=timezone.now())
        _note_change(request, plan.patient)


def _shown(request, plan):
    """The consent whose button was pressed, if it is this patient's."""
    form = ShownForm(request.POST)
    if not form.is_valid() or form.cleaned_data["patient"] != plan.patient_id:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    consent = plan.consents.filter(pk=form.cleaned_data["consent"]).first()
    if consent is None:
        raise MoveNotAllowed
    return consent


def _page_to_sign(request, template, visit, plan, form):
    read = consenting.words_of(plan)
    auditing.read(visit.patient, by=request.user, what="consent", address=client_address(request))
    context = {
        "visit": visit,
        "form": form,
        "words": list(consent_words.read(read.words)),
        "seen": read.sha256,
        "last": plan.consents.first(),
    }
    return render(request, template, context)


def _page_signed(request, template, visit, plan, **more):
    consent = consenting.standing(plan)
    auditing.read(visit.patient, by=request.user, what="consent", address=client_address(request))
    context = {
        "visit": visit,
        "consent": consent,
        "words": list(consent_words.read(consent.words)),
        "may_withdraw": consenting.may_be_withdrawn(consent),
    }
    return render(request, template, context | more)


def _home_of(request, visit):
    name = "desk-appointment" if request.user.has_perm("clinic.view_workitem") else "practice-visit"
    return reverse(name, args=[visit.pk])


def _note_change(request, patient):
    auditing.changed(patient, by=request.user, what="consent", address=client_address(request))
