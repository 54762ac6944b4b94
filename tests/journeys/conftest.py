"""The demo clinic on a Tuesday morning."""

import pytest

from tests.journeys.steps import TUESDAY


@pytest.fixture
def demo_clinic(demo_clinic_at):
    demo_clinic_at(TUESDAY)
