"""Consent that a physician confirms on the day, or notes as withdrawn."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from procedures.consent import consents
from procedures.views.shared import consent_pages


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def confirm(request, pk):
    visit = consent_pages.visit_of(request, pk)
    with transaction.atomic():
        consents.confirm(
            consent_pages.shown(request, consent_pages.plan_of(request, visit)), by=request.user, at=timezone.now()
        )
        consent_pages.note_change(request, visit.patient)
    messages.success(request, _("Noted: %(patient)s says yes again today.") % {"patient": visit.patient})
    return redirect(f"{reverse('practice-visit', args=[visit.pk])}#consent")


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def withdraw(request, pk):
    visit = consent_pages.visit_of(request, pk)
    consent_pages.withdraw(request, consent_pages.plan_of(request, visit))
    messages.success(request, _("Noted: %(patient)s has taken the consent back.") % {"patient": visit.patient})
    return redirect(f"{reverse('practice-visit', args=[visit.pk])}#consent")
