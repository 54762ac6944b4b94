"""The safety questions."""

import pytest
from django.core.management import call_command


@pytest.fixture
def questions():
    call_command("loaddata", "regions", "body_areas", "screening_questions", "illness_questions", verbosity=0)
