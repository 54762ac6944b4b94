"""What the tests of the aftercare pages share: reading a page, and rows that other acts would make."""

from datetime import timedelta

from django.utils import timezone

from aftercare.models import Asks, CareCheck
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories


def see(client, plan):
    response = client.get(plan.get_absolute_url())
    assert response.status_code == 200
    return response


def question(plan, asks=Asks.HOW_ARE_YOU, *, due_at=None):
    due_at = due_at or timezone.now()
    return CareCheck.objects.create(
        care_plan=plan, asks=asks, moment="+9d", due_at=due_at, open_until=due_at + timedelta(days=2)
    )


def answered(plan, outcome):
    return plan.symptom_checks.create(patient=plan.patient, outcome=outcome, answered_at=timezone.now())


def void(record):
    """Two people say that the record was wrong as a whole."""
    request = voiding.ask(record, Said("Wrong patient", "nobody"), by=factories.user(), at=timezone.now())
    voiding.agree(request, by=factories.user(), at=timezone.now())
