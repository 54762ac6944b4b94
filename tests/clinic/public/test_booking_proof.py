"""Who books without being known here proves an address by a code, on one more page; who is known feels nothing."""

from datetime import timedelta

import pytest
from django.test import Client

from clinic.models import Appointment, AppointmentStatus, BookingRequest, Message, Patient, PatientAccess, WorkItem
from tests import factories
from tests.clinic.public.booking_pages import ANSWERS, ask, book_online, held_page, hold, type_code
from tests.clinic.sign_in import code_in, newest_code_mail, sign_in_by_code, signed_in
from tests.web import main_words, sign_in, words

# allauth asks for the session twice in the request that signs in, which django-zeal takes for a loop in a page.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.repeated_queries_allowed,
    pytest.mark.time_machine(factories.NOW, tick=False),
]
PHONE = "+37061234567"
BY_PHONE = {"email": "", "phone": PHONE}
NO_CODE = [{"email": "", "phone": "+37052001234"}, {"email": "", "phone": "+4915112345678"}]


def wrong_code():
    return f"{(int(code_in(newest_code_mail())) + 1) % 1_000_000:06}"


def test_nothing_but_a_kept_time_and_a_code_comes_of_it_before_the_code_is_typed(client, consultation, doctor):
    answer = ask(client, consultation, doctor)

    assert answer["Location"] == held_page(consultation, "book-code")
    [time] = Appointment.objects.all()
    assert (time.status, time.patient, Patient.objects.count()) == (AppointmentStatus.PENDING, None, 0)
    assert time.held_until == factories.NOW + timedelta(minutes=20)
    assert [message.purpose for message in Message.objects.all()] == ["sign-in"]
    assert "We have sent an e-mail to marta@mail.example" in main_words(client.get(answer["Location"]))


@pytest.mark.parametrize("way", [{}, BY_PHONE], ids=["e-mail", "phone"])
def test_the_code_books_signs_in_and_opens_the_own_pages(client, consultation, doctor, way):
    answer = book_online(client, consultation, doctor, **way)

    visit = Appointment.objects.get()
    assert answer["Location"] == held_page(consultation, "book-booked")
    assert (visit.status, str(visit.patient), visit.reason) == (AppointmentStatus.BOOKED, "Marta O'Neil", "My neck")
    assert [given.relation for given in PatientAccess.objects.filter(user=signed_in(client))] == ["self"]
    assert "Consultation" in main_words(client.get("/my/"))
    assert visit.booking_request.proved_at == factories.NOW


def test_a_wrong_code_books_nothing_and_the_fifth_ends_it(client, consultation, doctor):
    ask(client, consultation, doctor)
    wrong = wrong_code()
    right = code_in(newest_code_mail())

    answers = [type_code(client, consultation, code=wrong) for _ in range(5)]
    late = type_code(client, consultation, code=right)

    assert [answer.status_code for answer in answers] == [200] * 4 + [302]
    assert late["Location"] == held_page(consultation, "book-check")
    assert (Patient.objects.count(), signed_in(client)) == (0, None)


def test_after_twenty_minutes_the_time_is_free_again(client, consultation, doctor, time_machine):
    ask(client, consultation, doctor)
    time_machine.shift(timedelta(minutes=20))

    answer = type_code(client, consultation)
    other = hold(Client(), consultation, doctor, token="token-0002")

    assert (answer.status_code, other.status_code, Patient.objects.count()) == (409, 303, 0)


def test_asking_again_sends_another_code_and_keeps_the_time_no_longer(client, consultation, doctor, time_machine):
    ask(client, consultation, doctor)
    until = Appointment.objects.get().held_until
    time_machine.shift(timedelta(minutes=5))

    client.post(held_page(consultation, "book-check"))

    assert (Appointment.objects.get().held_until, Message.objects.count(), BookingRequest.objects.count()) == (
        until,
        2,
        1,
    )


def test_who_is_signed_in_types_no_code(client, me, consultation, doctor):
    hold(client, consultation, doctor)
    client.post(held_page(consultation), {"patient": me.pk})

    answer = client.post(held_page(consultation, "book-check"))

    assert answer["Location"] == held_page(consultation, "book-booked")
    assert BookingRequest.objects.count() == 0


def test_who_signed_in_from_this_browser_before_types_no_code(client, consultation, doctor):
    factories.patient(email="marta@mail.example")
    sign_in_by_code(client, email="marta@mail.example")
    client.post("/accounts/logout/")

    answer = ask(client, consultation, doctor)

    assert answer["Location"] == held_page(consultation, "book-booked")
    assert signed_in(client) is None


