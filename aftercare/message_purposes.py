"""Why patients hear from the clinic in the days after, and when that is over. The cause is the signed procedure."""

from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare.models import Asks, CareCheck, CarePlan
from clinic.models import Appointment, MessageCategory, PractitionerRole
from clinic.models.purposes import PURPOSES, Purpose, past_their_time
from clinic.scheduling import cancellations


def _plans_of(messages):
    """(message, its care plan) for each that has one. One query."""
    plans = CarePlan.objects.filter(procedure__in={message.cause for message in messages} - {None})
    plans = {plan.procedure_id: plan for plan in plans.select_related("procedure", "referral")}
    return [(message, plans[message.cause]) for message in messages if message.cause in plans]


def _checks_of(messages):
    """(message, the check that it asks to answer)."""
    checks = CareCheck.objects.filter(care_plan__procedure__in={message.cause for message in messages} - {None})
    checks = checks.select_related("care_plan", "symptom_check")
    checks = {(check.care_plan.procedure_id, check.asks, check.moment): check for check in checks}
    asked = [(message, (message.cause, ASKS[message.purpose], message.occasion)) for message in messages]
    return [(message, checks[about]) for message, about in asked if about in checks]


def _where(pairs, holds, why):
    return {message.pk: why for message, about in pairs if holds(about)}


# Over


def _of_records_voided(messages, *, at):
    return _where(_plans_of(messages), lambda plan: not plan.is_standing, _("the record was withdrawn"))


def _of_longer_windows(messages, *, at):
    """Another injection's time without heavy lifting has not ended."""
    why = _("another injection's time without heavy lifting ends later")
    running = _where(_plans_of(messages), lambda plan: not plan.may_lift(at=at), why)
    return running | _of_records_voided(messages, at=at)


def _of_checks_answered(messages, *, at):
    answered = _where(_checks_of(messages), lambda check: hasattr(check, "symptom_check"), _("it is answered"))
    return answered | _of_records_voided(messages, at=at)


def _of_referrals_settled(messages, *, at):
    why = _("physiotherapy is booked, done or not wanted")
    settled = _where(_plans_of(messages), lambda plan: not plan.referral.is_to_be_booked, why)
    return settled | _of_records_voided(messages, at=at)


def _of_needles_after_all(messages, *, at):
    """A new record of the visit says that this patient was injected."""
    pairs = _plans_of(messages)
    visits = {plan.procedure.appointment_id for _message, plan in pairs}
    standing = CarePlan.objects.standing().filter(procedure__appointment__in=visits)
    again = set(standing.values_list("procedure__appointment", flat=True))
    why = _("a new record says that there was a needle")
    return _where(pairs, lambda plan: plan.procedure.appointment_id in again, why)


# Past


def _of_lifting_allowed(messages, *, at):
    why = _("the time without heavy lifting is over")
    return _where(_plans_of(messages), lambda plan: plan.lift_again_at <= at, why)


def _of_plans_ended(messages, *, at):
    return _where(_plans_of(messages), lambda plan: not plan.is_running(at=at), _("the days after are over"))


def _of_checks_closed(messages, *, at):
    why = _("the time for this answer is over")
    return _where(_checks_of(messages), lambda check: check.open_until <= at, why)


def _of_referrals_late(messages, *, at):
    today, why = timezone.localdate(at), _("the last day for physiotherapy is over")
    return _where(_plans_of(messages), lambda plan: plan.physiotherapy_due_on < today, why)


# Held


def _of_cancellations_undoable(messages, *, at):
    """The patient's physiotherapy was cancelled a moment ago; taken back, there is nothing to ask for."""
    physiotherapy = Appointment.objects.filter(visit_type__role=PractitionerRole.PHYSIOTHERAPIST)
    patients = {message.patient_id for message in messages}
    cancelled = cancellations.recent(physiotherapy.filter(patient__in=patients), at=at)
    patients = set(cancelled.values_list("patient", flat=True))
    why = _("physiotherapy was cancelled a moment ago, and that may still be taken back")
    return {message.pk: why for message in messages if message.patient_id in patients}


def _of_procedure(code, topic, category=MessageCategory.REMINDER, **answers):
    return PURPOSES.register(Purpose(code, category, topic=topic, cause="procedure", **answers))


NO_HEAVY_LIFTING = _of_procedure(
    *("no-heavy-lifting", "care_plans", MessageCategory.SAFETY), over=_of_records_voided, past=_of_lifting_allowed
)
LIFTING_ALLOWED = _of_procedure("lifting-allowed", "care_plans", over=_of_longer_windows, past=_of_plans_ended)
CHECK_BREATHING = _of_procedure(
    *("check-breathing", "symptoms", MessageCategory.SAFETY), over=_of_checks_answered, past=_of_checks_closed
)
HOW_ARE_YOU = _of_procedure("how-are-you", "symptoms", over=_of_checks_answered, past=_of_checks_closed)
BOOK_PHYSIOTHERAPY = _of_procedure(
    *("book-physiotherapy", "physiotherapy"),
    over=_of_referrals_settled,
    past=_of_referrals_late,
    held=_of_cancellations_undoable,
)
# What was told already does not hold: this patient was not injected. Not one of `CODES`: it outlives the plan.
TAKEN_BACK = _of_procedure(
    *("taken-back", "care_plans", MessageCategory.SAFETY), over=_of_needles_after_all, past=past_their_time
)
ASKS = {CHECK_BREATHING.code: Asks.BREATHING, HOW_ARE_YOU.code: Asks.HOW_ARE_YOU}

CODES = [p.code for p in (NO_HEAVY_LIFTING, LIFTING_ALLOWED, CHECK_BREATHING, HOW_ARE_YOU, BOOK_PHYSIOTHERAPY)]


def about(procedure):
    """What a message, or a work item, about the days after it has."""
    return {"purpose__in": CODES, "cause": procedure.pk}
