"""What the tests of physiotherapy's pages share: an injection, who signs in, and what a page says."""

from django.core.management import call_command
from django.urls import reverse

from procedures.models import Muscle, PainCause
from tests import factories
from tests.factories import at

NOW = "2026-03-05 09:00"


def referral():
    """Wednesday's injection into the right upper trapezius; lifting is allowed again on Friday at 11:00."""
    call_command("loaddata", "regions", "muscles", "exercises", verbosity=0)
    factories.protocol()
    site = factories.site(
        muscle=Muscle.objects.get(pk="trap_upper"), side="right", no_ultrasound_reason="Held away from the ribs."
    )
    record = factories.signed(
        sites=[site],
        once={"note": "Secretive remark"},
        starts_at=at("2026-03-04 10:30"),
        signed_at=at("2026-03-04 11:00"),
    )
    return record.care_plan.referral


def signs_in(client, role):
    user = factories.user(role)
    client.force_login(user)
    return user


def address_of(name, *args):
    return reverse(name, args=args)


def assessment_data(referral, *, token="assess-token-1", seen="", **more):
    causes = {f"cause-{cause}": "not" for cause in PainCause}
    return {"patient": referral.patient_id, "pain_now": "4", "request_token": token, "seen": seen} | causes | more