def test_who_proved_another_address_in_this_browser_types_one(client, consultation, doctor):
    factories.patient(email="ben@mail.example")
    sign_in_by_code(client, email="ben@mail.example")
    client.post("/accounts/logout/")

    assert ask(client, consultation, doctor)["Location"] == held_page(consultation, "book-code")


def test_who_proves_an_address_that_is_known_books_for_the_own_entry(client, consultation, doctor):
    """No second entry of one person."""
    book_online(client, consultation, doctor)
    again = Client()
    hold(again, consultation, doctor, starts_at="2026-03-02 12:00", token="token-0001b")
    again.post(held_page(consultation, token="token-0001b"), ANSWERS)
    again.post(held_page(consultation, "book-check", token="token-0001b"))

    again.post(held_page(consultation, "book-code", token="token-0001b"), {"code": code_in(newest_code_mail())})

    assert Patient.objects.count() == 1
    assert Appointment.objects.filter(patient=Patient.objects.get()).count() == 2


@pytest.mark.parametrize("way", NO_CODE, ids=["a fixed line", "another country"])
def test_who_gets_no_code_has_booked_and_is_called(client, consultation, doctor, way):
    answer = ask(client, consultation, doctor, **way)

    visit = Appointment.objects.get()
    assert (answer["Location"], visit.status) == (held_page(consultation, "book-booked"), AppointmentStatus.BOOKED)
    [item] = WorkItem.objects.filter(kind="booking_unproved")
    assert (item.appointment, item.patient) == (visit, visit.patient)
    assert signed_in(client) is None


def test_a_code_of_the_sign_in_page_books_nothing(client, consultation, doctor):
    factories.patient(email="ben@mail.example")
    hold(client, consultation, doctor)
    client.post(held_page(consultation), ANSWERS)
    client.post("/accounts/login/code/", {"email": "ben@mail.example"})

    answer = type_code(client, consultation)

    assert answer["Location"] == held_page(consultation, "book-check")
    assert Patient.objects.count() == 1


# Limits


@pytest.fixture
def no_demo(settings):
    """The demo answers this machine only."""
    settings.DEMO = False


def book_many(consultation, doctor, count, *, email="m{n}@mail.example", address="8.8.8.8", **changes):
    """Each by a new browser, and gives its time free again; the status of each answer."""
    answers = []
    for n in range(count):
        client, token = Client(REMOTE_ADDR=address.format(n=n)), f"token-{n:04}"
        hold(client, consultation, doctor, token=token)
        client.post(held_page(consultation, token=token), ANSWERS | {"email": email.format(n=n)} | changes)
        answers.append(client.post(held_page(consultation, "book-check", token=token)))
        Appointment.objects.get(request_token=token).expire()
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize(
    ("who", "most"),
    [
        ({"address": "8.8.8.8"}, 5),
        ({"address": "2a02:4780:1:2::{n}"}, 5),
        ({"address": "8.8.8.{n}", "email": "marta@mail.example"}, 3),
        ({"address": "10.0.0.7"}, 7),
    ],
    ids=["one address", "one line of IPv6", "one e-mail for one kind", "a network that many share"],
)
@pytest.mark.usefixtures("no_demo")
def test_too_many_are_refused(consultation, doctor, who, most):
    assert book_many(consultation, doctor, 7, **who) == [302] * most + [429] * (7 - most)


@pytest.mark.usefixtures("no_demo")
def test_who_is_refused_is_asked_to_call(consultation, doctor):
    book_many(consultation, doctor, 5)
    client, token = Client(REMOTE_ADDR="8.8.8.8"), "token-9999"
    hold(client, consultation, doctor, token=token)
    client.post(held_page(consultation, token=token), ANSWERS)

    answer = client.post(held_page(consultation, "book-check", token=token))

    assert "Many visits were booked like this today. Please call us" in words(answer)


def test_an_account_books_for_a_whole_family_and_no_more(client, consultation, doctor, settings):
    me = factories.patient()
    sign_in(client, me)
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"book_account": "1/d/key"}
    answers = []
    for n, hour in enumerate((10, 12)):
        hold(client, consultation, doctor, starts_at=f"2026-03-02 {hour}:00", token=f"token-{n:04}")
        client.post(held_page(consultation, token=f"token-{n:04}"), {"patient": me.pk})
        answers.append(client.post(held_page(consultation, "book-check", token=f"token-{n:04}")).status_code)

    assert answers == [302, 429]
