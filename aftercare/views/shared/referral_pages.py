"""Going elsewhere or declining physiotherapy, answered on the same form in every area."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare.forms.shared.referral_answers import AnswerForm
from aftercare.models import ReferralAnswer
from aftercare.physiotherapy import answers
from clinic.errors import DomainError
from clinic.views.shared import audit

STAFF = "aftercare.change_servicerequest"


def referral_of(referrals, pk):
    return get_object_or_404(referrals.select_related("patient", "care_plan", "appointment"), pk=pk)


@dataclass(frozen=True)
class Door:
    """Through which door somebody answers: the page, where it leads (for `redirect`), and what is said in thanks."""

    template: str
    then: object
    is_own: bool = True
    is_desk: bool = False
    thanks: str = ""


def answer(request, referral, door):
    form = AnswerForm(
        request.POST if request.method == "POST" else None, is_own=door.is_own, initial=_answered_page(referral)
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                _record_answer(referral, form.cleaned_data, by=request.user)
                audit.changed(request, referral.patient, "referral")
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            done = _("Noted for %(patient)s. Nothing asks for a booking any more.")
            messages.success(request, door.thanks or done % {"patient": referral.patient})
            return _redirect(door.then)
    if not door.is_own:
        audit.read(request, referral.patient, "referral")
    first, last = answers.first_and_last_day(referral, at=timezone.now())
    context = {"referral": referral, "form": form, "first": first, "last": last, "is_desk": door.is_desk}
    return render(request, door.template, context)


def _record_answer(referral, entered, *, by):
    now = timezone.now()
    if entered["answer"] == ReferralAnswer.ELSEWHERE:
        answers.go_elsewhere(referral, on=entered["elsewhere_on"], where=entered["where"], by=by, at=now)
    else:
        answers.decline(referral, why=entered["why"], by=by, at=now)


def take_back(request, referral, *, then):
    with transaction.atomic():
        answers.withdraw_answer(referral, by=request.user, at=timezone.now())
        audit.changed(request, referral.patient, "referral")
    messages.success(request, _("Taken back. Physiotherapy is asked for again until it is booked."))
    return _redirect(then)


def _redirect(then):
    return redirect(*then) if isinstance(then, list) else redirect(then)


def _answered_page(referral):
    """The earlier answer, as initial values for a new one."""
    name = {ReferralAnswer.ELSEWHERE: "where", ReferralAnswer.DECLINED: "why"}.get(referral.answer)
    return {"answer": referral.answer, "elsewhere_on": referral.elsewhere_on, name: referral.answer_note}
