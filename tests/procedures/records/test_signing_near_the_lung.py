"""What is signed near the lung and with ultrasound."""

from datetime import date, timedelta

import pytest

from clinic.models import CredentialKind
from procedures.errors import RecordIncomplete
from procedures.records import signing
from tests import factories
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


# Near the lung


@pytest.mark.parametrize("lung_risk", ["yes", "upper"])
def test_sign_near_the_lung_by_touch_needs_a_reason(protocol, signer, lung_risk):
    muscle = factories.muscle(lung_risk=lung_risk, latin="mm. rhomboidei")
    draft = factories.draft(sites=[factories.site(), factories.site(muscle=muscle)])

    with pytest.raises(RecordIncomplete) as refusal:
        signing.sign(draft, by=signer, at=NOW)

    assert refusal.value.problems == ["Rhomboidei lies near the lung. Use ultrasound, or write why not."]


def test_sign_near_the_lung_by_touch_goes_with_a_reason(protocol, signer):
    site = factories.site(muscle=factories.muscle(lung_risk="yes"), no_ultrasound_reason="the machine is broken")

    assert signing.sign(factories.draft(sites=[site]), by=signer, at=NOW).is_signed


def test_sign_near_the_lung_with_ultrasound_needs_no_reason(protocol, signer):
    expert = factories.practitioner(ultrasound=True)
    site = factories.site(muscle=factories.muscle(lung_risk="yes"), guidance="ultrasound")

    assert signing.sign(factories.draft(sites=[site], practitioner=expert), by=signer, at=NOW).is_signed


# Ultrasound


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "may"),
    [
        (DAY, DAY, True),
        (DAY, None, True),
        (DAY + timedelta(days=1), None, False),
        (date(2020, 1, 1), DAY - timedelta(days=1), False),
        (date(2020, 1, 1), DAY, True),
    ],
)
@pytest.mark.parametrize("clock", ["00:00", "00:30", "23:29"])
def test_sign_with_ultrasound_needs_a_credential_of_the_clinics_civil_day(
    protocol, signer, valid_from, valid_to, may, clock
):
    """At half past midnight in Vilnius it is still yesterday in UTC."""
    doctor = factories.practitioner()
    doctor.credentials.create(kind=CredentialKind.ULTRASOUND, valid_from=valid_from, valid_to=valid_to)
    visit = factories.arrived(practitioner=doctor, starts_at=at(f"2026-03-02 {clock}"))
    draft = factories.draft(visit, sites=[factories.site(guidance="ultrasound")])

    if may:
        assert signing.sign(draft, by=signer, at=NOW).is_signed
    else:
        with pytest.raises(RecordIncomplete, match="has no valid ultrasound credential for that day"):
            signing.sign(draft, by=signer, at=NOW)


def test_sign_with_ultrasound_needs_the_credential_of_who_did_it(protocol, signer):
    factories.practitioner(ultrasound=True)
    draft = factories.draft(sites=[factories.site(guidance="ultrasound")])

    with pytest.raises(RecordIncomplete, match=draft.performed_by.name):
        signing.sign(draft, by=signer, at=NOW)
