"""The desk moves a visit, and lets one overlap others for a written reason."""

import re

import pytest

from clinic.models import Appointment, AppointmentStatus, AuditAction, AuditEvent, Message, Role
from clinic.scheduling import cancellations
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at, civil
from tests.web import NOT_FOUND, as_, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 07:00"), tick=False)]


@pytest.fixture
def booked(doctor, ona):
    return a_visit(
        "2026-03-02 10:00",
        practitioner=doctor,
        patient=ona,
        visit_type=factories.visit_type(slug="consultation"),
    )


def address_of(appointment):
    return f"/desk/appointments/{appointment.pk}/move/"


def to(doctor, when="2026-03-02 14:00", seen=0, **more):
    return {"time": f"{doctor.pk}@{at(when).isoformat()}", "seen_sequence": seen, "note": ""} | more


def own_hour(doctor, when, *, why="She is in pain", **more):
    own = {"time": "own", "own_hour": when.replace(" ", "T"), "overlap_reason": why}
    return own | {"practitioner": doctor.pk if doctor else ""} | more


def when_of(appointment):
    appointment.refresh_from_db()
    return civil(appointment.starts_at)


# Moving


def test_shows_the_visit_and_free_times_of_the_same_person(page, doctor, booked):
    factories.room()
    factories.practitioner()

    answer = page.get(address_of(booked))

    assert {key for key in re.findall(r'name="time" value="(\d+)@', answer.content.decode())} == {str(doctor.pk)}
    for words in ["Monday 2 March 2026, 10:00", "Ona Petrauskienė", "+370 612 34567", "Consultation, 30 minutes"]:
        assert words in text(answer)


def test_moves_to_another_time(page, desk, doctor, booked):
    answer = page.post(address_of(booked), to(doctor, note="Asked by phone"), follow=True)

    assert when_of(booked) == "2026-03-02 14:00"
    assert "Moved: Ona Petrauskienė, now Monday 2 March 2026, 14:00" in text(answer)
    assert "Asked by phone" in text(answer)
    assert AuditEvent.objects.filter(action=AuditAction.UPDATE, by=desk, what="visit").count() == 1
    assert Message.objects.filter(appointment=booked, purpose="visit-moved").count() == 1


def test_moves_to_another_person(page, booked):
    factories.room()
    other = factories.practitioner()

    page.post(address_of(booked), to(other, "2026-03-02 10:00"))

    booked.refresh_from_db()
    assert booked.practitioner == other


def test_a_stale_page_is_refused_and_shows_what_changed(page, desk, doctor, booked):
    factories.move(Appointment.objects.get(), at("2026-03-02 16:00"), practitioner=doctor, by_desk=True)

    answer = page.post(address_of(booked), to(doctor, note="Asked by phone"))

    assert (answer.status_code, when_of(booked)) == (409, "2026-03-02 16:00")
    content = text(answer)
    for words in ["This visit has changed since you looked at it", "Mon 2 Mar 2026, 16:00", "Asked by phone"]:
        assert words in content
    assert 'name="seen_sequence" value="1"' in content
    assert page.post(address_of(booked), to(doctor, seen=1)).status_code == 302
    assert when_of(booked) == "2026-03-02 14:00"


def test_a_visit_cancelled_meanwhile_is_refused(page, doctor, booked):
    cancellations.cancel(Appointment.objects.get(), at=at("2026-03-02 07:00"))

    answer = page.post(address_of(booked), to(doctor))

    assert answer.status_code == 409
    assert "cannot be moved any more. Its state: cancelled" in text(answer)


def test_a_taken_time_offers_the_nearest(page, doctor, booked):
    a_visit("2026-03-02 14:00", practitioner=doctor, visit_type=booked.visit_type)

    answer = page.post(address_of(booked), to(doctor))

    assert (answer.status_code, when_of(booked)) == (409, "2026-03-02 10:00")
    assert len(answer.context["alternatives"]) == 3


@pytest.mark.parametrize("status", [AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW, AppointmentStatus.CANCELLED])
def test_a_visit_that_is_over_is_not_moved(page, doctor, booked, status):
    Appointment.objects.update(status=status)

    assert "cannot be moved any more" in text(page.get(address_of(booked)))
    assert page.post(address_of(booked), to(doctor)).status_code == 409
    assert when_of(booked) == "2026-03-02 10:00"


def test_without_a_time_it_asks_for_one(page, booked, doctor):
    assert "Choose one of the free times." in text(page.post(address_of(booked), to(doctor, time="")))


