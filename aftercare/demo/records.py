"""Records of injections and what followed: old ones in bulk, the last days' as the app itself signs them."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from aftercare import work_kinds
from aftercare.demo import complaints, needles, packs
from aftercare.demo.needles import Depths
from aftercare.models import AftercareProtocol, CarePlan, ReferralAnswer, ServiceRequest, ServiceRequestStatus
from clinic import worklist
from clinic.models import AppointmentStatus, WorkItemStatus
from procedures.models import (
    Complication,
    DrugAdministration,
    InjectionSite,
    Muscle,
    PainMoment,
    PainScore,
    Preparation,
    Procedure,
    ProcedureDefinition,
    ProcedureStatus,
)
from procedures.records import sealed_parts

# Procedures of these last days are signed one by one: their messages and deadlines are still pending.
LIVE_DAYS = 9
NOT_BOOKED = "Physiotherapy was not booked in time. Offer a time, or ask where it is done."
# Weak solutions: a few mL of them stay far below every limit.
ML_PER_SITE = [Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2)]
PREPARATIONS = ["bupi025", "lido1", "ropi02"]


@dataclass
class Shelf:
    """What the records refer to, read once."""

    definitions: dict = field(default_factory=dict)  # visit type id -> definition
    protocols: dict = field(default_factory=dict)  # definition id -> protocol
    muscles: dict = field(default_factory=dict)  # key -> muscle
    preparations: list = field(default_factory=list)
    depths: Depths | None = None

    @classmethod
    def read(cls):
        definitions = list(ProcedureDefinition.objects.filter(is_active=True).order_by("-position"))
        return cls(
            definitions={definition.visit_type_id: definition for definition in definitions},
            protocols={each.pk: AftercareProtocol.objects.for_definition(each) for each in definitions},
            muscles=Muscle.objects.select_related("region").in_bulk(),
            preparations=list(Preparation.objects.filter(slug__in=PREPARATIONS).order_by("slug")),
            depths=Depths(),
        )


def write_records(visits, shelf, chance):
    """A draft with all its parts for each visit at which something was injected. Returns those visits."""
    injected = [
        visit
        for visit in visits
        if visit.status == AppointmentStatus.FULFILLED and visit.appointment.visit_type_id in shelf.definitions
    ]
    for visit in injected:
        visit.procedure = Procedure(
            appointment=visit.appointment,
            patient=visit.patient,
            definition=shelf.definitions[visit.appointment.visit_type_id],
            performed_by=visit.appointment.practitioner,
            performed_on=visit.day,
            observation_minutes=chance.choice([15, 20, 30]),
            had_complications=False,
            created_at=visit.appointment.starts_at,
        )
    procedures = [visit.procedure for visit in injected]
    injection_sites = [site for each in procedures for site in sites(each, shelf, chance)]
    scores = [score for each in procedures for score in pain(each, chance)]
    Procedure.objects.bulk_create(procedures)
    InjectionSite.objects.bulk_create(injection_sites)
    DrugAdministration.objects.bulk_create(drug for each in procedures for drug in drugs(each, shelf, chance))
    PainScore.objects.bulk_create(scores)
    return injected


def sites(procedure, shelf, chance):
    """One to three of the places where this patient hurts, with one needle each."""
    chosen = complaints.sites(procedure.patient, shelf, chance, most=3)
    procedure.needles_in = procedure.needles_out = len(chosen)
    return [needles.site(procedure, muscle, side, shelf.depths, chance) for muscle, side in chosen]


def drugs(procedure, shelf, chance):
    preparation = chance.choice(shelf.preparations)
    month = procedure.performed_on.replace(day=1)
    yield DrugAdministration(
        procedure=procedure,
        preparation=preparation,
        volume_ml=procedure.needles_in * chance.choice(ML_PER_SITE),
        lot=f"{preparation.slug[:4].upper()}-{month:%y%m}",
        expires_on=month + timedelta(days=540),
        gtin=packs.GTINS[preparation.slug],
        given_on=procedure.performed_on,
    )


def pain(procedure, chance):
    before = chance.randint(5, 9)
    after = max(0, before - chance.choice([1, 2, 3, 3, 4, 4, 5, 6]))
    procedure.note = needles.note(before, after, chance)
    for moment, score in ((PainMoment.BEFORE, before), (PainMoment.AFTER, after)):
        yield PainScore(procedure=procedure, moment=moment, score=score)


def followers(visits):
    """The physiotherapy that was booked for a procedure, by the procedure's visit."""
    return {visit.follows: visit for visit in visits if visit.follows}


