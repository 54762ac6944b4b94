"""A plan to be agreed to, and its signature."""

from procedures.consent import consents, visit_plans
from procedures.models import Guidance, Muscle, Side
from tests import factories

LUNG, BUTTOCK = "trap_upper", "piriformis"


def plan(visit, *, sites=((BUTTOCK, Side.LEFT),), at=factories.NOW, **changes):
    """What is planned for a visit, with muscles of the catalogue. Returns the plan and the consent that it ended."""
    definition = visit.visit_type.procedure_definitions.first() or factories.definition(visit_type=visit.visit_type)
    said = {
        "definition": definition,
        "guidance": Guidance.LANDMARK,
        "guidance_reason": "This muscle is easy to feel.",
        "with_steroid": False,
        "by": factories.user(),
    }
    pairs = [(Muscle.objects.get(pk=slug), side) for slug, side in sites]
    return visit_plans.plan(visit, sites=pairs, at=at, **said | changes)


def planned(visit, **changes):
    return plan(visit, **changes)[0]


def sign(planned, *, at=factories.NOW, name="Rasa Example", by=None, **more):
    seen = consents.wording_for(planned).sha256
    return consents.sign(planned, **{"name": name, "by": by or factories.user(), "seen_sha256": seen} | more, at=at)