def test_times_alone_are_the_same_part_of_the_page(page, booked):
    whole = page.get(address_of(booked), {"practitioner": ""}).content.decode()
    part = page.get(address_of(booked), {"practitioner": ""}, headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<section id="when"')
    assert part.strip() in whole


def test_page_asks_as_often_for_many_visits_as_for_few(page, booked, doctor):
    once = queries_of(page, address_of(booked))
    for hour in (11, 12, 13):
        a_visit(f"2026-03-02 {hour}:00", practitioner=doctor, visit_type=booked.visit_type)

    assert queries_of(page, address_of(booked)) == once


@pytest.mark.parametrize("role", [None, Role.PHYSICIAN, Role.PHYSIOTHERAPIST, Role.MANAGER])
def test_moving_is_for_the_desk(role, doctor, booked):
    client = as_(factories.user(role))

    assert (client.get(address_of(booked)).status_code, client.post(address_of(booked), to(doctor)).status_code) == (
        403,
        403,
    )
    assert when_of(booked) == "2026-03-02 10:00"


def test_unknown_visit_is_not_found(page):
    assert refusal(page.get("/desk/appointments/99/move/")) == NOT_FOUND


def test_a_visit_leads_to_its_move_while_it_is_booked(page, booked):
    link = f'href="{address_of(booked)}"'
    before = link in page.get(booked.get_absolute_url()).content.decode()
    Appointment.objects.update(status=AppointmentStatus.ARRIVED)

    assert (before, link in page.get(booked.get_absolute_url()).content.decode()) == (True, False)


# Over other visits


def test_moves_over_another_visit_for_a_written_reason(page, doctor, booked):
    a_visit("2026-03-02 14:00", practitioner=doctor, visit_type=booked.visit_type)

    answer = page.post(address_of(booked), own_hour(doctor, "2026-03-02 14:10", seen_sequence=0), follow=True)

    assert when_of(booked) == "2026-03-02 14:10"
    assert booked.overlap_reason == "She is in pain"
    assert "She is in pain" in text(answer)


def test_books_over_another_visit_for_a_written_reason(page, doctor, booked):
    patient = named("Jonas", "Second")
    data = own_hour(doctor, "2026-03-02 10:00", request_token="over-others-01", visit_type="consultation", reason="")

    page.post(f"/desk/patients/{patient.pk}/book/", data)

    assert Appointment.objects.get(patient=patient).overlap_reason == "She is in pain"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"overlap_reason": " "}, "Write why this visit may overlap others."),
        ({"own_hour": ""}, "Write day and hour."),
        ({"own_hour": "soon"}, "Enter a valid date/time."),
        ({"practitioner": ""}, "Choose with whom the visit is"),
    ],
)
def test_an_own_hour_needs_hour_person_and_reason(page, doctor, booked, change, sentence):
    answer = page.post(address_of(booked), own_hour(doctor, "2026-03-02 14:00", seen_sequence=0) | change)

    assert sentence in text(answer)
    assert when_of(booked) == "2026-03-02 10:00"


@pytest.mark.parametrize("when", ["2026-03-02 20:00", "2026-03-02 06:00", "2026-03-07 10:00", "2199-01-01 10:00"])
def test_a_reason_opens_no_hours_that_nobody_works(page, doctor, booked, when):
    answer = page.post(address_of(booked), own_hour(doctor, when, seen_sequence=0))

    assert (answer.status_code, when_of(booked)) == (409, "2026-03-02 10:00")


def test_a_refused_time_is_offered_as_an_hour_of_ones_own(page, doctor, booked):
    a_visit("2026-03-02 14:00", practitioner=doctor, visit_type=booked.visit_type)

    content = text(page.post(address_of(booked), to(doctor)))

    assert 'name="own_hour" value="2026-03-02T14:00"' in content


# Cancelling


def test_cancelling_what_has_moved_meanwhile_is_refused(page, doctor, booked):
    page.post(address_of(booked), to(doctor))

    answer = page.post(f"/desk/appointments/{booked.pk}/cancel/", {"reason": "Ill", "seen_sequence": 0})

    assert answer.status_code == 409
    assert "now on Mon 2 Mar 2026, 14:00" in text(answer)
    booked.refresh_from_db()
    assert booked.status == AppointmentStatus.BOOKED


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_day_at_the_end_of_all_calendars_is_refused_with_a_sentence(page, doctor, booked, when):
    answer = page.post(f"/desk/appointments/{booked.pk}/move/", {"time": f"{doctor.pk}@{when}", "seen_sequence": 0})

    assert "This day is too far away." in answer.content.decode()
