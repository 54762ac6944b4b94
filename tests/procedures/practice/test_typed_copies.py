"""In a real browser: nothing typed in a record is lost, with and without a connection, and nobody else reads it."""

import pytest
from playwright.sync_api import expect

from clinic.models import Role
from procedures.models import TypedRecord
from tests import factories
from tests.factories import at
from tests.procedures.practice.record_pages import address_of
from tests.services import wait_until
from tests.web import as_

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.time_machine(at("2026-03-02 10:42"), tick=False),
]
COPIED = "No connection: what you type is kept on this device, locked; we try again."
COPIES = "Object.entries(localStorage).filter(([name]) => name.startsWith('clinic-typed:'))"


@pytest.fixture
def record_page(client, visit, browser_page, live):
    page = browser_page("desk", expected=["ERR_INTERNET_DISCONNECTED", "Failed to fetch"])
    sign_in(page, client, live)
    page.goto(address_of(visit))
    return page


def sign_in(page, client, live):
    page.context.clear_cookies()
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live.url}
    page.context.add_cookies([cookie])


def kept_note():
    return TypedRecord.objects.order_by("-pk").values_list("data__note", flat=True).first()


def type_without_a_connection(page, words):
    page.context.set_offline(True)
    page.fill("[name=note]", words)
    page.get_by_text(COPIED).wait_for()


def test_typing_is_saved_when_leaving_and_when_the_connection_comes_back(record_page, visit):
    page = record_page
    page.fill("[name=note]", "before the pause")
    page.get_by_text("Saved at").wait_for()
    assert kept_note() == "before the pause"

    type_without_a_connection(page, "without a connection")
    page.get_by_role("button", name="Save draft").last.click()
    assert page.url.endswith(address_of(visit))
    page.context.set_offline(False)
    page.get_by_text("Saved at").wait_for()
    assert kept_note() == "without a connection"
    assert page.evaluate(COPIES) == []

    page.fill("[name=note]", "just before the wrong button")
    page.get_by_role("link", name="Back to the visit").click()
    page.wait_for_url("**/visits/*/")
    wait_until(lambda: kept_note() == "just before the wrong button")
    page.go_back()
    page.get_by_text("not yet checked").wait_for()
    assert page.input_value("[name=note]") == "just before the wrong button"


def test_who_never_stops_typing_is_saved_all_the_same(record_page):
    """24 seconds of steady typing were lost before: a pause of two seconds was waited for."""
    page = record_page
    page.clock.install(time=0)
    page.reload()
    page.clock.pause_at(3_600_000)
    note = page.locator("[name=note]")
    for letter in "steady":
        note.press_sequentially(letter)
        page.clock.run_for(500)  # the browser's clock stands still otherwise, so no pause is long enough

    page.get_by_text("Saved at").wait_for()
    assert "steady".startswith(kept_note())
    assert len(kept_note()) >= 4


def test_page_that_ended_without_a_connection_comes_back_with_its_words(record_page, visit):
    page = record_page
    type_without_a_connection(page, "the battery was empty")
    copies = page.evaluate(COPIES)
    page.evaluate("window.stop()")
    again = page.context.new_page()
    page.close()
    again.context.set_offline(False)
    again.goto(address_of(visit))

    again.get_by_text("not yet checked").wait_for()

    assert again.input_value("[name=note]") == "the battery was empty"
    assert (len(copies), "battery" in str(copies)) == (1, False)
    assert again.evaluate(COPIES) == []


def test_nobody_else_at_the_same_desk_gets_what_waited(record_page, visit, live):
    page = record_page
    type_without_a_connection(page, "for my eyes only")
    ((name, _words),) = page.evaluate(COPIES)
    page.context.set_offline(False)
    page.route("**/typed/", lambda route: route.abort())
    page.goto("about:blank")
    sign_in(page, as_(factories.user(Role.PHYSICIAN)), live)
    page.unroute_all()

    page.goto(address_of(visit))
    page.fill("[name=note]", "somebody else's")
    page.get_by_text("Saved at").wait_for()

    expect(page.get_by_text("not yet checked")).to_have_count(0)
    assert kept_note() == "somebody else's"
    assert [each for each, _words in page.evaluate(COPIES)] == [name]
    assert "eyes" not in str(page.evaluate(COPIES))
