"""A physician who is signed in, and a patient who has come."""

from datetime import timedelta

import pytest

from clinic.models import Role
from tests import factories


@pytest.fixture
def physician(client):
    person = factories.practitioner(hours=None)
    person.user = factories.user(Role.PHYSICIAN, name="Dr Signing")
    person.save()
    client.force_login(person.user)
    return person


@pytest.fixture
def visit(physician):
    """A patient of this physician is here, and there is aftercare to begin."""
    factories.protocol()
    arrived = factories.arrived(practitioner=physician)
    factories.screened(arrived.patient, at=arrived.starts_at - timedelta(hours=1))
    factories.definition(visit_type=arrived.visit_type)
    factories.drug()
    factories.dose_limit()
    return arrived
