"""The desk books by phone: for a patient who has an entry, and for somebody new."""

import re

import pytest

from clinic.models import Appointment, AuditAction, AuditEvent, Message, Patient, Role
from clinic.scheduling import booking
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.clinic.desk.booking_form import TOKEN, address_of, answers, newcomer
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at, civil
from tests.web import NOT_FOUND, as_, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 07:00"), tick=False)]
NEW = "/desk/book/new/"


def shown_times(answer):
    return re.findall(r'name="time" value="\d+@([^"]+)"', answer.content.decode())


# Times


def test_next_free_times_stand_beside_the_patient_without_notice(page, doctor, consultation, ona):
    answer = page.get(address_of(ona))

    content = text(answer)
    assert shown_times(answer)[:2] == ["2026-03-02T09:00:00+02:00", "2026-03-02T09:30:00+02:00"]
    for words in ["Ona Petrauskienė", "+370 612 34567", "Consultation, 30 minutes", "Monday 2 March", str(doctor)]:
        assert words in content


def test_times_follow_kind_person_and_day(page, doctor, consultation, ona):
    other = factories.practitioner(hours=("13:00", "14:00"))
    factories.physiotherapist(hours=("08:00", "09:00"))
    factories.physiotherapy(slug="physiotherapy")

    with_other = page.get(address_of(ona), {"visit_type": "consultation", "practitioner": other.pk})
    physiotherapy = page.get(address_of(ona), {"visit_type": "physiotherapy", "practitioner": other.pk})
    later = page.get(address_of(ona), {"first_day": "2026-03-04"})

    assert shown_times(with_other)[:3] == [
        "2026-03-02T13:00:00+02:00",
        "2026-03-02T13:30:00+02:00",
        "2026-03-03T13:00:00+02:00",
    ]
    assert shown_times(physiotherapy)[0] == "2026-03-02T08:00:00+02:00"
    assert shown_times(later)[0] == "2026-03-04T09:00:00+02:00"


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01", "soon", "2026-02-30"])
def test_a_day_that_cannot_be_booked_shows_the_next_times(page, doctor, consultation, ona, day):
    assert (
        shown_times(page.get(address_of(ona), {"first_day": day, "visit_type": "x"}))[0] == "2026-03-02T09:00:00+02:00"
    )


def test_each_hour_stands_once_with_anybody(page, doctor, consultation, ona):
    factories.room()
    factories.practitioner()

    times = shown_times(page.get(address_of(ona)))

    assert len(times) == len(set(times))


def test_times_alone_are_the_same_part_of_the_page(page, doctor, consultation, ona):
    whole = page.get(address_of(ona)).content.decode()
    part = page.get(address_of(ona), headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<section id="when"')
    assert part.strip() in whole


def test_says_when_there_is_no_time(page, consultation, ona, doctor):
    doctor.working_hours.all().delete()

    assert "No free time here" in text(page.get(address_of(ona)))


def test_works_before_there_is_anything_to_book(page, ona):
    assert "No free time here" in text(page.get(address_of(ona)))


def test_page_asks_as_often_for_many_times_as_for_few(page, doctor, consultation, ona):
    once = queries_of(page, address_of(ona))
    for _number in range(3):
        factories.room()
        factories.practitioner()

    assert queries_of(page, address_of(ona)) == once


# A patient who has an entry


def test_books_with_one_confirmation(page, desk, doctor, consultation, ona):
    answer = page.post(address_of(ona), answers(doctor, reason="Neck"), follow=True)

    booked = Appointment.objects.get()
    assert (civil(booked.starts_at), booked.patient, booked.practitioner) == ("2026-03-02 09:00", ona, doctor)
    assert (booked.status, booked.reason, booked.visit_type) == ("booked", "Neck", consultation)
    assert booked.status_changes.get().by == desk
    assert answer.redirect_chain == [(booked.get_absolute_url(), 302)]
    assert "Booked: Ona Petrauskienė, Monday 2 March 2026, 09:00" in text(answer)
    assert AuditEvent.objects.filter(patient=ona, action=AuditAction.CREATE, by=desk, what="visit").count() == 1
    assert Message.objects.filter(patient=ona, appointment=booked).count() == 1


def test_a_procedure_needs_no_consultation_first_at_the_desk(page, doctor, consultation, ona):
    factories.visit_type(slug="injection", needs_consultation_first=True)

    page.post(address_of(ona), answers(doctor, visit_type="injection"))

    assert Appointment.objects.get().visit_type.slug == "injection"


def test_the_same_page_sent_twice_books_once(page, doctor, consultation, ona):
    first = page.post(address_of(ona), answers(doctor))
    second = page.post(address_of(ona), answers(doctor))

    assert Appointment.objects.count() == 1
    assert (first.url, second.url) == (second.url, Appointment.objects.get().get_absolute_url())


def test_without_a_time_it_asks_for_one_and_keeps_the_rest(page, doctor, consultation, ona):
    answer = page.post(address_of(ona), answers(doctor, time="", reason="Neck hurts"))

    content = text(answer)
    assert "Choose one of the free times." in content
    assert ("Neck hurts" in content, TOKEN in content) == (True, True)
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    "time", ["x", "1@", "@2026-03-02T09:00:00+02:00", "1@2026-03-02T09:00:00", "²@x", "1@2026-99-99"]
)
def test_a_time_that_is_none_is_asked_for_again(page, doctor, consultation, ona, time):
    assert "Choose one of the free times." in text(page.post(address_of(ona), answers(doctor, time=time)))


