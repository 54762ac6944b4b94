"""Booking as a patient meets it: pages, their refusals, and which input they preserve."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Appointment, AppointmentStatus, Message, Patient, PatientAccess
from tests import factories
from tests.clinic.public.booking_pages import ANSWERS, ask, book_online, held_page, hold, type_code
from tests.web import NOT_FOUND, refusal

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.repeated_queries_allowed,
    pytest.mark.time_machine(factories.NOW, tick=False),
]


def test_hold_leads_to_the_details(client, consultation, doctor):
    answer = hold(client, consultation, doctor)

    appointment = Appointment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, held_page(consultation))
    assert appointment.status == AppointmentStatus.PENDING
    assert appointment.held_until == factories.NOW + timedelta(minutes=10)


def test_hold_sent_twice_is_one_hold_and_one_answer(client, consultation, doctor):
    first, second = hold(client, consultation, doctor), hold(client, consultation, doctor)

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "wish",
    [
        {"starts_at": "2026-02-02T10:00:00+02:00"},  # past
        {"starts_at": "2026-03-02T10:07:00+02:00"},  # not on the grid
        {"starts_at": "2026-03-08T10:00:00+02:00"},  # a Sunday
        {"starts_at": "2030-03-04T10:00:00+02:00"},  # beyond the horizon
        {"starts_at": "yesterday"},
        {"starts_at": ""},
        {"practitioner": "0"},
        {"practitioner": "x"},
        {"request_token": ""},
    ],
)
def test_hold_of_a_time_that_is_not_open_is_refused_with_three_others(client, consultation, doctor, wish):
    usual = {"practitioner": doctor.pk, "starts_at": "2026-03-02T10:00:00+02:00", "request_token": "token-0001"}

    answer = client.post(reverse("book-hold", args=["consultation"]), usual | wish)

    assert answer.status_code == 409
    assert answer.content.decode().count('name="starts_at"') == 3
    assert Appointment.objects.count() == 0


def test_hold_of_a_time_just_taken_is_refused_with_the_three_nearest(client, consultation, doctor):
    hold(client, consultation, doctor)
    client.cookies.clear()

    answer = hold(client, consultation, doctor, token="token-0002")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert [f"2026-03-02T{hour}:00+02:00" in page for hour in ("09:30", "10:30", "10:00")] == [True, True, False]


def test_hold_of_an_old_page_for_another_time_is_refused(client, consultation, doctor):
    hold(client, consultation, doctor)

    answer = hold(client, consultation, doctor, starts_at="2026-03-02 11:00")

    assert answer.status_code == 409
    assert "choose again" in answer.content.decode()


@pytest.mark.parametrize(
    ("addresses", "most"),
    [
        (["2a02:4780:1:2::1", "2a02:4780:1:2::2", "2a02:4780:1:2:a::1", "2a02:4780:1:2:b::1"], 3),
        (["::ffff:8.8.8.8", "8.8.8.8", "8.8.8.8", "8.8.8.8"], 3),
        (["10.0.0.7"] * 5, 4),
    ],
    ids=["one line of IPv6", "one address in two ways", "a network that many share"],
)
def test_hold_refuses_too_many_from_one_place(consultation, doctor, settings, addresses, most):
    settings.HOLDS_PER_SHARED_ADDRESS, settings.DEMO = 4, False  # the demo answers this machine only

    answers = [
        hold(
            Client(REMOTE_ADDR=address),
            consultation,
            doctor,
            starts_at=f"2026-03-02 {10 + n}:00",
            token=f"token-{n:04}",
        )
        for n, address in enumerate(addresses)
    ]

    assert [answer.status_code for answer in answers] == [303] * most + [409] * (len(addresses) - most)
    assert Appointment.objects.count() == most


def test_details_belong_to_the_browser_that_holds(client, consultation, doctor):
    hold(client, consultation, doctor)
    client.cookies.clear()

    assert refusal(client.get(held_page(consultation))) == NOT_FOUND


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"birth_date_day": "30"}, "This day does not exist."),
        ({"birth_date_year": "84"}, "Please check the year."),
        ({"birth_date_year": "2031", "birth_date_day": "1"}, "This day is still to come."),
        ({"birth_date_month": "May"}, "This day does not exist."),
        ({"birth_date_day": "9" * 5000}, "This day does not exist."),
        ({"birth_date_day": ""}, "Write day, month and year."),
        ({"given_name": ""}, "Write the first name."),
        ({"given_name": "12"}, "Write the name with letters"),
        ({"given_name": "Click https://evil.example"}, "Write the name only, without a link or an address."),
        ({"given_name": "Click evil.example"}, "Write the name only, without a link or an address."),
        ({"given_name": "\u0958" * 100}, "at most 100 characters"),
        ({"given_name": "😀" * 100_000}, "at most 100 characters"),
        ({"email": "", "phone": ""}, "Write an e-mail or a phone number"),
        ({"email": "marta@"}, "Write an e-mail address like ana@example.org."),
        ({"email": "", "phone": "12"}, "Write the whole phone number"),
        ({"phone": "+37061234567 ext. 5"}, "Write a number that we can call directly, without an extension."),
    ],
)
def test_details_that_cannot_be_are_refused_at_their_field_and_stay(client, consultation, doctor, change, sentence):
    hold(client, consultation, doctor)

    page = client.post(held_page(consultation), ANSWERS | change).content.decode()

    assert sentence in page
    assert "Please check your answers" in page
    assert 'value="O&#x27;Neil"' in page
    assert Patient.objects.count() == 0


def test_check_shows_the_answers_and_books_nothing(client, consultation, doctor):
    hold(client, consultation, doctor)

    page = client.post(held_page(consultation), ANSWERS, follow=True).content.decode()

    assert [text in page for text in ("Marta", "29 February 1984", "Marta@Mail.example")] == [True, True, True]
    assert Patient.objects.count() == 0


def test_name_that_was_copied_is_made_right(client, consultation, doctor):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), ANSWERS | {"given_name": "\u202eМarta\u200b", "family_name": " O´Neil\r\n"})

    client.post(held_page(consultation, "book-check"))
    type_code(client, consultation)

    assert str(Patient.objects.get()) == "Marta O’Neil"


def test_only_name_is_enough_when_the_box_says_so(client, consultation, doctor):
    hold(client, consultation, doctor)
    one = {"given_name": "", "family_name": "Suharto", "one_name": "on"}
    page = client.post(held_page(consultation), ANSWERS | one, follow=True).content.decode()

    client.post(held_page(consultation, "book-check"))
    type_code(client, consultation)

    told = Message.objects.get(purpose="visit-booked")
    assert "There is only one name" not in page
    assert (str(Patient.objects.get()), told.body.splitlines()[0]) == ("Suharto", "Hello Suharto,")


def test_mistyped_mail_domain_gets_an_offer_and_is_no_refusal(client, consultation, doctor):
    hold(client, consultation, doctor)
    check = held_page(consultation, "book-check")
    page = client.post(held_page(consultation), ANSWERS | {"email": "marta@gmial.com"}, follow=True).content.decode()

    assert 'name="email_meant" value="marta@gmail.com"' in page

    taken = client.post(check, {"email_meant": "marta@gmail.com"}, follow=True).content.decode()
    assert ("marta@gmail.com" in taken, "email_meant" in taken, Patient.objects.count()) == (True, False, 0)

    client.post(check, {"email_meant": "stranger@mail.example"})
    type_code(client, consultation)
    assert Patient.objects.get().email == "marta@gmail.com"


def test_mistyped_mail_domain_may_stay_as_it_is(client, consultation, doctor):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), ANSWERS | {"email": "marta@gmial.com"})

    client.post(held_page(consultation, "book-check"))
    type_code(client, consultation)

    assert Patient.objects.get().email == "marta@gmial.com"


def test_check_without_answers_leads_back_to_them(client, consultation, doctor):
    hold(client, consultation, doctor)

    assert client.post(held_page(consultation, "book-check"))["Location"] == held_page(consultation)


def test_booking_makes_patient_visit_and_message_together(client, consultation, doctor):
    answer = book_online(client, consultation, doctor)

    appointment = Appointment.objects.get()
    patient = appointment.patient
    assert answer["Location"] == held_page(consultation, "book-booked")
    assert (appointment.status, appointment.reason) == (AppointmentStatus.BOOKED, "My neck")
    assert (str(patient), patient.birth_date) == ("Marta O'Neil", date(1984, 2, 29))
    assert [message.address for message in appointment.messages.all()] == ["marta@mail.example"]
    assert "O'Neil" not in appointment.messages.get().subject


def test_booking_sent_twice_books_once(client, consultation, doctor):
    first = book_online(client, consultation, doctor)

    second = client.post(held_page(consultation, "book-check"))

    assert first["Location"] == second["Location"]
    assert (Patient.objects.count(), Appointment.objects.count()) == (1, 1)


def test_booking_after_ten_minutes_is_refused_and_keeps_nobody(client, consultation, doctor, time_machine):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), ANSWERS)
    time_machine.shift(timedelta(minutes=10))

    answer = client.post(held_page(consultation, "book-check"))

    assert answer.status_code == 409
    assert "choose a time again" in answer.content.decode()
    assert Patient.objects.count() == 0


def test_booking_in_a_second_tab_lets_go_of_the_first_and_keeps_what_was_typed(client, consultation, doctor):
    hold(client, consultation, doctor)
    hold(client, consultation, doctor, starts_at="2026-03-02 12:00", token="token-0002")

    answer = client.post(held_page(consultation), ANSWERS)
    other = client.get(held_page(consultation, token="token-0002")).content.decode()

    assert (answer.status_code, "chosen another time" in answer.content.decode()) == (409, True)
    assert [f'value="{typed}"' in other for typed in ("Marta", "29", "1984")] == [True, True, True]


def test_booking_again_after_the_hold_ended_keeps_what_was_typed(client, consultation, doctor, time_machine):
    hold(client, consultation, doctor)
    time_machine.shift(timedelta(minutes=11))
    client.post(held_page(consultation), ANSWERS)

    hold(client, consultation, doctor, token="token-0002")
    page = client.get(held_page(consultation, token="token-0002")).content.decode()

    assert [f'value="{typed}"' in page for typed in ("Marta", "29", "1984")] == [True, True, True]


def test_booking_with_somebody_elses_address_finds_nobody(client, consultation, doctor):
    known = factories.patient(email="marta@mail.example", given_name="Marta", family_name="O'Neil")

    ask(client, consultation, doctor)

    assert known.appointments.count() == 0
    assert PatientAccess.objects.count() == 0


def test_calendar_has_uid_sequence_zone_and_no_secret(client, consultation, doctor):
    book_online(client, consultation, doctor)

    text = client.get(held_page(consultation, "book-calendar")).content.decode()

    assert f"UID:{Appointment.objects.get().calendar_uid}" in text
    assert "SEQUENCE:0" in text
    assert "DTSTART;TZID=Europe/Vilnius:20260302T100000" in text
    assert ("Consultation" in text, "Neil" in text) == (False, False)


def test_nothing_is_written_by_looking(client, consultation, doctor):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), ANSWERS)
    before = Appointment.objects.values().get()

    for name in ("book-details", "book-check", "book-booked"):
        client.get(held_page(consultation, name))

    assert Appointment.objects.values().get() == before
    assert Patient.objects.count() == 0
