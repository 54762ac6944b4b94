"""One patient, from the first page to the booked physiotherapy: in a real browser, as the days go by."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import Appointment, Message, MessageStatus
from tests.journeys import post, steps

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "marta.oneil@mail.example"


def states(patient, purpose):
    messages = Message.objects.filter(patient=patient, purpose=purpose)
    return [message.status for message in messages.order_by("due_at")]


def look_with(axe):
    def look(page):
        found = axe(page)
        assert found == [], page.url

    return look


def injects_writes_and_signs(physician, visit, look):
    physician.goto(f"/practice/visits/{visit.pk}/")
    look(physician)
    steps.asks_the_safety_questions(physician, look)
    steps.writes_the_record(physician, look=look)
    steps.signs(physician)
    look(physician)


def reads_that_she_may_lift_and_books(phone, plan, look):
    """Signs in by a code first."""
    steps.asks_for_a_code(phone, EMAIL, look)
    steps.enters_the_code(phone, post.newest_code())
    look(phone)
    until = timezone.localtime(plan.lift_again_at)
    assert f"{until:%H:%M}" in phone.locator("main").inner_text()
    assert "5 days left to see a physiotherapist" in phone.locator("main").inner_text()
    steps.books_physiotherapy(phone, look)
    look(phone)
    assert "Your physiotherapy is booked" in phone.locator("main").inner_text()


def what_asks_for_it_is_withdrawn(patient, desk, look):
    assert states(patient, "book-physiotherapy") == [
        MessageStatus.ACCEPTED,
        MessageStatus.WITHDRAWN,
        MessageStatus.WITHDRAWN,
    ]
    steps.becomes(desk, "desk")
    desk.goto("/desk/messages/")
    look(desk)
    assert "withdrawn" in desk.locator("main").inner_text()


@pytest.mark.browser
@pytest.mark.repeated_queries_allowed
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_patient_walks_the_whole_path(demo_clinic, browser_page, axe, time_machine, javascript):
    look = look_with(axe) if javascript else lambda page: None

    # Given a visitor who reads, and books the next free consultation on her phone
    phone = browser_page("phone", javascript=javascript)
    steps.reads_how_it_all_goes(phone, look)
    steps.books_a_consultation(phone, who=("Marta", "O'Neil"), email=EMAIL, look=look)
    calendar = steps.saves_the_calendar_file(phone)
    visit = Appointment.objects.get(patient__family_name="O'Neil")
    patient = visit.patient
    post.deliver()
    assert ("BEGIN:VEVENT" in calendar, "TZID=Europe/Vilnius" in calendar) == (True, True)
    assert states(patient, "visit-booked") == [MessageStatus.ACCEPTED]

    # When the day comes, the desk checks her in and the physician injects, writes and signs
    time_machine.move_to(visit.starts_at - timedelta(minutes=5), tick=True)
    desk = browser_page("desk", javascript=javascript)
    steps.becomes(desk, "desk")
    steps.checks_in(desk, "Marta O'Neil", look)
    physician = browser_page("desk", javascript=javascript)
    steps.becomes(physician, "physician")
    injects_writes_and_signs(physician, visit, look)

    # Then everything that follows exists immediately, and what is due is sent
    plan = visit.procedures.get().care_plan
    assert plan.referral.due_on == visit.on + timedelta(days=7)
    assert states(patient, "book-physiotherapy") == [MessageStatus.WAITING] * 3
    post.deliver()
    assert states(patient, "no-heavy-lifting") == [MessageStatus.ACCEPTED, MessageStatus.WAITING]

    # And two days later she signs in by a code, sees that she may lift again, and books physiotherapy
    time_machine.move_to(plan.starts_at + timedelta(hours=47, minutes=30), tick=True)
    post.deliver()
    phone = browser_page("phone", javascript=javascript)
    reads_that_she_may_lift_and_books(phone, plan, look)

    # And the remaining reminders are withdrawn immediately
    what_asks_for_it_is_withdrawn(patient, desk, look)
