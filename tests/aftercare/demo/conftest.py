"""One demo clinic, seeded on a Wednesday morning."""

import pytest

from tests.aftercare.demo.seeded_clinic import (
    WEDNESDAY,
    seeded_at,
)


@pytest.fixture(scope="module")
def clinic(django_db_setup, django_db_blocker):
    """One clinic for all tests here; returns what the command printed."""
    with django_db_blocker.unblock(), seeded_at(WEDNESDAY) as printed:
        yield printed
