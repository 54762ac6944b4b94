"""What signing a procedure starts: the care plan, the referral, every message, the desk's work item at the end."""

from datetime import UTC, time, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare import message_purposes
from aftercare.models import AftercareProtocol, CarePlan, ServiceRequest, ServiceRequestStatus
from aftercare.physiotherapy import reminders
from aftercare.symptoms import check_letters, check_times
from clinic import work_kinds, worklist
from clinic.errors import CannotRemove
from clinic.messaging import outbox, quiet_hours
from clinic.messaging.letters import Letter
from clinic.models import Message
from procedures.errors import RecordIncomplete

NEXT_MORNING = time(9)


def refuse_while_running(patient, *, at):
    """Raises CannotRemove for a patient whom we still ask how they are."""
    for plan in CarePlan.objects.standing().filter(patient=patient):
        if plan.is_running(at=at) and not plan.referral.is_done:
            raise CannotRemove(_("The days after an injection still run. Wait until they are over."))


def start(procedure, *, at):
    """Make the care plan, the referral and every message of a procedure signed at `at`. Call it in that transaction.

    Hours and days come from the protocol in force; lifting hours are elapsed hours, days are the clinic's civil days.
    Raises RecordIncomplete when no protocol is in force: nobody goes home without aftercare.
    """
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
    )
    referral = ServiceRequest.objects.create(
        care_plan=plan, patient=procedure.patient, due_on=plan.physiotherapy_due_on
    )
    check_times.plan_checks(plan)
    outbox.schedule_all_for(plan.patient, letters_of(plan, checks=[*plan.checks.order_by("due_at", "asks", "moment")]))
    reminders.open_late_item(referral)
    return plan


def stop(procedure, *, at):
    """End the aftercare of a record that was voided at `at`: nothing more is sent or asked for.

    Booked physiotherapy stays booked: the patient or the next record's referral may use it.
    """
    reason = _("the record was withdrawn")
    about = message_purposes.about(procedure)
    messages = Message.objects.filter(**about)
    outbox.withdraw(messages, reason=reason, at=at)
    worklist.settle(work_kinds.MESSAGE_NOWHERE, work_kinds.MESSAGE_MISSING, **about, note=reason, at=at)
    worklist.settle(*work_kinds.UNDELIVERED, message__in=messages, note=reason, at=at)
    reminders.stop(procedure, reason=reason, at=at)
    referrals = ServiceRequest.objects.filter(care_plan__procedure=procedure)
    referrals.update(status=ServiceRequestStatus.REVOKED, appointment=None)


def settle_lifting(patient, *, at):
    """Only the last of a patient's lifting windows ends with "you may lift again": before that it would be wrong."""
    *others, last = list(_lifting_windows(patient, at=at)) or [None]
    for plan in others:
        reason = _("another injection's time without heavy lifting ends later")
        outbox.withdraw(_lifting_allowed(plan), reason=reason, at=at)
    if last:
        outbox.reinstate(_lifting_allowed(last), at=at)


def letters_of(plan, *, checks):
    """Every letter of this care plan and its checks, computed from these alone."""
    return [*_about_lifting(plan), *check_letters.letters_of(plan, checks), *reminders.letters_of(plan)]


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
