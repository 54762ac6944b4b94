"""Consent that patients read, sign and withdraw at home."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.errors import MoveNotAllowed
from clinic.people import access
from clinic.views.shared import audit
from clinic.views.shared.visits import own_visits
from procedures.consent import consents, visit_plans
from procedures.forms.shared.consents import ConsentForm, QuestionForm
from procedures.views.shared import consent_pages


@require_http_methods(["GET", "HEAD", "POST"])
@consent_pages.in_one_language
def own(request, pk):
    """The patient, or somebody who acts for them, reads and signs at home; afterwards the signed text."""
    visit = _own_visit(request, pk)
    plan = consent_pages.plan_of(request, visit)
    if request.method == "POST":
        _refuse_who_only_helps(request, visit)
    if consents.standing(plan) is None:
        visit_plans.refuse_if_over(visit)
        form = ConsentForm(request.POST if request.method == "POST" else None, of=visit.patient)
        if request.method == "POST" and consent_pages.sign(request, plan, form):
            messages.success(request, _("Thank you. You have signed. You can take it back at any time before."))
            return redirect("my-consent", pk=visit.pk)
        return consent_pages.page_to_sign(request, "my/consent/sign.html", visit, plan, form)
    if request.method == "POST":
        return redirect("my-consent", pk=visit.pk)
    return consent_pages.page_signed(request, "my/consent/signed.html", visit, plan)


@require_POST
def own_withdraw(request, pk):
    visit = _own_visit(request, pk)
    consent_pages.withdraw(request, consent_pages.plan_of(request, visit))
    messages.success(request, _("You have taken back your yes. Nobody will be cross. Call us if you want to talk."))
    return redirect("my-consent", pk=visit.pk)


@require_POST
def own_no(request, pk):
    """The patient has read it and says no."""
    visit = _own_visit(request, pk)
    _refuse_who_only_helps(request, visit)
    consent_pages.say_no(request, consent_pages.plan_of(request, visit))
    messages.success(
        request, _("We have noted your no. Nobody will be cross. Your visit stays booked, and we talk then.")
    )
    return redirect("my-consent", pk=visit.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@consent_pages.in_one_language
def own_question(request, pk):
    """The patient wants to know something first."""
    visit = _own_visit(request, pk)
    plan = consent_pages.plan_of(request, visit)
    visit_plans.refuse_if_over(visit)
    form = QuestionForm(request.POST if request.method == "POST" else None, initial={"patient": visit.patient_id})
    if request.method == "POST" and consent_pages.ask(request, plan, form):
        messages.success(request, _("We have your question, and call you before your visit."))
        return redirect("my-consent", pk=visit.pk)
    audit.read(request, visit.patient, "consent")
    return render(request, "my/consent/question.html", {"visit": visit, "form": form})


def _refuse_who_only_helps(request, visit):
    if not access.may_decide(request.user, visit.patient):
        raise MoveNotAllowed(_("Only the patient can sign this. Ask them to sign in, or to sign when you come."))


def _own_visit(request, pk):
    return get_object_or_404(own_visits(request), pk=pk)
