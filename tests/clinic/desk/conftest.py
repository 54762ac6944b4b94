"""The desk's browser, and whom the desk books for and with."""

import pytest

from tests import factories
from tests.web import as_


@pytest.fixture
def page(desk):
    """The browser in which Milda of the desk is signed in."""
    return as_(desk)


@pytest.fixture
def doctor():
    """Works from 09:00 to 17:00, and there is a room."""
    factories.room()
    return factories.practitioner()


@pytest.fixture
def ona():
    return factories.patient(given_name="Ona", family_name="Petrauskienė", phone="+37061234567")
