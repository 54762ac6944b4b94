"""What a patient says about a plan instead of signing it: no, or a question. A person hears of it before the visit."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.messaging import triage
from clinic.models import TakenFor
from procedures import work_kinds
from procedures.consent.visit_plans import refuse_if_over
from procedures.models import ProcedurePlan, ReplyKind

SAME_QUESTION_WITHIN = timedelta(minutes=10)


def standing_no(plan):
    """The patient's no to this plan, as it is now and not signed since; or None."""
    no = plan.replies.filter(kind=ReplyKind.NO, said_at__gte=plan.planned_at).first()
    if no is None or plan.consents.filter(signed_at__gte=no.said_at).exists():
        return None
    return no


def questions(plan):
    """What the patient asked about this plan, the newest first."""
    return plan.replies.filter(kind=ReplyKind.QUESTION)


def say_no(plan, *, by, at):
    """The patient, or who decides for them, says no. The visit stays booked, and its physician talks with them.

    Saying it twice is one no. Raises VisitOver, MoveNotAllowed when it is signed already: then it is taken back.
    """
    with transaction.atomic():
        plan = _locked(plan)
        if plan.consents.standing().exists():
            raise MoveNotAllowed(_("You have signed this. Open what you signed, and take it back there."))
        if there := standing_no(plan):
            return there
        no = _reply(plan, ReplyKind.NO, by=by, at=at)
        says = _("%(name)s talks with the patient before the visit: plan it anew, or cancel the visit.")
        _open(work_kinds.CONSENT_NO, no, says % {"name": plan.appointment.practitioner})
    return no


def ask(plan, words, *, by, at):
    """The patient asks before deciding; a colleague answers. Words that sound of an emergency are urgent at once.

    Raises DomainError for the field `words` when there are none, VisitOver.
    """
    if not has_visible_text(words):
        raise DomainError(_("Write what you want to ask."), field="words")
    words = words.strip()
    with transaction.atomic():
        plan = _locked(plan)
        if there := questions(plan).filter(words=words, said_at__gt=at - SAME_QUESTION_WITHIN).first():
            return there
        question = _reply(plan, ReplyKind.QUESTION, words=words, by=by, at=at)
        is_red = triage.sounds_of(words) == TakenFor.RED
        kind = work_kinds.CONSENT_QUESTION_RED if is_red else work_kinds.CONSENT_QUESTION
        says = _(
            "Read the question with the consent of the visit. Call the patient; a physician answers what is medical."
        )
        _open(kind, question, says)
    return question


def _locked(plan):
    plan = (
        ProcedurePlan.objects.select_for_update(of=["self"]).select_related("appointment__practitioner").get(pk=plan.pk)
    )
    refuse_if_over(plan.appointment)
    return plan


def _reply(plan, kind, *, by, at, words=""):
    return plan.replies.create(patient_id=plan.patient_id, kind=kind, words=words, said_by=by, said_at=at)


def _open(kind, reply, what_to_say):
    visit = reply.plan.appointment
    about = {"cause": reply.pk, "patient_id": reply.patient_id, "appointment": visit}
    worklist.open(kind, **about, what_to_say=what_to_say, due_at=reply.said_at)


def settle(appointment, *, note, at):
    """Nobody needs to talk about a no or answer a question any more; what sounds of an emergency stays."""
    kinds = (work_kinds.CONSENT_NO, work_kinds.CONSENT_QUESTION)
    worklist.settle(*kinds, appointment=appointment, note=note, at=at)


def reopen(appointment, *, at):
    """The visit takes place after all: a no that still stands is talked about again."""
    plan = ProcedurePlan.objects.filter(appointment=appointment).first()
    if plan and (no := standing_no(plan)):
        for item in worklist.find(work_kinds.CONSENT_NO, cause=no.pk):
            item.reopen(due_at=at)
