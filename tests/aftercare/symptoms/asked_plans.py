"""What the tests of symptom checks share: a protocol that asks, questions to answer, and a running plan."""

from django.core.management import call_command

from aftercare.models import Asks, SymptomCheck
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories
from tests.factories import at

SIGNED_AT = at("2026-03-02 10:30")
HOURS = {Asks.BREATHING: (4, 24, 48), Asks.HOW_ARE_YOU: (48,)}
DAYS = (3, 7, 14, 42)


def protocol(**fields):
    """A current protocol, with the check times of the fixture."""
    made = factories.protocol(**fields)
    for asks, hours in HOURS.items():
        for hours_after in hours:
            made.check_times.create(asks=asks, hours_after=hours_after)
    for days_after in DAYS:
        made.check_times.create(asks=Asks.HOW_ARE_YOU, days_after=days_after)
    return made


def questions():
    call_command("loaddata", "symptom_questions", verbosity=0)


def plan(*, near_lung=False, signed_at=SIGNED_AT, **more):
    """The running plan of a signed record; makes the protocol."""
    protocol()
    muscle = factories.muscle(lung_risk="yes" if near_lung else "no")
    site = factories.site(muscle=muscle, no_ultrasound_reason="Held away from the ribs" if near_lung else "")
    return factories.care_plan(signed_at=signed_at, sites=[site], **more)


def levels(asked, **worse):
    """Green for each of these questions, except those named."""
    return {question.pk: worse.get(question.pk, "green") for question in asked}


def check(plan, moment="+3d"):
    return plan.checks.get(moment=moment, asks="how-are-you")


def told(plan, outcome="amber", **more):
    """A row as it is: a patient has answered."""
    return SymptomCheck.objects.create(care_plan=plan, patient=plan.patient, outcome=outcome, **more)


def void(plan, *, when):
    """Two people have voided the record as wrong."""
    request = voiding.ask(plan.procedure, Said("Wrong patient", "nobody"), by=factories.user(), at=when)
    return voiding.agree(request, by=factories.user(), at=when)
