"""Nobody touches the desk's screen for a while: what was typed is kept, and no patient can be read."""

import pytest
from playwright.sync_api import expect

from clinic.models import Role
from tests import factories
from tests.clinic.sign_in import PASSWORD
from tests.journeys.steps import press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def page(browser_page, settings):
    """Rasa writes down who is on the phone."""
    settings.IDLE_LOCK_MINUTES = 15
    factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD, name="Rasa")
    page = browser_page("desk")
    page.clock.install()
    page.goto("/accounts/login/?next=/desk/book/new/")
    page.get_by_label("E-mail").fill("rasa@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in", exact=True))
    page.get_by_label("First name").fill("Kanarienvogel")
    return page


def test_a_page_that_is_left_locks_itself_and_comes_back_as_it_was(page, axe):
    with page.expect_navigation(url="**/accounts/reauthenticate/**"):
        page.clock.fast_forward("14:30")
    page.get_by_role("heading", name="This screen is locked").wait_for()
    assert "Kanarienvogel" not in page.content()
    assert axe(page) == []
    page.go_back()
    assert "Kanarienvogel" not in page.content()
    page.goto("/desk/")
    page.get_by_role("heading", name="This screen is locked").wait_for()
    page.goto("/accounts/reauthenticate/?next=/desk/book/new/")

    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Go on"))

    expect(page.get_by_label("First name")).to_have_value("Kanarienvogel")
    expect(page.locator(".notice-title", has_text="Not sent yet.")).to_be_visible()


def test_who_types_is_not_interrupted(page):
    for _each in range(4):
        page.clock.fast_forward("10:00")
        page.get_by_label("First name").press("x")

    expect(page.get_by_label("First name")).to_have_value("Kanarienvogelxxxx")
    assert page.url.endswith("/desk/book/new/")


def test_one_button_locks_it(page):
    press(page.locator("header").get_by_role("button", name="Lock this screen").locator("visible=true").first)

    page.get_by_role("heading", name="This screen is locked").wait_for()
    assert "next=/desk/book/new/" in page.url.replace("%2F", "/")
