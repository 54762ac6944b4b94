"""The plan of a visit: replaced as a whole, and a consent to another plan does not apply."""

from datetime import timedelta

import pytest

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import AppointmentStatus
from procedures.consent import consents, visit_plans
from procedures.models import Consent, Guidance, ProcedurePlan, Side
from tests import factories
from tests.procedures.consent import signatures
from tests.procedures.consent.signatures import BUTTOCK, LUNG

pytestmark = pytest.mark.django_db
LATER = factories.NOW + timedelta(hours=1)


def test_plan_is_replaced_as_a_whole(visit):
    signatures.planned(visit, sites=[(BUTTOCK, Side.LEFT), (LUNG, Side.RIGHT)])

    plan, _ended = signatures.write_plan(
        visit, sites=[(LUNG, Side.LEFT), (LUNG, Side.LEFT)], with_steroid=True, at=LATER
    )

    assert ProcedurePlan.objects.get() == plan
    assert list(plan.sites.values_list("muscle", "side")) == [(LUNG, Side.LEFT)]
    assert (plan.patient, plan.with_steroid, plan.planned_at) == (visit.patient, True, LATER)


def test_another_plan_ends_the_consent(visit):
    plan = signatures.planned(visit)
    consent = signatures.sign(plan)
    planner = factories.user()

    changed, ended = signatures.write_plan(visit, sites=[(BUTTOCK, Side.RIGHT)], by=planner, at=LATER)

    assert ended == consent
    assert consents.standing(changed) is None
    assert (Consent.objects.get().withdrawn_at, Consent.objects.get().withdrawn_by) == (LATER, planner)


def test_the_same_plan_again_changes_nothing(visit):
    plan = signatures.planned(visit, sites=[(BUTTOCK, Side.LEFT), (LUNG, Side.RIGHT)])
    consent = signatures.sign(plan)

    again, ended = signatures.write_plan(
        visit, sites=[(LUNG, Side.RIGHT), (BUTTOCK, Side.LEFT)], definition=plan.definition, at=LATER
    )

    assert (again, ended) == (plan, None)
    assert consents.standing(again) == consent
    assert again.planned_at == factories.NOW


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sites": []}, "sites"),
        ({"sites": [(BUTTOCK, Side.LEFT)], "guidance_reason": " \u200b "}, "guidance_reason"),
    ],
)
def test_plan_without_a_site_or_a_reason_is_refused(visit, changes, field):
    with pytest.raises(DomainError) as refusal:
        signatures.write_plan(visit, **changes)

    assert refusal.value.field == field
    assert ProcedurePlan.objects.count() == 0


@pytest.mark.parametrize("status", [AppointmentStatus.FULFILLED, AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW])
def test_nothing_is_planned_for_a_visit_that_is_over(visit, status):
    visit.status = status
    visit.save()

    with pytest.raises(visit_plans.VisitOver):
        signatures.write_plan(visit)


def test_nothing_is_planned_for_physiotherapy(visit):
    therapist = factories.physiotherapist(hours=None)
    other = factories.arrived(practitioner=therapist, visit_type=factories.physiotherapy())

    with pytest.raises(MoveNotAllowed):
        signatures.write_plan(other, definition=factories.definition(), guidance=Guidance.LANDMARK)
