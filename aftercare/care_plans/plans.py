"""What signing a procedure sets in motion: the care plan, the referral, every message, the desk's last resort."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from aftercare.models import AftercareProtocol, Asks, CarePlan, ServiceRequest, ServiceRequestStatus
from aftercare.symptoms import check_times
from clinic.lib import civil_time
from clinic.messaging import outbox
from clinic.models import Message, MessageCategory, WorkItem, WorkItemKind
from procedures.errors import RecordIncomplete

NEXT_MORNING = time(9)
REMINDER_TIME = time(10)
REMINDER_DAYS = (1, 3, 5)
ANSWER_IN_TIME = timedelta(hours=20)  # after that, how the breath was is no question any more


def start(procedure, *, at):
    """Make the care plan, the referral and every message of a procedure signed at `at`. Call it in that transaction.

    Hours and days come from the protocol in force; lifting hours are counted as hours, days as the clinic's civil days.
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
    links = {(check.asks, check.moment): check_times.link_of(check) for check in plan.checks.all()}
    letters = [_letter(plan, planned, link=links.get(planned.asks)) for planned in messages_of(plan)]
    outbox.schedule_all_for(plan.patient, letters)
    _plan_work_item(plan, referral)
    return plan


def stop(procedure, *, at):
    """End the aftercare of a record that was voided at `at`: nothing more is sent or asked for.

    Physiotherapy that is booked stays booked, for the patient or for the next record's referral to use.
    """
    reason = _("the record was withdrawn")
    own = Q(key__startswith=f"procedure:{procedure.pk}:")
    messages = Message.objects.filter(own)
    outbox.withdraw(messages, reason=reason, at=at)
    WorkItem.objects.filter(own | Q(message__in=messages)).cancel(note=reason, at=at)
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


def reminders_of(referral):
    """The messages that ask the patient to book physiotherapy."""
    return Message.objects.filter(_keys(referral.care_plan.procedure_id, "book-physiotherapy"))


def late_item_of(referral):
    """The desk's work item for the day on which physiotherapy should have been booked."""
    return WorkItem.objects.filter(key=_late_key(referral.care_plan.procedure_id))


def moved_item_of(referral):
    """The desk's work item for physiotherapy that was moved after its last day."""
    return WorkItem.objects.filter(key=_moved_key(referral.care_plan.procedure_id))


def ask_for_an_earlier_time(referral, *, at):
    """The visit that serves the referral was moved after the last day: a person at the desk asks once."""
    says = _("Physiotherapy was due by %(day)s and was moved to a later day. Offer an earlier time.")
    item, _is_new = WorkItem.objects.get_or_create(
        key=_moved_key(referral.care_plan.procedure_id),
        defaults={
            "kind": WorkItemKind.PHYSIOTHERAPY_LATE,
            "patient_id": referral.patient_id,
            "what_to_say": says % {"day": formats.date_format(referral.due_on, "DATE_FORMAT")},
            "due_at": at,
        },
    )
    item.appointment = referral.appointment
    item.save(update_fields=["appointment"])
    item.reopen(due_at=at)


def reminder_items_of(referral):
    """The desk's work items for reminders that could not be sent: no contact, or they did not arrive."""
    nowhere = _keys(referral.care_plan.procedure_id, "book-physiotherapy")
    return WorkItem.objects.filter(nowhere | Q(message__in=reminders_of(referral)))


@dataclass(frozen=True)
class PlannedMessage:
    """One message that belongs to a care plan: `key` without its channel, and when it is of use."""

    key: str
    template: str
    due_at: datetime
    not_after: datetime
    category: MessageCategory = MessageCategory.REMINDER
    may_wake: bool = False
    asks: tuple | None = None  # what and at which moment, where it brings the link of a check


def messages_of(plan):
    """Every message that belongs to this care plan, computed from nothing but the plan itself."""
    return [*_about_lifting(plan), *_asking(plan), *_about_physiotherapy(plan)]


