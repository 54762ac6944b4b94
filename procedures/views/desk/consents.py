"""Consent on a device of the clinic that the desk hands over."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from procedures.consent import consents, visit_plans
from procedures.forms.shared.consents import ConsentForm
from procedures.views.shared import consent_pages


@permission_required("procedures.add_consent", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@consent_pages.in_one_language
def here(request, pk):
    """On a device of the clinic that is handed over: the page shows nothing else of the clinic."""
    visit = consent_pages.visit_of(request, pk)
    plan = consent_pages.plan_of(request, visit)
    form = ConsentForm(request.POST if request.method == "POST" else None, of=visit.patient)
    if consents.standing(plan):
        return redirect("desk-consent-signed", pk=visit.pk)
    visit_plans.refuse_if_over(visit)
    if request.method == "POST" and consent_pages.sign(request, plan, form, is_here=True):
        return redirect("desk-consent-signed", pk=visit.pk)
    return consent_pages.page_to_sign(request, "desk/consent/sign.html", visit, plan, form)


@permission_required("procedures.add_consent", raise_exception=True)
@require_safe
@consent_pages.in_one_language
def here_signed(request, pk):
    """Thank you, and please give the device back. The signed text can be printed from here."""
    visit = consent_pages.visit_of(request, pk)
    plan = consent_pages.plan_of(request, visit)
    if consents.standing(plan) is None:
        return redirect("desk-consent", pk=visit.pk)
    return consent_pages.page_signed(
        request, "desk/consent/signed.html", visit, plan, home=consent_pages.home_of(request, visit)
    )


@permission_required("procedures.add_consent", raise_exception=True)
@require_POST
def signer_seen(request, pk):
    """At the desk or in the room: a colleague has seen who signed by another name than the patient's."""
    visit = consent_pages.visit_of(request, pk)
    consent_pages.note_signer(request, consent_pages.plan_of(request, visit))
    messages.success(request, _("Noted: you have seen who signed."))
    return redirect(f"{consent_pages.home_of(request, visit)}#consent")


@permission_required("procedures.add_consent", raise_exception=True)
@require_POST
def here_no(request, pk):
    """On the device that was handed over: the patient says no."""
    visit = consent_pages.visit_of(request, pk)
    consent_pages.say_no(request, consent_pages.plan_of(request, visit))
    messages.success(request, _("We have noted your no. Nobody will be cross. Please give the device back."))
    return redirect("desk-consent", pk=visit.pk)
