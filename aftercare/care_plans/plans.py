"""What signing a procedure starts: the care plan, the referral, every message, the desk's work item at the end."""

from datetime import UTC, time, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare import message_purposes
from aftercare.care_plans import complications
from aftercare.models import AftercareProtocol, CarePlan, ServiceRequest, ServiceRequestStatus
from aftercare.physiotherapy import reminders
from aftercare.symptoms import check_letters, check_times
from clinic import work_kinds, worklist
from clinic.errors import CannotRemove
from clinic.messaging import outbox, quiet_hours
from clinic.messaging.letters import Letter
from clinic.models import Message, MessageStatus, WorkItemStatus
from clinic.models.messages import UNSENT, ArchivedMessage
from procedures.errors import RecordIncomplete
from procedures.models import ProcedureStatus

NEXT_MORNING = time(9)


def refuse_while_running(patient, *, at):
    """Raises CannotRemove for a patient whom we still ask how they are."""
    for plan in CarePlan.objects.standing().filter(patient=patient):
        if plan.is_running(at=at) and not plan.referral.is_done:
            raise CannotRemove(_("The days after an injection still run. Wait until they are over."))


def start(procedure, *, at):
    """Make the care plan, the referral and every message of a procedure signed at `at`. Call it in that transaction.

    A record that is written again takes over the plan of the void one, with its times: the needle went in then, not at
    the second signature. Hours and days come from the protocol in force; lifting hours are elapsed hours, days are the
    clinic's civil days.
    Raises RecordIncomplete when no protocol is in force: nobody goes home without aftercare.
    """
    if plan := going_on(procedure.appointment):
        return _take_over(plan, procedure, at=at)
    at = at.astimezone(UTC)  # where 24 hours later is 24 hours later on every day
    protocol = AftercareProtocol.objects.for_definition(procedure.definition)
    if protocol is None:
        raise RecordIncomplete(
            [_("No aftercare protocol is in force. Ask the manager to put one in force, then sign.")]
        )
    plan = CarePlan.objects.create(
        procedure=procedure,
        patient=procedure.patient,
        protocol=protocol,
        starts_at=at,
        lift_again_at=at + timedelta(hours=protocol.lifting_hours),
        physiotherapy_due_on=timezone.localdate(at) + timedelta(days=protocol.physiotherapy_days),
        complications=complications.advice_about(procedure),
    )
    referral = ServiceRequest.objects.create(
        care_plan=plan, patient=procedure.patient, due_on=plan.physiotherapy_due_on
    )
    check_times.plan_checks(plan)
    outbox.schedule_all_for(plan.patient, letters_of(plan, checks=[*plan.checks.order_by("due_at", "asks", "moment")]))
    reminders.open_late_item(referral)
    complications.ask_for_a_call(plan, at=at)
    return plan


def going_on(appointment):
    """The standing plan of this visit whose record is void; None without one."""
    plans = CarePlan.objects.standing().filter(procedure__appointment=appointment)
    return plans.filter(procedure__status=ProcedureStatus.VOID).select_related("procedure", "protocol").first()


def _take_over(plan, procedure, *, at):
    """Checks, answers and exercises stay with the plan; what was still to be sent is planned anew, in the new words."""
    _withdraw_all(plan.procedure, reason=_("the record is written again"), at=at)
    plan.procedure, plan.complications = procedure, complications.advice_about(procedure)
    plan.save(update_fields=["procedure", "complications"])
    check_times.plan_checks(plan)
    outbox.schedule_all_for(plan.patient, letters_of(plan, checks=[*plan.checks.order_by("due_at", "asks", "moment")]))
    if plan.referral.is_to_be_booked:
        reminders.open_late_item(plan.referral)
    complications.ask_for_a_call(plan, at=at)
    return plan


def stop(procedure, *, at):
    """End the aftercare of a record that was voided at `at`, whose patient was not injected: nothing more is sent or
    asked for, and what was told already is taken back.

    Booked physiotherapy stays booked: the patient or the next record's referral may use it.
    """
    plan = CarePlan.objects.standing().filter(procedure=procedure).select_related("patient").first()
    was_told = _was_told(procedure)
    _withdraw_all(procedure, reason=_("the record was withdrawn"), at=at)
    referrals = ServiceRequest.objects.filter(care_plan__procedure=procedure)
    referrals.update(status=ServiceRequestStatus.REVOKED, appointment=None)
    if plan is None:
        return
    plan.ended_at = at
    plan.save(update_fields=["ended_at"])
    if was_told:
        outbox.schedule_for(plan.patient, _taken_back(plan, at=at))


