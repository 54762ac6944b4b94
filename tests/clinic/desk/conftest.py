"""What the desk books."""

import pytest

from tests import factories


@pytest.fixture
def consultation(doctor):
    return factories.visit_type(slug="consultation", notice_hours=48)
