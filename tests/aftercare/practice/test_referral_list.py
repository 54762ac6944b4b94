"""The list of open referrals, and what a visit's page says about aftercare."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from aftercare.models import AftercareProtocol, ServiceRequest, ServiceRequestStatus
from clinic.models import AppointmentStatus, AuditEvent, Role
from tests import factories
from tests.factories import at
from tests.web import NOT_YOURS, refusal, words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-09 09:00"), tick=False)]


def referral(name, due_on="2026-03-12", *, phone="", **changes):
    """The referral of somebody called `name`, from an injection of last Thursday."""
    if not AftercareProtocol.objects.exists():
        factories.protocol()
    patient = factories.patient(given_name=name, phone=phone)
    record = factories.signed(patient=patient, signed_at=at("2026-03-05 10:00"))
    ServiceRequest.objects.filter(care_plan__procedure=record).update(due_on=due_on, **changes)
    return ServiceRequest.objects.get(care_plan__procedure=record)


def booking(shown, person, starts_at, status=AppointmentStatus.BOOKED):
    shown.appointment = factories.appointment(
        starts_at=at(starts_at),
        practitioner=person,
        visit_type=factories.physiotherapy(),
        patient=shown.patient,
        status=status,
    )
    shown.save()


def rows(response):
    """The text of each row."""
    html = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in html.split("</tr>")[:-1]]


def test_referrals_stand_by_deadline_with_late_ones_first(client, physiotherapist):
    referral("Later", "2026-03-12")
    referral("Tomorrow", "2026-03-10")
    referral("Today", "2026-03-09")
    referral("Late", "2026-03-08")
    booking(referral("Booked", "2026-03-07"), physiotherapist, "2026-03-09 12:00")

    page = client.get(reverse("practice-referrals"))

    starts = [
        re.match(r"(\w+) Example \w+ \d+ Mar 2026 ?(late|today|\d days? left)?", row).groups() for row in rows(page)
    ]
    assert starts == [
        ("Late", "late"),
        ("Booked", None),
        ("Today", "today"),
        ("Tomorrow", "1 day left"),
        ("Later", "3 days left"),
    ]


def test_row_says_whom_to_call_about_which_muscles(client, physiotherapist):
    shown = referral("Rasa", phone="+370 600 00001")
    muscle = shown.care_plan.procedure.sites.get().muscle.name

    page = client.get(reverse("practice-referrals"))

    assert rows(page) == [f"Rasa Example Thu 12 Mar 2026 3 days left +370 600 00001 M{muscle[1:]}, left not booked"]
    assert 'href="tel:+37060000001"' in page.content.decode()


@pytest.mark.parametrize(
    ("starts_at", "status", "expected"),
    [
        ("2026-03-11 12:00", AppointmentStatus.BOOKED, "booked Wed 11 Mar, 12:00"),
        ("2026-03-13 12:00", AppointmentStatus.BOOKED, "booked Fri 13 Mar, 12:00 after the deadline"),
        ("2026-03-06 12:00", AppointmentStatus.NOSHOW, "did not attend Fri 6 Mar, 12:00"),
        ("2026-03-09 08:00", AppointmentStatus.ARRIVED, "arrived Mon 9 Mar, 08:00"),
    ],
)
def test_row_says_what_is_booked_and_what_became_of_it(client, physiotherapist, starts_at, status, expected):
    booking(referral("Rasa"), physiotherapist, starts_at, status)

    [row] = rows(client.get(reverse("practice-referrals")))

    assert row.endswith(expected)


def test_referral_leaves_the_list_when_physiotherapy_has_taken_place(client, physiotherapist):
    booking(referral("Seen"), physiotherapist, "2026-03-06 12:00", AppointmentStatus.FULFILLED)
    referral("Completed", status=ServiceRequestStatus.COMPLETED)
    referral("Revoked", status=ServiceRequestStatus.REVOKED)

    page = client.get(reverse("practice-referrals"))

    assert rows(page) == []
    assert "No open referrals" in words(page)


@pytest.mark.parametrize("role", [None, Role.DESK, Role.MANAGER])
def test_list_is_closed_to_those_who_do_not_treat(client, role):
    shown = referral("Canaria")
    client.force_login(factories.user(role))

    answer = client.get(reverse("practice-referrals"))

    assert refusal(answer) == NOT_YOURS
    assert str(shown.patient) not in words(answer)


def test_reading_the_list_is_noted_for_each_patient(client, physiotherapist):
    shown = [referral("One"), referral("Two")]

    client.get(reverse("practice-referrals"))

    events = AuditEvent.objects.about_patients().order_by("pk").values_list("patient", "by", "action", "what")
    assert sorted(events) == [(one.patient_id, physiotherapist.user.pk, "R", "referral") for one in shown]


def test_list_asks_the_database_as_often_for_many_rows_as_for_one(
    client, physiotherapist, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(100) as queries:
            client.get(reverse("practice-referrals"))
        return len(queries)

    referral("One", phone="+37060000001")
    with_one = count()
    for number in range(4):
        booking(referral(f"More{number}", phone=f"+3706000001{number}"), physiotherapist, f"2026-03-11 1{number}:00")

    assert count() == with_one


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-07 09:59", "No heavy lifting until Saturday 7 March 2026, 10:00"),
        ("2026-03-07 10:00", "Lifting is allowed again"),
    ],
)
def test_visit_says_whether_lifting_is_allowed(client, physiotherapist, moment, expected):
    shown = referral("Rasa")
    booking(shown, physiotherapist, "2026-03-11 12:00")

    with time_machine.travel(at(moment), tick=False):
        client.force_login(physiotherapist.user)
        page = client.get(reverse("practice-visit", args=[shown.appointment_id]))

    assert expected in words(page)


def test_visit_says_until_when_physiotherapy_is_due_or_when_it_is(client, physiotherapist):
    shown = referral("Rasa", "2026-03-08")
    booking(shown, physiotherapist, "2026-03-11 12:00")
    address = reverse("practice-visit", args=[shown.appointment_id])

    booked = words(client.get(address))
    ServiceRequest.objects.update(appointment=None)
    late = words(client.get(address))

    assert "Physiotherapy by Sunday 8 March 2026 late" in late
    assert "Physiotherapy booked Wed 11 Mar, 12:00" in booked


@pytest.mark.parametrize(
    ("hours", "days", "until", "by"),
    [
        (24, 3, "24 hours: until Tuesday 10 March 2026, 09:00", "Thursday 12 March 2026"),
        (48, 7, "48 hours: until Wednesday 11 March 2026, 09:00", "Monday 16 March 2026"),
    ],
)
def test_review_says_what_signing_begins_by_the_protocol_in_force(client, hours, days, until, by):
    factories.protocol(lifting_hours=hours, physiotherapy_days=days)
    draft = factories.draft(starts_at=at("2026-03-09 08:00"))
    client.force_login(factories.user(Role.PHYSICIAN))

    shown = words(client.get(reverse("practice-record-review", args=[draft.appointment_id])))

    assert f"No heavy lifting for {until}." in shown
    assert f"Physiotherapy by {by}:" in shown


def test_review_warns_when_no_message_can_reach_the_patient_or_no_protocol_is_in_force(client):
    draft = factories.draft(patient=factories.patient(email=""))
    address = reverse("practice-record-review", args=[draft.appointment_id])
    client.force_login(factories.user(Role.PHYSICIAN))

    without_protocol = words(client.get(address))
    factories.protocol()
    without_contact = words(client.get(address))

    assert "No aftercare protocol is in force." in without_protocol
    assert "tell the patient yourself what to do." in without_contact


def test_due_day_is_a_civil_day(client, physiotherapist):
    """Half past midnight in Vilnius is still the day before in UTC."""
    referral("Rasa", date(2026, 3, 10))

    with time_machine.travel(at("2026-03-11 00:30"), tick=False):
        client.force_login(physiotherapist.user)
        [row] = rows(client.get(reverse("practice-referrals")))

    assert row.startswith("Rasa Example Tue 10 Mar 2026 late")