def _withdraw_all(procedure, *, reason, at):
    about = message_purposes.about(procedure)
    messages = Message.objects.filter(**about)
    outbox.withdraw(messages, reason=reason, at=at)
    worklist.settle(work_kinds.MESSAGE_NOWHERE, work_kinds.MESSAGE_MISSING, **about, note=reason, at=at)
    worklist.settle(*work_kinds.UNDELIVERED, message__in=messages, note=reason, at=at)
    reminders.stop(procedure, reason=reason, at=at)
    complications.stop(procedure, reason=reason, at=at)


def _was_told(procedure):
    """Has the patient heard of it? By a message that may have gone out, or by a person instead of one."""
    about = message_purposes.about(procedure)
    never_left = [*UNSENT, MessageStatus.WITHDRAWN]
    by_message = [
        rows.filter(**about).exclude(status__in=never_left) for rows in (Message.objects, ArchivedMessage.objects)
    ]
    by_a_person = worklist.find(work_kinds.MESSAGE_NOWHERE, **about).filter(status=WorkItemStatus.COMPLETED)
    return any(rows.exists() for rows in (*by_message, by_a_person))


def _taken_back(plan, *, at):
    return Letter(
        message_purposes.TAKEN_BACK,
        cause=plan.procedure_id,
        context={"plan": plan},
        due_at=at,
        not_after=at + timedelta(days=7),
    )


def settle_lifting(patient, *, at):
    """Only the last of a patient's lifting windows ends with "you may lift again": before that it would be wrong."""
    *others, last = list(_lifting_windows(patient, at=at)) or [None]
    for plan in others:
        reason = _("another injection's time without heavy lifting ends later")
        outbox.withdraw(_lifting_allowed(plan), reason=reason, at=at)
    if last:
        outbox.reinstate(_lifting_allowed(last), at=at)


def letters_of(plan, *, checks):
    """Every letter of this care plan and its checks, computed from these alone.

    Of a plan that a second record took over: those that were due before its signature had been sent; what warns of
    harm is told again while it holds, as the record said something wrong before.
    """
    letters = [*_about_lifting(plan), *check_letters.letters_of(plan, checks), *reminders.letters_of(plan)]
    since = plan.procedure.signed_at
    if since is None or since <= plan.starts_at:
        return letters
    return [each for each in letters if each.due_at >= since or (each.may_wake and each.not_after > since)]


def _about_lifting(plan):
    """No heavy lifting: immediately and next morning, if the window lasts that long; then: you may lift again."""
    next_morning = max(plan.at(NEXT_MORNING, days_after=1), plan.starts_at + timedelta(hours=1))
    allowed = quiet_hours.outside(plan.lift_again_at)
    until_allowed = {"not_after": plan.lift_again_at, "cause": plan.procedure_id, "context": {"plan": plan}}
    no_lifting = partial(Letter, message_purposes.NO_HEAVY_LIFTING, **until_allowed)
    yield no_lifting(occasion="at-once", due_at=plan.starts_at, may_wake=True)
    if next_morning < plan.lift_again_at:
        yield no_lifting(occasion="next-morning", due_at=next_morning)
    yield Letter(
        message_purposes.LIFTING_ALLOWED,
        cause=plan.procedure_id,
        occasion="window-over",
        context={"plan": plan},
        due_at=allowed,
        not_after=allowed + timedelta(days=1),
    )


def _lifting_windows(patient, *, at):
    """Those whose end may not have been announced yet, the last one last."""
    plans = CarePlan.objects.standing().filter(patient=patient, lift_again_at__gt=at - timedelta(days=2))
    return plans.order_by("lift_again_at", "pk")


def _lifting_allowed(plan):
    return Message.objects.filter(purpose=message_purposes.LIFTING_ALLOWED.code, cause=plan.procedure_id)
