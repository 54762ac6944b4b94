"""Current dose limits."""

import pytest

from tests import factories


@pytest.fixture
def signed_limits():
    """B for lidocaine: 4.5 mg/kg, at most 200 mg, and 200 mg in 24 hours."""
    factories.dose_limit()
    factories.dose_limit(period="24h", mg_per_kg=None)
