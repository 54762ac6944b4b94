"""A visitor taps where it hurts, learns what a word means, and finds out who to see."""

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.procedures.public.catalogue_pages import load_catalogue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def catalogue(live):
    load_catalogue()


def test_finger_beside_a_narrow_place_and_the_keyboard_reach_it(catalogue, browser_page, axe):
    # Given the body picture on a phone
    phone = browser_page("phone")
    phone.goto("/where-does-it-hurt/")
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    # When a finger lands just beside the arm
    elbow = phone.locator("[data-area=forearm-front-left]")
    elbow.scroll_into_view_if_needed()
    box = elbow.bounding_box()
    phone.mouse.click(box["x"] + box["width"] + 6, box["y"] + box["height"] * 0.3)
    phone.wait_for_url("**/shoulder_arm/?place=*")

    # Then the place is marked; and by keyboard the next one is named and opened
    expect(phone.locator("a.is-felt[aria-current]")).to_have_count(1)
    assert axe(phone) == []
    phone.get_by_role("link", name="Left shoulder, front").focus()
    expect(phone.locator("[data-body-name]")).to_have_text("Left shoulder, front")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/?place=shoulder-front-left")
    expect(phone.get_by_role("heading", name="Felt here: Left shoulder, front")).to_be_visible()


def test_word_says_what_it_means_on_the_spot_and_gives_the_focus_back(catalogue, browser_page, axe):
    desk = browser_page("desk")
    desk.goto("/where-does-it-hurt/neck_spine/")
    word = desk.get_by_role("link", name="Nerves")

    word.focus()
    desk.keyboard.press("Enter")

    bubble = desk.get_by_role("note")
    assert bubble.inner_text().startswith("A wire in the body")
    expect(bubble).to_be_focused()
    assert axe(desk) == []
    box, under = bubble.bounding_box(), word.bounding_box()
    assert 0 <= box["y"] - (under["y"] + under["height"]) <= 12
    desk.keyboard.press("Escape")
    expect(bubble).not_to_be_visible()
    expect(word).to_be_focused()
    assert desk.url.endswith("/neck_spine/")


def test_everything_works_without_javascript(catalogue, browser_page):
    phone = browser_page("phone", javascript=False)

    # Who to see, by links alone
    phone.goto("/who-should-i-see/")
    for answer in ["No, none of them", "No, none of them", "Yes", "I had my block"]:
        steps.press(phone.get_by_role("link", name=answer, exact=True))
    expect(phone.get_by_role("heading", name="See a physiotherapist")).to_be_visible()
    steps.press(phone.get_by_role("link", name="Change Signs of an emergency"))
    steps.press(phone.get_by_role("link", name="Yes, one or more"))
    assert phone.get_by_role("link", name="Call 112 now").get_attribute("href") == "tel:112"

    # A place and a word
    phone.goto("/where-does-it-hurt/")
    steps.press(phone.locator("[data-area=chest-left]"))
    expect(phone.get_by_role("heading", name="Felt here: Left side of the chest")).to_be_visible()
    phone.goto("/where-does-it-hurt/neck_spine/")
    steps.press(phone.get_by_role("link", name="Nerves"))
    assert phone.url.endswith("/glossary/#nerve")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_fault_that_axe_can_see(catalogue, browser_page, axe, scheme):
    page = browser_page("desk", color_scheme=scheme)

    for address in [
        "/where-does-it-hurt/hip_leg/",
        "/who-should-i-see/",
        "/who-should-i-see/?emergency=yes",
        "/glossary/",
    ]:
        page.goto(address)
        assert axe(page) == [], address