def is_live(visit, moment):
    return (moment.today - visit.day).days <= LIVE_DAYS


def close_old_records(clinic, injected, shelf, *, chance):
    """Sign what is long past, with plan, referral and work item as `care_plans.plans` would make them."""
    old = [visit for visit in injected if not is_live(visit, clinic.moment)]
    went_wrong = [needles.complication(visit.procedure, chance) for visit in old]
    Complication.objects.bulk_create(each for each in went_wrong if each)
    for first in range(0, len(old), 500):
        some = [visit.procedure.pk for visit in old[first : first + 500]]
        sealed_parts.seal(Procedure.objects.filter(pk__in=some))
    for visit in old:
        visit.procedure.status = ProcedureStatus.SIGNED
        visit.procedure.signed_at = visit.appointment.ends_at - timedelta(minutes=5)
        visit.procedure.signed_by = visit.appointment.practitioner.user
    Procedure.objects.bulk_update(
        [visit.procedure for visit in old], ["status", "signed_at", "signed_by", "had_complications"], batch_size=200
    )
    plans = CarePlan.objects.bulk_create(plan(visit, shelf) for visit in old)
    booked = followers(clinic.visits)
    ServiceRequest.objects.bulk_create(
        referral(each, booked.get(visit), clinic.team) for visit, each in zip(old, plans, strict=True)
    )
    worklist.open_all(
        work_item(visit, each, booked.get(visit), clinic.team) for visit, each in zip(old, plans, strict=True)
    )


def plan(visit, shelf):
    procedure = visit.procedure
    protocol = shelf.protocols[procedure.definition_id]
    return CarePlan(
        procedure=procedure,
        patient=visit.patient,
        protocol=protocol,
        starts_at=procedure.signed_at,
        lift_again_at=procedure.signed_at + timedelta(hours=protocol.lifting_hours),
        physiotherapy_due_on=visit.day + timedelta(days=protocol.physiotherapy_days),
    )


def referral(plan, follower, team):
    more = {"answered_at": _last_day(plan) + timedelta(hours=2), "answered_by": team.desk, **_answer(plan)}
    if follower:
        is_done = follower.status == AppointmentStatus.FULFILLED
        status = ServiceRequestStatus.COMPLETED if is_done else ServiceRequestStatus.ACTIVE
        more = {"status": status, "appointment": follower.appointment}
    return ServiceRequest(care_plan=plan, patient=plan.patient, due_on=plan.physiotherapy_due_on, **more)


def _answer(plan):
    """The answers when the desk phoned: three of four go elsewhere, some of them later."""
    if plan.procedure_id % 4 == 0:
        return {"answer": ReferralAnswer.DECLINED, "answer_note": "Feels well, and has no time."}
    day = plan.physiotherapy_due_on + timedelta(days=plan.procedure_id % 5 - 3)
    return {"answer": ReferralAnswer.ELSEWHERE, "elsewhere_on": day, "answer_note": "Has physiotherapy near home."}


def _last_day(plan):
    return plan.starts_at + timedelta(days=plan.protocol.physiotherapy_days)


def work_item(visit, plan, follower, team):
    """No longer needed if physiotherapy was booked; else somebody phoned and noted the answer."""
    due_at = _last_day(plan)
    ended = {"status": WorkItemStatus.CANCELLED, "note": _answer(plan)["answer"].label, "ended_by": team.desk}
    if follower:
        ended = {"status": WorkItemStatus.CANCELLED, "note": "physiotherapy is booked"}
    return worklist.new(
        work_kinds.PHYSIOTHERAPY_LATE,
        cause=visit.procedure.pk,
        patient=visit.patient,
        appointment=visit.appointment,
        what_to_say=NOT_BOOKED,
        due_at=due_at,
        ended_at=follower.booked_at if follower else due_at + timedelta(hours=2),
        created_at=plan.starts_at,
        **ended,
    )
