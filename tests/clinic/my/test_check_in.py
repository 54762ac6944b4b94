"""The QR code at the door, and what a patient's phone may do with it."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Appointment, AppointmentStatus, AuditEvent, PatientAccess, Role
from clinic.scheduling import self_check_in
from tests import factories
from tests.clinic.desk import visits
from tests.clinic.desk.visits import named
from tests.clinic.sign_in import CODE_PAGE, ask_for_code, sent_code
from tests.factories import at
from tests.web import as_, text

S = AppointmentStatus
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 09:30"), tick=False)]
TODAY = date(2026, 3, 2)
PAGE = f"/check-in/{self_check_in.code_of(TODAY)}/"
TEN = "2026-03-02 10:00"


@pytest.fixture
def ona():
    return named("Ona", "Early", email="ona@mail.example")


@pytest.fixture
def account(ona):
    return factories.account_of(ona, email="ona@mail.example")


@pytest.fixture
def phone(account):
    return as_(account)


def a_visit(when="2026-03-02 15:00", **fields):
    """With somebody who works then."""
    return visits.a_visit(when, **{"practitioner": factories.practitioner()} | fields)


def press(client, visit, page=PAGE):
    return client.post(f"{page}{visit.pk}/", follow=True)


def status(visit):
    return Appointment.objects.get(pk=visit.pk).status


def drawn_code(answer):
    """The dark modules of the code on a page: True where it is dark, row by row."""
    svg = ElementTree.fromstring(re.search(r'<svg class="door-code".*?</svg>', text(answer))[0])
    size = int(svg.get("viewBox").split()[2])
    dark = {tuple(map(int, at)) for at in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg.find("path").get("d"))}
    return [[(x, y) in dark for x in range(size)] for y in range(size)]


# The code


def test_code_is_good_for_one_day_only():
    assert self_check_in.is_code_of(self_check_in.code_of(TODAY), TODAY)
    assert self_check_in.is_code_of(self_check_in.code_of(TODAY).upper(), TODAY)
    assert not self_check_in.is_code_of(self_check_in.code_of(TODAY), date(2026, 3, 3))
    assert re.fullmatch("[2-9a-z]{8}", self_check_in.code_of(TODAY))


def test_desk_shows_the_code_of_today_as_a_drawing_that_leads_to_the_page(settings):
    settings.SITE_URL = "https://clinic.example"

    answer = as_(factories.user(Role.DESK)).get(reverse("desk-check-in-code"))

    modules = drawn_code(answer)
    finder = [[0 in (x, y) or 6 in (x, y) or (1 < x < 5 and 1 < y < 5) for x in range(7)] for y in range(7)]
    assert [row[4:11] for row in modules[4:11]] == finder
    assert not any(modules[0] + modules[3])
    assert f"https://clinic.example{PAGE}" in text(answer)
    assert "Good on Monday 2 March 2026 only." in text(answer)
    assert "Phones cannot open this address yet" not in text(answer)


def test_desk_is_told_when_phones_cannot_open_the_address(settings):
    settings.SITE_URL = "http://127.0.0.1:8000"

    answer = as_(factories.user(Role.DESK)).get(reverse("desk-check-in-code"))

    assert "Phones cannot open this address yet" in text(answer)


def test_code_of_yesterday_checks_nobody_in(account, ona, time_machine):
    booked = a_visit("2026-03-03 10:00", patient=ona)
    time_machine.move_to(at("2026-03-03 09:30"), tick=False)
    phone = as_(account)

    answers = [phone.get(PAGE), press(phone, booked)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("This code is not of today" in text(answer) for answer in answers)
    assert status(booked) == S.BOOKED


# Who


def test_stranger_learns_nothing_and_is_sent_to_the_desk(client, ona):
    booked = a_visit(TEN, patient=ona)

    answer = client.get(PAGE)

    assert "Please come to the desk and say your name." in text(answer)
    assert "Early" not in text(answer)
    assert "10:00" not in text(answer)
    assert client.post(f"{PAGE}{booked.pk}/")["Location"] == f"/accounts/login/code/?next={PAGE}"
    assert status(booked) == S.BOOKED


@pytest.mark.repeated_queries_allowed
def test_signing_in_by_code_leads_back_to_the_page(client, ona, account):
    a_visit(TEN, patient=ona)
    door = re.search(r'href="(/accounts/login/code/\?next=[^"]+)"', text(client.get(PAGE)))[1]
    shown = client.get(door)

    asked = ask_for_code(client, "ona@mail.example", next=shown.context["redirect_field_value"])
    typed = client.get(asked["Location"])
    entered = client.post(
        CODE_PAGE,
        {"code": sent_code(), "next": typed.context["redirect_field_value"]},
        follow=True,
    )

    assert entered.redirect_chain[-1][0] == PAGE
    assert "I am here" in text(entered)


def test_nobody_checks_in_somebody_elses_visit(phone):
    theirs = a_visit(TEN, patient=named("Jonas", "Other"))

    shown, pressed = phone.get(PAGE), press(phone, theirs)

    assert "Jonas" not in text(shown)
    assert pressed.status_code == 404
    assert status(theirs) == S.BOOKED


def test_colleagues_have_no_visits_here():
    a_visit(TEN, patient=named("Jonas", "Other"))

    assert "We find no visit for you today." in text(as_(factories.user(Role.DESK)).get(PAGE))


# The act


def test_one_tap_says_that_the_patient_is_here(phone, account, ona):
    booked = a_visit(TEN, patient=ona, room=factories.room())
    before = phone.get(PAGE)

    answer = press(phone, booked)

    assert "I am here" in text(before)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "You are checked in" in text(answer)
    assert "Please take a seat" in text(answer)
    assert f"Your visit is in {booked.room}." in text(answer)
    assert "I am here" not in text(answer)
    changes = [(change.to_status, change.by, change.note) for change in booked.status_changes.all()]
    assert changes == [(S.ARRIVED, account, "by phone")]
    assert AuditEvent.objects.filter(patient=ona, by=account, action="U", what="visit").count() == 1


def test_desk_sees_that_it_was_by_phone(phone, ona):
    booked = a_visit(TEN, patient=ona)
    press(phone, booked)

    answer = as_(factories.user(Role.DESK)).get(reverse("desk-appointment", args=[booked.pk]))

    assert 'data-label="Note">by phone</td>' in text(answer)


def test_tapping_twice_checks_in_once(phone, ona):
    booked = a_visit(TEN, patient=ona)

    answers = [press(phone, booked) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert booked.status_changes.count() == 1


def test_looking_changes_nothing(phone, ona):
    booked = a_visit(TEN, patient=ona)

    phone.get(PAGE)

    assert status(booked) == S.BOOKED
    assert [event.action for event in AuditEvent.objects.filter(patient=ona)] == ["R"]


@pytest.mark.parametrize("now", ["09:00", "10:29"])
def test_from_an_hour_before_until_the_end(phone, ona, time_machine, now):
    booked = a_visit(TEN, patient=ona)
    time_machine.move_to(at(f"2026-03-02 {now}"), tick=False)

    press(phone, booked)

    assert status(booked) == S.ARRIVED


@pytest.mark.parametrize(
    ("now", "starts", "state", "sentence"),
    [
        ("08:59", TEN, S.BOOKED, "You are early. You can check in here from 09:00."),
        ("10:30", TEN, S.BOOKED, "The time of this visit is over. Please go to the desk."),
        ("09:30", TEN, S.CANCELLED, "This visit was cancelled. If that is wrong, please go to the desk."),
        ("09:30", TEN, S.FULFILLED, "This visit is over. If that is wrong, please go to the desk."),
        ("09:30", TEN, S.NOSHOW, "We thought that you were not coming. Please go to the desk."),
        ("09:30", "2026-03-03 10:00", S.BOOKED, "This visit is not today. It is on Tuesday 3 March."),
        ("23:30", "2026-03-03 00:10", S.BOOKED, "This visit is not today. It is on Tuesday 3 March."),
    ],
)
def test_refusal_says_why_and_changes_nothing(account, ona, time_machine, now, starts, state, sentence):
    booked = a_visit(starts, patient=ona, status=state)
    time_machine.move_to(at(f"2026-03-02 {now}"), tick=False)

    answer = press(as_(account), booked)

    assert answer.status_code == 409
    assert sentence in text(answer)
    assert status(booked) == state
    assert "I am here" not in text(answer)


def test_day_without_a_visit_names_the_next_one(phone, ona):
    a_visit("2026-03-05 14:30", patient=ona)

    assert "You have no visit today. Your next one is on Thursday 5 March, 14:30." in text(phone.get(PAGE))


def test_family_sees_whose_visit_it_is(phone, account, ona):
    child = named("Mia", "Early")
    PatientAccess.objects.create(user=account, patient=child)
    a_visit(TEN, patient=ona)
    of_child = a_visit("2026-03-02 10:30", patient=child)

    page = text(phone.get(PAGE))
    press(phone, of_child)

    assert "for Ona Early" in page
    assert "for Mia Early" in page
    assert status(of_child) == S.ARRIVED


def test_check_in_needs_the_token_of_the_form(account, ona):
    booked = a_visit(TEN, patient=ona)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)

    assert strict.post(f"{PAGE}{booked.pk}/").status_code == 403
    assert status(booked) == S.BOOKED