def test_a_taken_time_offers_the_three_nearest_and_keeps_everything(page, doctor, consultation, ona):
    a_visit("2026-03-02 09:00", practitioner=doctor, visit_type=consultation)

    answer = page.post(address_of(ona), answers(doctor, reason="Neck hurts"))

    assert answer.status_code == 409
    assert [choice["value"].partition("@")[2] for choice in answer.context["alternatives"]] == [
        f"2026-03-02T{hour}:00+02:00" for hour in ("09:30", "10:00", "10:30")
    ]
    assert "Neck hurts" in text(answer)
    assert Appointment.objects.filter(patient=ona).count() == 0


def test_an_alternative_can_be_taken_on_the_same_page(page, doctor, consultation, ona):
    a_visit("2026-03-02 09:00", practitioner=doctor, visit_type=consultation)
    page.post(address_of(ona), answers(doctor))

    page.post(address_of(ona), answers(doctor, "2026-03-02 09:30"))

    assert civil(Appointment.objects.get(patient=ona).starts_at) == "2026-03-02 09:30"


def test_other_buttons_show_other_times_and_lose_nothing(page, doctor, consultation, ona):
    answer = page.post(address_of(ona), answers(doctor, reason="Neck hurts", turn_to="2026-03-09"))

    assert shown_times(answer)[0] == "2026-03-09T09:00:00+02:00"
    assert ("Neck hurts" in text(answer), TOKEN in text(answer)) == (True, True)
    assert Appointment.objects.count() == 0


# Who may


@pytest.mark.parametrize("role", [None, Role.PHYSICIAN, Role.PHYSIOTHERAPIST, Role.MANAGER])
def test_booking_is_for_the_desk(role, doctor, consultation, ona):
    client = as_(factories.user(role))

    for path, data in ((address_of(ona), answers(doctor)), (NEW, newcomer(doctor))):
        assert (client.get(path).status_code, client.post(path, data).status_code) == (403, 403)
    assert Appointment.objects.count() == 0


def test_a_merged_patient_is_not_booked(page, doctor, consultation, ona):
    Patient.objects.filter(pk=ona.pk).update(merged_into=named("Ona", "New"))

    assert refusal(page.post(address_of(ona), answers(doctor))) == NOT_FOUND
    assert Appointment.objects.count() == 0


def test_looking_never_writes(page, doctor, consultation, ona):
    page.get(address_of(ona), answers(doctor))
    page.get(NEW, newcomer(doctor))

    assert (Appointment.objects.count(), Patient.objects.count()) == (0, 1)


def test_a_held_time_is_not_shown(page, doctor, consultation, ona):
    booking.hold(
        Wish(consultation, doctor, at("2026-03-04 09:00"), request_token="somebody-else-01"),
        held_by="x",
        at=at("2026-03-02 07:00"),
    )

    assert shown_times(page.get(address_of(ona), {"first_day": "2026-03-04"}))[0] == "2026-03-04T09:30:00+02:00"
