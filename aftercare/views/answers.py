"""Going elsewhere or declining physiotherapy: said by the patient, by the desk or to the physiotherapist."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercare import answering
from aftercare.forms.answers import AnswerForm
from aftercare.models import ReferralAnswer, ServiceRequest
from clinic import auditing
from clinic.errors import DomainError
from clinic.models import Patient
from clinic.network import client_address

STAFF = "aftercare.change_servicerequest"


@require_http_methods(["GET", "HEAD", "POST"])
def own(request, pk):
    referral = _one(ServiceRequest.objects.acted_for_by(request.user), pk)
    thanks = _("Thank you. We will not ask you again. You can take it back at any time.")
    return _answer(request, referral, template="my/physiotherapy_answer.html", then=referral, thanks=thanks)


@require_POST
def take_back_own(request, pk):
    referral = _one(ServiceRequest.objects.acted_for_by(request.user), pk)
    return _take_back(request, referral, then=referral)


@permission_required(["aftercare.view_servicerequest", "clinic.view_workitem"], raise_exception=True)
@require_safe
def of_patient(request, pk):
    """The desk's page: every referral of one patient, and what can be said about it. Nothing clinical."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=pk)
    auditing.read(patient, by=request.user, what="referral", address=client_address(request))
    referrals = ServiceRequest.objects.visible_to(request.user).filter(patient=patient)
    context = {
        "patient": patient,
        "today": timezone.localdate(),
        "referrals": referrals.select_related("appointment", "answered_by").order_by("-due_on"),
    }
    return render(request, "referrals/desk.html", context)


@permission_required([STAFF, "clinic.view_workitem"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def at_desk(request, pk):
    referral = _one(ServiceRequest.objects.visible_to(request.user), pk)
    then = ["desk-physiotherapy", referral.patient_id]
    return _answer(request, referral, template="referrals/answer.html", then=then, is_own=False, is_desk=True)


@permission_required([STAFF, "clinic.view_workitem"], raise_exception=True)
@require_POST
def take_back_at_desk(request, pk):
    referral = _one(ServiceRequest.objects.visible_to(request.user), pk)
    return _take_back(request, referral, then=["desk-physiotherapy", referral.patient_id])


@permission_required([STAFF, "aftercare.add_physiotherapyassessment"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def in_practice(request, pk):
    referral = _one(ServiceRequest.objects.visible_to(request.user), pk)
    return _answer(request, referral, template="referrals/answer.html", then=["practice-referral", pk], is_own=False)


@permission_required([STAFF, "aftercare.add_physiotherapyassessment"], raise_exception=True)
@require_POST
def take_back_in_practice(request, pk):
    referral = _one(ServiceRequest.objects.visible_to(request.user), pk)
    return _take_back(request, referral, then=["practice-referral", pk])


def _one(referrals, pk):
    return get_object_or_404(referrals.select_related("patient", "care_plan", "appointment"), pk=pk)


def _answer(request, referral, *, template, then, is_own=True, is_desk=False, thanks=""):
    form = AnswerForm(request.POST if request.method == "POST" else None, is_own=is_own, initial=_said(referral))
    if form.is_valid():
        try:
            with transaction.atomic():
                _say(referral, form.cleaned_data, by=request.user)
                _audit(request, referral)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            done = _("Noted for %(patient)s. Nothing asks for a booking any more.")
            messages.success(request, thanks or done % {"patient": referral.patient})
            return _redirect(then)
    if not is_own:
        auditing.read(referral.patient, by=request.user, what="referral", address=client_address(request))
    first, last = answering.first_and_last_day(referral, at=timezone.now())
    context = {"referral": referral, "form": form, "first": first, "last": last, "is_desk": is_desk}
    return render(request, template, context)


def _say(referral, said, *, by):
    now = timezone.now()
    if said["answer"] == ReferralAnswer.ELSEWHERE:
        answering.go_elsewhere(referral, on=said["elsewhere_on"], where=said["where"], by=by, at=now)
    else:
        answering.decline(referral, why=said["why"], by=by, at=now)


def _take_back(request, referral, *, then):
    with transaction.atomic():
        answering.take_back(referral, by=request.user, at=timezone.now())
        _audit(request, referral)
    messages.success(request, _("Taken back. Physiotherapy is asked for again until it is booked."))
    return _redirect(then)


def _redirect(then):
    return redirect(*then) if isinstance(then, list) else redirect(then)


def _said(referral):
    """What was said before, to be said again with changes."""
    name = {ReferralAnswer.ELSEWHERE: "where", ReferralAnswer.DECLINED: "why"}.get(referral.answer)
    return {"answer": referral.answer, "elsewhere_on": referral.elsewhere_on, name: referral.answer_note}


def _audit(request, referral):
    auditing.changed(referral.patient, by=request.user, what="referral", address=client_address(request))
