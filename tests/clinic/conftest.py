"""The patient and the practitioner of the clinic's tests."""

from datetime import date

import pytest
from django.utils import timezone

from clinic.models import Role
from clinic.people import registration
from tests import factories
from tests.clinic.sign_in import PASSWORD


@pytest.fixture
def doctor():
    """Works from 09:00 to 17:00, and there is a room."""
    factories.room()
    return factories.practitioner()


@pytest.fixture
def ona():
    return factories.patient(given_name="Ona", family_name="Petrauskienė", phone="+37061234567")


@pytest.fixture
def booked_patient():
    """Ona, who may sign in by a code since she was booked."""
    ona = factories.newcomer(
        given_name="Ona", family_name="Petraitė", birth_date=date(1980, 3, 27), email="ona@example.org"
    )
    return registration.register(ona, at=timezone.now())


@pytest.fixture
def desk_colleague():
    """Rasa's account; she signs in by password."""
    return factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD, name="Rasa")
