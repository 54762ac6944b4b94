"""How a consent is read, signed and withdrawn, the same in every area."""

from functools import wraps

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits
from procedures.consent import consents, replies, wording
from procedures.consent.consents import Signature
from procedures.forms.shared.consents import ShownForm
from procedures.models import ProcedurePlan


def in_one_language(view):
    """The page of a consent speaks the language in which consents are written and kept, whatever the browser asks."""

    @wraps(view)
    def speaking(*args, **kwargs):
        with translation.override(settings.LANGUAGE_CODE):
            return view(*args, **kwargs)

    return speaking


def visit_of(request, pk):
    return get_object_or_404(visible_visits(request), pk=pk)


def plan_of(request, visit):
    plans = ProcedurePlan.objects.visible_to(request.user).select_related(
        "patient", "definition", "appointment__practitioner"
    )
    return get_object_or_404(plans, appointment=visit)


def sign(request, plan, form, *, is_here=False):
    """True once it is signed; False if something on the page has to be corrected first."""
    if not form.is_valid():
        return False
    entered = form.cleaned_data
    if entered["patient"] != plan.patient_id:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was signed."))
    signature = Signature(
        entered["name"],
        seen_sha256=entered["seen"],
        signed_as=entered["signed_as"],
        interpreter=entered["interpreter"],
        here=is_here,
    )
    try:
        with transaction.atomic():
            consents.sign(plan, signature, by=request.user, at=timezone.now())
            audit.wrote(request, plan.patient, "consent")
    except DomainError as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def say_no(request, plan):
    if request.POST.get("patient") != str(plan.patient_id):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    with transaction.atomic():
        replies.say_no(plan, by=request.user, at=timezone.now())
        audit.wrote(request, plan.patient, "no to a plan")


def ask(request, plan, form):
    """True once the question is sent; False if something on the page has to be corrected first."""
    if not form.is_valid():
        return False
    if form.cleaned_data["patient"] != plan.patient_id:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was sent."))
    with transaction.atomic():
        replies.ask(plan, form.cleaned_data["words"], by=request.user, at=timezone.now())
        audit.wrote(request, plan.patient, "question about a plan")
    return True


def withdraw(request, plan):
    with transaction.atomic():
        consents.withdraw(shown(request, plan), by=request.user, at=timezone.now())
        note_change(request, plan.patient)


def note_signer(request, plan):
    with transaction.atomic():
        consents.note_signer(shown(request, plan), by=request.user, at=timezone.now())
        note_change(request, plan.patient)


def shown(request, plan):
    """The consent whose button was pressed, if it is this patient's."""
    form = ShownForm(request.POST)
    if not form.is_valid() or form.cleaned_data["patient"] != plan.patient_id:
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was changed."))
    consent = plan.consents.filter(pk=form.cleaned_data["consent"]).first()
    if consent is None:
        raise MoveNotAllowed
    return consent


def page_to_sign(request, template, visit, plan, form):
    read = consents.wording_for(plan)
    audit.read(request, visit.patient, "consent")
    context = {
        "visit": visit,
        "form": form,
        "words": list(wording.read(read.words, read.drawn)),
        "seen": read.sha256,
        "last": plan.consents.first(),
        "no": replies.standing_no(plan),
        "questions": replies.questions(plan),
    }
    return render(request, template, context)


def page_signed(request, template, visit, plan, **more):
    consent = consents.standing(plan)
    audit.read(request, visit.patient, "consent")
    context = {
        "visit": visit,
        "consent": consent,
        "words": list(wording.read(consent.words, consent.drawn)),
        "may_withdraw": consents.may_be_withdrawn(consent),
    }
    return render(request, template, context | more)


def home_of(request, visit):
    name = "desk-appointment" if request.user.has_perm("clinic.view_workitem") else "practice-visit"
    return reverse(name, args=[visit.pk])


def note_change(request, patient):
    audit.changed(request, patient, "consent")