def _about_lifting(plan):
    """No heavy lifting: at once and next morning, if the window lasts that long; then: you may lift again."""
    next_morning = max(_on(plan, 1, NEXT_MORNING), plan.starts_at + timedelta(hours=1))
    allowed = outbox.outside_quiet_hours(plan.lift_again_at)
    ends, safety = plan.lift_again_at, MessageCategory.SAFETY
    yield _planned(plan, "no-heavy-lifting", "at-once", plan.starts_at, ends, category=safety, may_wake=True)
    if next_morning < ends:
        yield _planned(plan, "no-heavy-lifting", "next-morning", next_morning, ends, category=safety)
    yield _planned(plan, "lifting-allowed", "window-over", allowed, allowed + timedelta(days=1))


def _asking(plan):
    """One for each check, of use while its link is; of the questions about the breath the first may come at night."""
    first_breath = True
    for check in check_times.checks_of(plan):
        moment = {"due_at": check.due_at, "asks": (check.asks, check.moment)}
        if check.asks == Asks.BREATHING:
            not_after = min(check.open_until, check.due_at + ANSWER_IN_TIME)
            safety = {"category": MessageCategory.SAFETY, "may_wake": first_breath}
            yield _planned(plan, "check-breathing", check.moment, not_after=not_after, **safety, **moment)
            first_breath = False
        else:
            yield _planned(plan, "how-are-you", check.moment, not_after=check.open_until, **moment)


def _about_physiotherapy(plan):
    """Days 1, 3 and 5, those before the deadline; each is of no use once the next is due."""
    for day in REMINDER_DAYS:
        due_at = _on(plan, day, REMINDER_TIME)
        if due_at.date() < plan.physiotherapy_due_on:
            yield _planned(plan, "book-physiotherapy", f"+{day}d", due_at, due_at + timedelta(days=2))


def _planned(plan, template, moment, due_at, not_after, **more):
    key = f"procedure:{plan.procedure_id}:{template}:{moment}"
    return PlannedMessage(key=key, template=template, due_at=due_at, not_after=not_after, **more)


def _lifting_windows(patient, *, at):
    """Those whose end may not have been told yet, the last one last."""
    plans = CarePlan.objects.standing().filter(patient=patient, lift_again_at__gt=at - timedelta(days=2))
    return plans.order_by("lift_again_at", "pk")


def _lifting_allowed(plan):
    return Message.objects.filter(_keys(plan.procedure_id, "lifting-allowed"))


def _plan_work_item(plan, referral):
    """On the last day a person takes over; born now, so that nothing needs to remember it."""
    WorkItem.objects.get_or_create(
        key=_late_key(plan.procedure_id),
        defaults={
            "kind": WorkItemKind.PHYSIOTHERAPY_LATE,
            "patient": plan.patient,
            "appointment": plan.procedure.appointment,
            "due_at": outbox.outside_quiet_hours(civil_time.at(referral.due_on, time(8))),
            "what_to_say": _(
                "Physiotherapy was due by %(day)s and is not booked. Offer a time, or ask where it is done."
            )
            % {"day": formats.date_format(referral.due_on, "DATE_FORMAT")},
        },
    )


def _letter(plan, planned, *, link):
    return {
        "key": planned.key,
        "template": planned.template,
        "context": {"plan": plan, "link": link},
        "category": planned.category,
        "due_at": planned.due_at,
        "not_after": planned.not_after,
        "may_wake": planned.may_wake,
    }


def _keys(procedure_id, template):
    return Q(key__startswith=f"procedure:{procedure_id}:{template}:")


def _late_key(procedure_id):
    return f"procedure:{procedure_id}:physiotherapy-late"


def _moved_key(procedure_id):
    return f"procedure:{procedure_id}:physiotherapy-moved-late"


def _on(plan, days, clock):
    return civil_time.at(timezone.localdate(plan.starts_at) + timedelta(days=days), clock)
