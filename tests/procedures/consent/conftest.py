"""A visit with everything that a consent mentions."""

import pytest
from django.core.management import call_command

from tests import factories

CATALOGUE = ["regions", "body_areas", "muscles", "pain_patterns", "further_muscles"]
CATALOGUE += ["drugs", "risks", "site_risks", "consent_texts"]


@pytest.fixture
def visit():
    call_command("loaddata", *CATALOGUE, verbosity=0)
    return factories.arrived()
