"""What was planned and what patients agreed to: for every record, and in each state for the visits to come."""

from datetime import timedelta
from random import Random

from aftercare.demo import complaints
from clinic.models import AppointmentStatus
from procedures.consent import drawings, wording
from procedures.models import (
    Consent,
    ConsentText,
    Guidance,
    InjectionSite,
    PlannedSite,
    ProcedureDefinition,
    ProcedurePlan,
)

SEED = 606
REASONS = {
    Guidance.LANDMARK: "The sore knot is easy to feel with the fingers.",
    Guidance.ULTRASOUND: "With ultrasound we see the muscle and where the needle goes.",
}
PLANNED, SIGNED, CONFIRMED = timedelta(days=2), timedelta(hours=20), timedelta(minutes=2)
NOT_BEFORE = timedelta(hours=3)  # for a visit far ahead this was done so long ago
# For the visits to come, one after the other.
STATES = ["signed", "waiting", "taken back", "no plan", "signed"]
TO_COME = [AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED]


def write_consents(clinic, injected, shelf):
    """Plan and consent in bulk. Those of the records were signed and confirmed on the day."""
    text, chance = ConsentText.objects.get(is_current=True), Random(SEED)
    kinds = set(ProcedureDefinition.objects.filter(is_active=True).values_list("visit_type", flat=True))
    to_come = [v for v in clinic.visits if v.status in TO_COME and v.appointment.visit_type_id in kinds]
    to_come.sort(key=lambda visit: (visit is not clinic.stages.here, visit.appointment.starts_at))
    states = {visit: STATES[number % len(STATES)] for number, visit in enumerate(to_come)}
    planned = [*injected, *(visit for visit in to_come if states[visit] != "no plan")]
    drawings.keep_body()
    plans = ProcedurePlan.objects.bulk_create(_plan(visit, shelf, clinic.moment) for visit in planned)
    _write_sites(plans, shelf, chance)
    state_of = {plan: states.get(visit, "confirmed") for visit, plan in zip(planned, plans, strict=True)}
    Consent.objects.bulk_create(
        _consent(plan, text, clinic, state=state) for plan, state in state_of.items() if state != "waiting"
    )


def _plan(visit, shelf, moment):
    definition = shelf.definitions[visit.appointment.visit_type_id]
    return ProcedurePlan(
        appointment=visit.appointment,
        patient=visit.patient,
        definition=definition,
        guidance=definition.guidance,
        guidance_reason=REASONS[definition.guidance],
        planned_by=visit.appointment.practitioner.user,
        planned_at=_before(visit.appointment, PLANNED, moment),
    )


def _before(appointment, how_long, moment):
    return min(appointment.starts_at, moment.now - NOT_BEFORE) - how_long


def _write_sites(plans, shelf, chance):
    """For past visits the plan matches the record; for upcoming ones it has some of what hurts."""
    recorded = {}
    for site in InjectionSite.objects.values("procedure__appointment", "muscle", "side").order_by("pk"):
        recorded.setdefault(site["procedure__appointment"], []).append((site["muscle"], site["side"]))
    PlannedSite.objects.bulk_create(
        PlannedSite(plan=plan, muscle_id=muscle, side=side)
        for plan in plans
        for muscle, side in dict.fromkeys(recorded.get(plan.appointment_id) or _some_sites(plan.patient, shelf, chance))
    )


def _some_sites(patient, shelf, chance):
    return [(muscle.pk, side) for muscle, side in complaints.sites(patient, shelf, chance, most=2)]


def _consent(plan, text, clinic, *, state):
    signed_at, desk = _before(plan.appointment, SIGNED, clinic.moment), clinic.team.desk
    read = wording.write(plan, text)
    confirmed = {"confirmed_at": plan.appointment.starts_at + CONFIRMED, "confirmed_by": plan.planned_by}
    taken_back = {"withdrawn_at": signed_at + timedelta(hours=1), "withdrawn_by": desk}
    return Consent(
        plan=plan,
        patient=plan.patient,
        text=text,
        language=read.language,
        words=read.words,
        drawn=read.drawn,
        words_sha256=read.sha256,
        signed_name=str(plan.patient),
        signed_at=signed_at,
        signed_by=desk,
        signed_here=True,
        **{"confirmed": confirmed, "taken back": taken_back}.get(state, {}),
    )
