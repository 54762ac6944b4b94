"""What patients book."""

import pytest

from tests import factories


@pytest.fixture
def consultation():
    return factories.visit_type(slug="consultation", is_consultation=True)
