"""The patient's own pages."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.models import Appointment, AppointmentStatus, AuditEvent, PatientAccess
from tests import factories
from tests.web import NOT_FOUND, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.NOW, tick=False)]


@pytest.fixture
def visit(me):
    return factories.appointment(
        starts_at=factories.NOW + timedelta(hours=8),
        practitioner=factories.practitioner(),
        visit_type=factories.visit_type(notice_hours=2),
        patient=me,
    )


def test_home_shows_own_visits_and_is_audited(client, visit):
    page = client.get(reverse("my")).content.decode()

    assert "Monday 2 March, 15:00" in page
    assert AuditEvent.objects.about_patients().get().patient == visit.patient


def test_home_of_an_account_without_visits_says_what_to_do(client):
    client.force_login(factories.user())

    assert "No visits yet" in client.get(reverse("my")).content.decode()


def test_home_of_a_family_names_each_visit(client, visit):
    child = factories.patient(given_name="Tomas")
    PatientAccess.objects.create(user=visit.patient.access.get().user, patient=child)

    page = client.get(reverse("my")).content.decode()

    assert ("Tomas" in page, f"for {visit.patient}" in page) == (True, True)


def test_colleague_sees_no_patient_on_the_patients_page(client, visit):
    client.force_login(factories.user("desk"))

    assert visit.patient.family_name not in client.get(reverse("my")).content.decode()


def test_cancel_asks_first_and_then_cancels(client, visit):
    asked = client.get(reverse("my-cancel", args=[visit.pk]))
    status_after_asking = Appointment.objects.get().status

    client.post(reverse("my-cancel", args=[visit.pk]))

    assert "Cancel this visit" in asked.content.decode()
    assert status_after_asking == AppointmentStatus.BOOKED
    assert Appointment.objects.get().status == AppointmentStatus.CANCELLED


def test_cancel_sent_twice_cancels_once(client, visit):
    for _ in range(2):
        client.post(reverse("my-cancel", args=[visit.pk]))

    assert visit.status_changes.count() == 1


def test_cancel_within_the_notice_is_refused_and_says_call(client, visit, time_machine):
    time_machine.move_to(visit.starts_at - timedelta(hours=1), tick=False)

    page = client.get(reverse("my-cancel", args=[visit.pk])).content.decode()
    answer = client.post(reverse("my-cancel", args=[visit.pk]))

    assert ("Please call us" in page, "Cancel this visit" in page) == (True, False)
    assert answer.status_code == 409
    assert Appointment.objects.get().status == AppointmentStatus.BOOKED


def test_calendar_of_a_cancelled_visit_says_so_with_a_higher_sequence(client, visit):
    client.post(reverse("my-cancel", args=[visit.pk]))

    text = client.get(reverse("my-calendar", args=[visit.pk])).content.decode()

    assert ("STATUS:CANCELLED" in text, "SEQUENCE:1" in text) == (True, True)


@pytest.mark.parametrize("name", ["my-calendar", "my-cancel", "my-move"])
def test_strangers_visit_is_not_found(client, visit, name):
    stranger = factories.user()
    client.force_login(stranger)

    assert refusal(client.get(reverse(name, args=[visit.pk]))) == NOT_FOUND


def test_home_asks_the_database_as_often_for_three_visits_as_for_one(
    client, visit, django_assert_num_queries, django_assert_max_num_queries
):
    client.get(reverse("my"))  # reads the timetable
    with django_assert_max_num_queries(20) as one:
        client.get(reverse("my"))
    for hours in (30, 60):
        factories.appointment(
            starts_at=factories.NOW + timedelta(hours=hours),
            practitioner=visit.practitioner,
            visit_type=visit.visit_type,
            patient=visit.patient,
        )

    with django_assert_num_queries(len(one)):
        client.get(reverse("my"))
