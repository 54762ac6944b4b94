"""What a patient sees and does in the days after."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from aftercare.models import ServiceRequest
from aftercare.physiotherapy import booking as physiotherapy_booking
from aftercare.physiotherapy import reminders
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Appointment, MessageStatus, WorkItemStatus
from clinic.scheduling import attendance, cancellations
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.web import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.at("2026-03-02 12:00"), tick=False)]


@pytest.fixture
def plan(client):
    factories.room()
    patient = factories.patient(given_name="Ana")
    sign_in(client, patient)
    return factories.care_plan(patient=patient, signed_at=timezone.now())


def wish(practitioner, starts_at, token="token-0001"):
    return {
        "practitioner": practitioner.pk,
        "starts_at": factories.at(starts_at).isoformat(),
        "request_token": token,
    }


def physiotherapy_page(plan):
    return reverse("my-physiotherapy", args=[plan.referral.pk])


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "7 days left to see a physiotherapist"),
        (6, "1 day left to see a physiotherapist"),
        (7, "Today is the last day to see a physiotherapist"),
        (8, "Physiotherapy is late"),
    ],
)
def test_home_counts_the_days_left_for_physiotherapy(client, plan, time_machine, days, words):
    time_machine.move_to(plan.starts_at + timedelta(days=days), tick=False)
    client.force_login(plan.patient.access.get().user)

    page = client.get(reverse("my")).content.decode()

    assert (words in page, plan.get_absolute_url() in page) == (True, True)


@pytest.mark.parametrize(("hours", "is_shown"), [(47, True), (48, False)])
def test_home_shows_the_local_hour_until_lifting_is_allowed_again(client, plan, time_machine, hours, is_shown):
    time_machine.move_to(plan.starts_at + timedelta(hours=hours), tick=False)
    client.force_login(plan.patient.access.get().user)

    page = client.get(reverse("my")).content.decode()

    assert ("Nothing heavy until Wednesday 4 March, 12:00." in page) == is_shown


def test_physiotherapy_offers_times_before_the_deadline_only(client, plan, physiotherapist):
    page = client.get(physiotherapy_page(plan)).content.decode()

    assert ("2026-03-09T09:00" in page, "2026-03-10T09:00" in page) == (True, False)


def test_physiotherapy_without_times_before_the_deadline_offers_the_next_and_says_so(client, plan, physiotherapist):
    physiotherapist.time_off.create(starts_at=timezone.now(), ends_at=factories.at("2026-03-11 00:00"))

    page = client.get(physiotherapy_page(plan)).content.decode()

    assert ("no open time before your last day" in page, "2026-03-11T09:00" in page) == (True, True)


def test_booking_physiotherapy_withdraws_what_still_asks_for_it(client, plan, physiotherapist):
    client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))

    plan.referral.refresh_from_db()
    asking = reminders.messages_of(plan.referral)
    assert plan.referral.appointment.starts_at == factories.at("2026-03-05 10:00")
    assert {message.status for message in asking} == {MessageStatus.WITHDRAWN}
    assert reminders.late_item_of(plan.referral).get().status == WorkItemStatus.CANCELLED
    assert "Your physiotherapy is booked" in client.get(reverse("my")).content.decode()


def test_booking_physiotherapy_twice_books_once(client, plan, physiotherapist):
    for _ in range(2):
        answer = client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))

    assert answer["Location"] == plan.get_absolute_url()
    assert Appointment.objects.filter(practitioner=physiotherapist).count() == 1


def test_booking_physiotherapy_again_at_another_time_is_refused(client, plan, physiotherapist):
    client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))

    answer = client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-06 10:00", token="token-0002"))

    assert (answer.status_code, "booked already" in answer.content.decode()) == (409, True)


def test_booking_physiotherapy_at_a_time_just_taken_is_refused_with_the_open_ones(client, plan, physiotherapist):
    factories.appointment(
        starts_at=factories.at("2026-03-05 10:00"),
        practitioner=physiotherapist,
        visit_type=factories.physiotherapy(),
    )

    answer = client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert ("just been taken" in page, "2026-03-05T10:30" in page) == (True, True)


def test_cancelling_physiotherapy_brings_the_reminders_back(client, plan, physiotherapist):
    client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))

    client.post(reverse("my-cancel", args=[Appointment.objects.get(practitioner=physiotherapist).pk]))

    asking = reminders.messages_of(plan.referral)
    assert {message.status for message in asking} == {MessageStatus.WAITING}
    assert reminders.late_item_of(plan.referral).get().status == WorkItemStatus.REQUESTED


def test_strangers_referral_is_not_found(client, plan, physiotherapist):
    client.force_login(factories.user())

    answer = client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))

    assert answer.status_code == 404
    assert Appointment.objects.filter(practitioner=physiotherapist).count() == 0


@pytest.mark.parametrize(
    ("day", "status"), [("2026-03-09", MessageStatus.WITHDRAWN), ("2026-03-10", MessageStatus.WAITING)]
)
def test_who_booked_physiotherapy_in_time_before_the_procedure_is_not_asked_again(physiotherapist, day, status):
    factories.protocol()
    patient = factories.patient()
    factories.appointment(
        starts_at=factories.at(f"{day} 10:00"),
        practitioner=physiotherapist,
        visit_type=factories.physiotherapy(),
        patient=patient,
    )

    plan = factories.care_plan(patient=patient, signed_at=timezone.now())

    assert {message.status for message in reminders.messages_of(plan.referral)} == {status}


def test_cancelling_one_of_two_physiotherapy_visits_asks_for_none(client, plan, physiotherapist):
    client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))
    second = factories.appointment(
        starts_at=factories.at("2026-03-06 10:00"),
        practitioner=physiotherapist,
        visit_type=factories.physiotherapy(),
        patient=plan.patient,
    )

    plan.referral.refresh_from_db()
    client.post(reverse("my-cancel", args=[plan.referral.appointment.pk]))

    plan.referral.refresh_from_db()
    assert plan.referral.appointment == second
    assert {message.status for message in reminders.messages_of(plan.referral)} == {MessageStatus.WITHDRAWN}


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_moment_book_one_physiotherapy_visit(time_machine):
    time_machine.move_to(factories.at("2026-03-02 12:00"), tick=True)
    factories.room()
    kind, physiotherapist = factories.physiotherapy(slug="physiotherapy"), factories.physiotherapist()
    referral = factories.care_plan(signed_at=timezone.now()).referral
    hours = ["09:00", "10:00", "11:00", "12:00"]

    def tap(hour):
        try:
            mine = ServiceRequest.objects.get(pk=referral.pk)
            starts_at, token = factories.at(f"2026-03-05 {hour}"), f"tap-at-{hour[:2]}-00"
            wish = Wish(kind, physiotherapist, starts_at, request_token=token)
            physiotherapy_booking.book(mine, wish, by=None, at=timezone.now())
        except DomainError:
            return "refused"
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(len(hours)) as pool:
        outcomes = sorted(pool.map(tap, hours))

    assert outcomes == ["booked", "refused", "refused", "refused"]
    assert Appointment.objects.filter(practitioner=physiotherapist).count() == 1


def test_who_misses_physiotherapy_is_asked_again_and_may_come_after_all(client, plan, physiotherapist, time_machine):
    client.post(physiotherapy_page(plan), wish(physiotherapist, "2026-03-05 10:00"))
    visit = Appointment.objects.get(practitioner=physiotherapist)
    time_machine.move_to(factories.at("2026-03-05 10:20"), tick=False)

    attendance.did_not_attend(visit, at=timezone.now(), by=None)
    plan.referral.refresh_from_db()
    missed = (plan.referral.appointment, reminders.late_item_of(plan.referral).get().status)
    attendance.check_in(visit, at=timezone.now(), by=None)
    plan.referral.refresh_from_db()

    assert missed == (None, WorkItemStatus.REQUESTED)
    assert plan.referral.appointment == visit


def test_a_visit_with_a_begun_record_cannot_be_cancelled():
    visit = factories.draft().appointment

    with pytest.raises(MoveNotAllowed, match="The physician has begun a record"):
        cancellations.cancel(visit, at=timezone.now())

    visit.refresh_from_db()
    assert visit.status == "arrived"
