"""A doctor with a room on Monday morning, and a visit at nine."""

import pytest

from clinic.scheduling import booking
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.clinic.scheduling.visits import NINE
from tests.factories import NOW


@pytest.fixture
def room():
    return factories.room()


@pytest.fixture
def doctor(room):
    """Works from 09:00 to 12:00, and there is a room."""
    return factories.practitioner(hours=("09:00", "12:00"))


@pytest.fixture
def visit_type():
    """May be cancelled and moved by patients until an hour before."""
    return factories.visit_type(notice_hours=1)


@pytest.fixture
def book(doctor, visit_type):
    """Books 09:00 with the doctor for a patient of their own, unless told otherwise."""

    def book(starts_at=NINE, *, patient=None, at=NOW, by=None, reason="", **wanted):
        usual = {"visit_type": visit_type, "practitioner": doctor, "starts_at": starts_at}
        who = {"patient": patient or factories.patient(), "by": by}
        return booking.book(Wish(**usual | wanted), **who, reason=reason, at=at)

    return book


@pytest.fixture
def visit(book):
    return book()
