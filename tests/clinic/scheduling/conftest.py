"""A doctor with a room on Monday morning, and a visit at nine."""

import pytest

from clinic.models import (
    VisitReminder,
)
from clinic.scheduling import booking, waitlist
from clinic.scheduling.wishes import Suitable, Wish
from tests import factories
from tests.clinic.scheduling.closed_days import deliver
from tests.clinic.scheduling.open_starts import SHORT
from tests.clinic.scheduling.visits import NINE
from tests.clinic.scheduling.waitlist_entries import EIGHT, ELEVEN
from tests.factories import MONDAY, NOW, at


@pytest.fixture
def room():
    return factories.room()


@pytest.fixture
def doctor(room):
    """Works from 09:00 to 12:00, and there is a room."""
    return factories.practitioner(hours=("09:00", "12:00"))


@pytest.fixture
def visit_type():
    """Patients may cancel and move it until an hour before."""
    return factories.visit_type(notice_hours=1)


@pytest.fixture
def book(doctor, visit_type):
    """Books 09:00 with the doctor for a patient of their own, unless told otherwise."""

    def book(starts_at=NINE, **wanted):
        return factories.book(starts_at, **{"visit_type": visit_type, "practitioner": doctor} | wanted)

    return book


@pytest.fixture
def visit(book):
    return book()


@pytest.fixture
def full_day_doctor():
    """Works from 09:00 to 17:00; rooms are the test's own."""
    return factories.practitioner()


@pytest.fixture
def guided():
    """Needs a machine, and somebody who may use it."""
    return factories.visit_type(needs_ultrasound=True)


@pytest.fixture
def early_doctor():
    return factories.practitioner(hours=SHORT)


@pytest.fixture
def hold(doctor, visit_type):
    """Holds 09:00 with the doctor for one browser, unless told otherwise."""

    def hold(starts_at=NINE, *, token="token-0001", browser="browser", now=NOW, held_from="", **wanted):
        usual = {"visit_type": visit_type, "practitioner": doctor, "starts_at": starts_at}
        return booking.hold(
            Wish(**usual | {"request_token": token} | wanted), held_by=browser, at=now, held_from=held_from
        )

    return hold


@pytest.fixture
def clinic():
    factories.room()
    for hours in (48, 2):
        VisitReminder.objects.create(hours_before=hours)
    kind = factories.visit_type(notice_hours=2)
    return {"visit_type": kind, "practitioner": factories.practitioner(hours=("07:00", "23:00"))}


@pytest.fixture
def freed(doctor, visit_type):
    """The visit on Monday at eleven, whose time will become free."""
    return factories.book(ELEVEN, visit_type=visit_type, practitioner=doctor, at=EIGHT)


@pytest.fixture
def join(visit_type):
    """Puts a patient on the list for Monday, unless told otherwise."""

    def join(patient=None, *, visit_type=visit_type, at=EIGHT, **changes):
        suitable = Suitable(**{"earliest_on": MONDAY, "latest_on": MONDAY} | changes)
        return waitlist.join(patient or factories.patient(), visit_type, suitable, at=at)

    return join


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR, settings.EMAIL_URL = tmp_path, ""


@pytest.fixture
def guided_visit(folder):
    """With ultrasound, on Wednesday at ten; its patient is reminded on Tuesday at ten."""
    VisitReminder.objects.create(hours_before=24)
    factories.room(), factories.machine()
    kind, doctor = factories.visit_type(needs_ultrasound=True), factories.practitioner(ultrasound=True)
    visit = factories.book(at("2026-03-04 10:00"), visit_type=kind, practitioner=doctor)
    deliver(NOW)
    return visit
