"""The clinic closes for a day: whom to phone, the tick, the work. In a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from clinic.models import Closure, WorkItem
from tests import factories
from tests.journeys import steps
from tests.journeys.steps import TUESDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize(("size", "javascript"), [("phone", True), ("desk", False)])
def test_the_desk_closes_the_clinic_for_a_day(browser_page, axe, demo_clinic_at, size, javascript):
    # Given a clinic with visits on Thursday
    demo_clinic_at(TUESDAY)
    page = browser_page(size, javascript=javascript)

    def look():
        page.wait_for_load_state()
        if javascript:  # the accessibility checks need it
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    steps.becomes(page, "desk")
    page.goto("/desk/hours/")
    look()

    # When the desk closes it, at first by mistake until the day before, and sees whom that affects
    steps.press(page.get_by_role("link", name="Close the clinic"))
    page.locator("[name=starts_at]").fill("2026-03-05T00:00")
    page.locator("[name=ends_at]").fill("2026-03-04T00:00")
    steps.press(page.get_by_role("button", name="See what it would change"))
    look()
    page.locator("[name=ends_at]").fill("2026-03-06T00:00")
    steps.press(page.get_by_role("button", name="See what it would change"))
    look()
    patients = page.locator("tbody tr").count()

    # Then it is closed only after the tick, and each affected visit is a work item
    steps.press(page.get_by_role("button", name="Make this change"))
    look()
    page.get_by_label("I will call these people").check()
    steps.press(page.get_by_role("button", name="Make this change"))
    expect(page.get_by_text(f"{patients} people are to be called")).to_be_visible()
    assert Closure.objects.filter(starts_at=factories.at("2026-03-05 00:00")).count() == 1
    assert WorkItem.objects.filter(kind="visit_affected").count() == patients > 1
