"""A patient who has come to the physician who is signed in."""

from datetime import timedelta

import pytest

from tests import factories


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
