"""A plan to be agreed to, and its signature."""

from procedures.consent import consents, visit_plans
from procedures.consent.consents import Signature
from procedures.consent.visit_plans import Intended
from procedures.models import Guidance, Muscle, Side
from tests import factories

LUNG, BUTTOCK = "trap_upper", "piriformis"


def write_plan(visit, *, sites=((BUTTOCK, Side.LEFT),), by=None, at=factories.NOW, **changes):
    """What is planned for a visit, with muscles of the catalogue. Returns the plan and the consent that it ended."""
    definition = visit.visit_type.procedure_definitions.first() or factories.definition(visit_type=visit.visit_type)
    fields = {
        "definition": definition,
        "guidance": Guidance.LANDMARK,
        "guidance_reason": "This muscle is easy to feel.",
        "with_steroid": False,
    }
    pairs = [(Muscle.objects.get(pk=slug), side) for slug, side in sites]
    return visit_plans.plan(visit, Intended(**fields | changes, sites=pairs), by=by or factories.user(), at=at)


def planned(visit, **changes):
    return write_plan(visit, **changes)[0]


def sign(planned, *, at=factories.NOW, by=None, **changes):
    usual = {"name": "Rasa Example", "seen_sha256": consents.wording_for(planned).sha256}
    return consents.sign(planned, Signature(**usual | changes), by=by or factories.user(), at=at)
