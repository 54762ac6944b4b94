"""Booking in a real browser: in two windows at once, and on a phone with one thumb."""

import pytest
from playwright.sync_api import expect

from clinic.models import Appointment
from tests.journeys import post, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]
pytestmark += [pytest.mark.usefixtures("demo_clinic")]
TAP_PIXELS = 44
REACH = (844 / 3, 844)  # on a phone held in one hand: the upper third is out of the thumb's reach


def booked_by(*family_names):
    visits = Appointment.objects.filter(status="booked", patient__family_name__in=family_names)
    return list(visits.order_by("patient__family_name"))


def finishes(page, family_name):
    steps.fill_in_who_is_coming(page, "Ona", family_name, f"{family_name}@mail.example")
    steps.press(page.get_by_role("button", name="Check my answers"))
    steps.press(page.get_by_role("button", name="Book this visit"))
    steps.enters_the_code(page, post.newest_code())
    page.get_by_role("heading", name="Your visit is booked").wait_for()


def test_two_windows_want_the_same_minute_at_once(browser_page):
    # Given two people who look at the same next free time
    windows = [browser_page("phone", expected=["409"]) for _ in range(2)]
    for window in windows:
        window.goto("/book/consultation/")
    wanted = [window.locator("button.button-primary").inner_text() for window in windows]
    assert wanted[0] == wanted[1]

    # When both press at the same moment
    for window in windows:
        window.evaluate(
            "at => setTimeout(() => document.querySelector('button.button-primary').click(), at - Date.now())",
            windows[0].evaluate("Date.now()") + 700,
        )
    for window in windows:
        window.get_by_role("heading", name="Who is coming?").or_(
            window.get_by_role("heading", name="Please choose another time")
        ).wait_for()

    # Then one has it, and the other immediately sees the three nearest, and books one of them
    loser, winner = sorted(windows, key=lambda window: "/details/" in window.url)
    assert ("/details/" in loser.url, "/details/" in winner.url) == (False, True)
    expect(loser.locator(".lead")).to_have_text("Sorry, this time has just been taken. Please choose another one.")
    expect(loser.locator("button.time-button")).to_have_count(3)
    steps.press(loser.locator("button.time-button").first)
    finishes(loser, "Late")
    finishes(winner, "Quick")
    late, quick = booked_by("Late", "Quick")
    assert (late.practitioner, late.starts_at) != (quick.practitioner, quick.starts_at)


class Thumb:
    """The hand that holds the phone: it reaches two thirds of the screen."""

    def __init__(self, page):
        self.page = page

    def tap(self, target):
        """Scrolls it to where the thumb reaches, and taps it if it is as big as a fingertip."""
        target.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
        box = target.bounding_box()
        middle = box["y"] + box["height"] / 2
        assert min(box["width"], box["height"]) >= TAP_PIXELS, target
        assert REACH[0] <= middle <= REACH[1], (target, middle)
        target.tap()

    def tap_through(self, target):
        with self.page.expect_navigation():
            self.tap(target)

    def type_into(self, label, text, *, exact=False):
        field = self.page.get_by_role("textbox", name=label, exact=exact)
        self.tap(field)
        field.fill(text)


def test_phone_in_one_hand(browser_page, axe):
    page = browser_page("phone")

    thumb = Thumb(page)

    # Given a visitor who taps the next free time
    page.goto("/book/")
    assert axe(page) == []
    thumb.tap_through(page.get_by_role("link", name="I am new: book a consultation"))
    page.get_by_role("heading", name="When would you like to come?").wait_for()
    assert axe(page) == []
    thumb.tap_through(page.locator("button.button-primary"))

    # When they type only what the clinic needs to know
    for label, text in (("First name", "Ona"), ("Family name", "Thumb"), ("E-mail", "thumb@mail.example")):
        thumb.type_into(label, text)
    for label, text in (("Day", "29"), ("Month", "2"), ("Year", "1984")):
        thumb.type_into(label, text, exact=True)
    thumb.tap_through(page.get_by_role("button", name="Check my answers"))
    thumb.tap_through(page.get_by_role("button", name="Book this visit"))
    assert axe(page) == []
    thumb.type_into("Code", post.newest_code())
    thumb.tap_through(page.get_by_role("button", name="Book this visit"))

    # Then it is booked
    page.get_by_role("heading", name="Your visit is booked").wait_for()
    assert axe(page) == []
    assert len(booked_by("Thumb")) == 1
