"""One visit at the desk: everything the desk may know about it."""

import pytest

from clinic.models import AppointmentStatus, AuditAction, AuditEvent, Role
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import queries_of, text

S = AppointmentStatus
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
TEN = "2026-03-02 10:00"


# One visit


def test_a_visit_shows_all_that_the_desk_may_know(page, desk):
    found = a_visit(patient=named("Ona", "Early", phone="+370 612 34567"), reason="My neck hurts <b>badly</b>")
    found.log_change(from_status="", to_status=S.BOOKED, by=desk, note="by phone")
    factories.message(patient=found.patient, appointment=found, subject="Your visit is booked")

    content = text(page.get(found.get_absolute_url()))

    for words in ["Ona Early", "29 February 1980", "tel:+37061234567", "My neck hurts &lt;b&gt;badly&lt;/b&gt;"]:
        assert words in content
    for words in ["by phone", "Milda", "Your visit is booked", "waiting"]:
        assert words in content


def test_a_contact_that_ended_is_not_called(page):
    found = a_visit(patient=factories.patient(email="", phone="+370 612 34567"))
    found.patient.contacts.update(until=at("2026-01-01 00:00"))

    content = text(page.get(found.get_absolute_url()))

    assert "+370 612 34567" not in content
    assert "We have neither an e-mail nor a phone number." in content


def test_reading_a_visit_is_audited(page, desk):
    found = a_visit()

    page.get(found.get_absolute_url(), REMOTE_ADDR="192.0.2.7")

    event = AuditEvent.objects.about_patients().get()
    assert (event.patient, event.by, event.action, event.what, event.address) == (
        found.patient,
        desk,
        AuditAction.READ,
        "visit",
        "192.0.2.7",
    )


def test_a_visit_asks_the_database_as_often_with_three_changes_and_messages_as_with_one(
    page, django_assert_num_queries
):
    found = a_visit()
    add_history(found)
    count = queries_of(page, found.get_absolute_url())

    add_history(found)
    add_history(found)

    with django_assert_num_queries(count):
        page.get(found.get_absolute_url())


def add_history(found):
    found.log_change(from_status="", to_status=S.BOOKED, by=factories.user(Role.DESK))
    factories.message(patient=found.patient, appointment=found)
