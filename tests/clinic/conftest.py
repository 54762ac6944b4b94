"""The patient and the practitioner of the clinic's tests."""

import pytest

from tests import factories


@pytest.fixture
def doctor():
    """Works from 09:00 to 17:00, and there is a room."""
    factories.room()
    return factories.practitioner()


@pytest.fixture
def ona():
    return factories.patient(given_name="Ona", family_name="Petrauskienė", phone="+37061234567")
