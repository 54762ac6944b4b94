"""What signing needs."""

import pytest

from tests import factories


@pytest.fixture
def protocol():
    return factories.protocol()


@pytest.fixture
def signer():
    return factories.user("physician")
