"""The code at the door: the desk shows it, a phone opens it, one tap says that the patient is here."""

import pytest
from playwright.sync_api import expect

from clinic.models import Appointment, AppointmentStatus, PatientAccess
from tests import factories
from tests.journeys import steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def visit(demo_clinic_at):
    """Of the demo's patient, on Tuesday at half past nine; it is ten past nine."""
    demo_clinic_at("2026-03-03 09:10")
    return factories.appointment(
        starts_at=factories.at("2026-03-03 09:30"),
        practitioner=factories.practitioner(),
        patient=PatientAccess.objects.current().get(user__email="patient@demo.example").patient,
    )


def test_patient_scans_the_code_and_says_that_they_are_here(visit, browser_page, axe):
    # Given the code that the desk shows
    desk = browser_page("desk")
    steps.becomes(desk, "desk")
    desk.goto("/desk/")
    steps.press(desk.get_by_role("link", name="Check-in code"))
    assert axe(desk) == []
    code = desk.locator(".door-address").inner_text().partition("/check-in/")[2]

    # When a phone opens it before anybody is signed in, and then the patient's
    phone = browser_page("phone")
    phone.goto(f"/check-in/{code}")
    assert axe(phone) == []
    phone.get_by_role("heading", name="Are you here for a visit?").wait_for()
    steps.becomes(phone, "patient")
    phone.goto(f"/check-in/{code}")
    assert axe(phone) == []
    steps.press(phone.get_by_role("button", name="I am here"))

    # Then both know it
    phone.get_by_text("Please take a seat in the waiting room.").wait_for()
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.goto(visit.get_absolute_url())
    expect(desk.get_by_role("cell", name="by phone")).to_be_visible()
    assert Appointment.objects.get(pk=visit.pk).status == AppointmentStatus.ARRIVED
