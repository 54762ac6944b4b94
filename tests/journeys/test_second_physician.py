"""A dose above the limits waits for a second physician, who signs in for it; then the record is signed and added to."""

import pytest
from django.utils import timezone

from clinic.models import Appointment, AppointmentStatus, User
from tests.journeys import steps
from tests.journeys.steps import TUESDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def visit(demo_clinic_at):
    """The patient of the demo's physician who is here now."""
    demo_clinic_at(TUESDAY)
    visits = Appointment.objects.filter(practitioner__user__email="physician@demo.example", procedures=None)
    return visits.get(starts_at__date=timezone.localdate(), status=AppointmentStatus.ARRIVED)


@pytest.mark.parametrize("javascript", [True, False])
def test_second_physician_allows_a_high_dose_and_a_note_is_added(visit, browser_page, axe, javascript):
    first = browser_page("desk", javascript=javascript)
    steps.becomes(first, "physician")
    first.goto(f"/practice/visits/{visit.pk}/")
    steps.writes_the_record(first, muscle="infraspinatus", volume="40")
    assert first.url.endswith("/record/")
    assert "ask a second physician" in first.locator("[data-error-summary]").inner_text()
    first.get_by_label("Why this volume").fill("Tumescent technique with a weak solution.")

    second = browser_page("desk", javascript=javascript)
    steps.becomes(second, "second-physician")
    second.goto("/practice/")
    steps.press(second.get_by_role("link", name=f"Look at the record {visit.patient}"))
    if javascript:
        assert axe(second) == []
    second.get_by_label("Why this is right for this patient").fill(
        "Weak solution over many sites, watched for an hour."
    )
    steps.press(second.get_by_role("button", name="Allow this"))

    steps.reviews(first)
    assert "Weak solution over many sites" in first.locator("main").inner_text()
    steps.signs(first)
    first.goto(f"/practice/visits/{visit.pk}/record/")
    steps.adds_a_note(first, "Felt well after an hour.")

    record = visit.procedures.get()
    approval = record.second_approvals.get()
    assert (record.is_signed, approval.by) == (True, User.objects.get(email="second-physician@demo.example"))
    assert [note.text for note in record.addenda.all()] == ["Felt well after an hour."]
