"""A patient gets worse after a needle near the lung: help first, and then somebody at the clinic knows."""

import pytest
from playwright.sync_api import expect

from aftercare.symptoms import check_times
from clinic.models import Role
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at
from tests.journeys import steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def link(time_machine):
    """The link in the message of the third day, sent just now."""
    asked_plans.questions()
    patient = factories.patient(given_name="Jonas", family_name="Far", phone="+37061234567")
    plan = asked_plans.plan(near_lung=True, patient=patient)
    time_machine.move_to(at("2026-03-05 18:00"), tick=True)
    return check_times.link_of(asked_plans.check(plan)).partition("/check/")[2]


def tells_the_rest(phone):
    """All but one of the questions that are still open."""
    for question in phone.locator("#symptoms fieldset").all()[:-1]:
        question.locator("label").first.click()
    steps.press(phone.get_by_role("button", name="Send my answers"))
    expect(phone.locator("#symptoms fieldset")).to_have_count(1)
    expect(phone.get_by_role("heading", name="Get help now")).to_be_visible()


def sees_it_first(desk, look):
    desk.goto("/desk/")
    urgent = desk.get_by_role("region", name="Urgent: call this patient now")
    expect(urgent.get_by_text("now: Jonas Far")).to_be_visible()
    expect(urgent.get_by_role("link", name="+370 612 34567")).to_be_visible()
    assert look(desk) == []
    return urgent


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_red_symptom_gets_help_and_is_followed_up(link, browser_page, axe, javascript):
    look = axe if javascript else lambda page: []

    # Given a message on a phone, with nobody signed in
    phone = browser_page("phone", javascript=javascript)
    phone.goto(f"/check/{link}")
    assert look(phone) == []
    expect(phone.get_by_text("Far")).to_have_count(0)

    # When breathing hurts, and nothing else is answered
    phone.get_by_text("It hurts when I breathe in").click()
    steps.press(phone.get_by_role("button", name="Send my answers"))

    # Then help comes first
    phone.get_by_role("heading", name="Get help now").wait_for()
    assert phone.get_by_role("link", name="Call 112").first.get_attribute("href") == "tel:112"
    expect(phone.get_by_text("“I had a needle near the chest.”")).to_be_visible()
    assert look(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # And what is missing can be told afterwards
    tells_the_rest(phone)

    # And the desk sees it first of all
    desk = browser_page("desk", javascript=javascript)
    steps.is_signed_in(desk, factories.user(Role.DESK))
    urgent = sees_it_first(desk, look)

    # And a physician reads what was reported and injected, and writes what was done
    doctor = browser_page("desk", javascript=javascript)
    physician = factories.colleague()
    steps.is_signed_in(doctor, physician.user)
    doctor.goto("/practice/")
    steps.press(doctor.get_by_role("link", name="Look and follow up Jonas Far").first)
    assert look(doctor) == []
    doctor.get_by_role("textbox", name="What was said and done").fill("Is in the ambulance, X-ray at the hospital.")
    steps.press(doctor.get_by_role("button", name="Followed up"))
    doctor.get_by_text("Is in the ambulance").wait_for()
    desk.reload()
    expect(urgent).to_have_count(0)
