"""Few colours, paper and waiting: what the eye would notice, tested on the style guide, which has every part."""

import pytest
from playwright.sync_api import expect

from tests.public_addresses import load_words

STYLE = "(element, name) => getComputedStyle(element).getPropertyValue(name)"


def style(locator, name):
    return locator.first.evaluate(f"(element, name) => ({STYLE})(element, name)", name)


@pytest.fixture
def guide(live, browser_page, transactional_db):
    load_words()

    def open_guide(**options):
        page = browser_page("desk", **options)
        page.goto("/styleguide/")
        return page

    return open_guide


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_what_is_chosen_or_wrong_can_be_told_with_forced_colours(guide):
    page = guide(forced_colors="active")
    page.locator("input[name=who][value=me]").check()

    told = {
        "pill": (".pill:has(:checked)", ".pill:not(:has(:checked))", "border-top-width"),
        "radio": ("input[name=who]:checked", "input[name=who]:not(:checked)", "background-color"),
        "step": (".steps .is-done", ".steps li:last-child", "border-top-style"),
        "felt": (".body-key-felt", ".body-key-injected", "background-color"),
    }
    found = {
        name: [style(page.locator(which), way) for which in (one, other)] for name, (one, other, way) in told.items()
    }

    assert [name for name, (one, other) in found.items() if one == other] == []
    assert page.locator(".invalid-feedback p").first.evaluate(
        "one => getComputedStyle(one, '::before').backgroundColor === getComputedStyle(one).color"
    )


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_paper_is_light_and_has_no_buttons_whatever_the_device_wishes(guide):
    page = guide(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    assert [style(page.locator("body"), name) for name in ("background-color", "color")] == [
        "rgb(255, 255, 255)",
        "rgb(0, 0, 0)",
    ]
    assert style(page.locator("#body .figure-skin"), "fill") == "rgb(246, 234, 219)"
    for hidden in [".button-primary", ".button-quiet", ".pager", ".search-box", ".guide-contents", ".pain-tap"]:
        expect(page.locator(hidden).first).to_be_hidden()


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_button_says_that_it_is_being_sent_and_sends_once(guide):
    page, posts = guide(), []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.route("**/styleguide/", lambda route: route.fulfill(status=204))  # an answer that leaves the page open
    button = page.locator("#buttons form button").first

    button.click()
    expect(page.locator("[data-waiting]")).to_have_text("Sending. Please wait.")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)

    assert len(posts) == 1
