"""A visit with everything that a consent mentions."""

import pytest
from django.core.management import call_command

from tests import factories


@pytest.fixture
def visit():
    call_command("loaddata", "regions", "muscles", "drugs", "risks", "consent_texts", verbosity=0)
    return factories.arrived()
