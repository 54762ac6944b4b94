"""What people do on the pages, in their own words. Each step works without JavaScript too."""

import re

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.journeys import post

MENU = "Menu"
TUESDAY = "2026-03-03 08:10"


def press(link_or_button):
    """A link or button that leads to another page; returns once that page is loaded."""
    with link_or_button.page.expect_navigation():
        link_or_button.click()


def reads_how_it_all_goes(page, look=lambda page: None):
    """Home, what a trigger point is, where it hurts, the procedures, risks, aftercare, people."""
    page.goto("/")
    look(page)
    for link in ("Trigger points", "Where does it hurt?"):
        follow_menu(page, link)
        look(page)
    regions = page.locator("#list h3 a").all_inner_texts()
    assert len(regions) == 6
    press(page.get_by_role("link", name=regions[1], exact=True).last)
    look(page)
    follow_menu(page, "Procedures")
    look(page)
    for procedure in procedure_addresses(page):
        page.goto(procedure)
        look(page)
    for link in ("Risks", "Aftercare", "People"):
        follow_menu(page, link)
        look(page)


def procedure_addresses(page):
    addresses = {link.get_attribute("href") for link in page.locator("main a[href^='/procedures/']").all()}
    assert len(addresses - {"/procedures/"}) == 3
    return sorted(addresses - {"/procedures/"})


def follow_menu(page, link):
    menu = page.locator("summary", has_text=MENU)
    if menu.is_visible():
        menu.click()
    press(page.locator("header").get_by_role("link", name=link).locator("visible=true").first)


def books_a_consultation(page, *, who, email, code=post.newest_code, look=lambda page: None):
    """Kind of visit, next free time, who is coming, check, the code that was sent, booked. Returns the day and hour.

    `who` is a first and a family name.
    """
    page.goto("/book/")
    look(page)
    press(page.get_by_role("link", name="Consultation", exact=True))
    look(page)
    press(page.locator("button.button-primary"))
    look(page)
    fill_in_who_is_coming(page, *who, email)
    press(page.get_by_role("button", name="Check my answers"))
    look(page)
    press(page.get_by_role("button", name="Book this visit"))
    look(page)
    enters_the_code(page, code())
    look(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your visit is booked")
    return page.locator(".lead").inner_text()


def fill_in_who_is_coming(page, given_name, family_name, email):
    page.get_by_label("First name").fill(given_name)
    page.get_by_role("textbox", name="Family name").fill(family_name)
    for label, text in (("Day", "29"), ("Month", "2"), ("Year", "1984")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("E-mail").fill(email)


def saves_the_calendar_file(page):
    with page.expect_download() as download:
        page.get_by_role("link", name="Put it in my calendar").first.click()
    return download.value.path().read_text()


def is_signed_in(page, user):
    """Without the sign-in page, for journeys that do not need the demo's people."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.goto("/healthz")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.url}])


def becomes(page, role):
    """Signs in through the demo's sign-in page."""
    page.goto("/demo/")
    press(page.locator(f"form[action='/demo/sign-in/{role}/'] button"))


def checks_in(page, name, look=lambda page: None):
    page.goto("/desk/")
    look(page)
    press(page.locator("tr", has_text=name).get_by_role("button", name="Check in"))
    expect(page.locator("tr", has_text=name).get_by_text("arrived")).to_be_visible()


def asks_the_safety_questions(page, look=lambda page: None):
    """On the page of a visit, at the desk or with the physician: nothing is amber, the weight is 72 kg."""
    press(page.get_by_role("link", name="Ask the safety questions"))
    look(page)
    answers_the_safety_questions(page)
    press(page.get_by_role("button", name="Keep the answers"))
    look(page)


def answers_the_safety_questions(page, **others):
    """Green answers; `others` by the question, with _ for -."""
    expect(page.locator("input[type=radio][value=no]").first).to_be_visible()
    for box in page.locator("input[type=radio][value=no]").all():
        box.check()
    for question in ("body-size", "driver"):
        page.locator(f"[name={question}-answer][value=yes]").check()
    page.locator("[name=weight_kg]").fill("72")
    for question, answer in others.items():
        page.locator(f"[name={question.replace('_', '-')}-answer][value={answer}]").check()


def writes_the_record(page, *, muscle="trap_upper", volume="4", look=lambda page: None):
    """One site, one drug, pain before and after; then the review."""
    press(page.get_by_role("link", name="Write the record"))
    look(page)
    page.locator("[name=sites-0-muscle]").select_option(muscle)
    choose(page, "sites-0-side", "left")
    choose(page, "sites-0-guidance", "landmark")
    page.locator("[name=sites-0-needle_gauge]").fill("27")
    page.locator("[name=sites-0-needle_length_mm]").fill("38")
    page.locator("[name=sites-0-depth_mm]").fill("12")
    choose(page, "sites-0-twitch", "seen")
    page.locator("[name=sites-0-is_confirmed]").check()
    page.locator("[name=drugs-0-preparation]").select_option("lido1")
    page.locator("[name=drugs-0-volume_ml]").fill(volume)
    page.locator("[name=drugs-0-lot]").fill("LX-2291")
    page.locator("[name=drugs-0-expires_on]").fill("2031-05-31")
    says_how_it_went(page)
    reviews(page)
    look(page)
    answers_what_is_asked(page)
    look(page)


def says_how_it_went(page, *, needles="1"):
    choose(page, "pain_before", "7")
    choose(page, "pain_after", "3")
    page.locator("[name=needles_in]").fill(needles)
    page.locator("[name=needles_out]").fill(needles)
    page.locator("[name=observation_minutes]").fill("20")
    choose(page, "had_complications", "no")
    if page.locator("[name=definition]").is_visible():  # if the kind of visit does not determine it
        page.locator("[name=definition]").select_option(index=1)


def reviews(page):
    """What was typed is saved first, then the page changes."""
    press(page.get_by_role("button", name="Review and sign"))


def answers_what_is_asked(page):
    """The muscle near the lung, and whatever else needs a written reason: asked after the first review."""
    for field in page.locator("[name=sites-0-no_ultrasound_reason], .record-questions textarea").all():
        if field.is_visible():
            field.fill("Superficial knot, pinched away from the lung")
    reviews(page)


def choose(page, name, value):
    """A select or a group of radio buttons."""
    field = page.locator(f"[name={name}]").first
    if field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(value)
    else:
        page.locator(f"[name={name}][value='{value}']").check()


def signs(page):
    press(page.get_by_role("button", name=re.compile("^Sign the record of")))


def adds_a_note(page, text):
    """Below the signed record."""
    page.get_by_label("Add a note").fill(text)
    press(page.get_by_role("button", name="Add this note"))


def asks_for_a_code(page, email, look=lambda page: None):
    page.goto("/my/")
    look(page)
    page.locator("[name=email]").fill(email)
    press(page.get_by_role("button", name="Send me a code"))
    look(page)


def enters_the_code(page, code):
    page.locator("[name=code]").fill(code)
    press(page.locator("main form button[type=submit]").first)


def books_physiotherapy(page, look=lambda page: None):
    press(page.get_by_role("link", name="Your days after the treatment"))
    look(page)
    press(page.locator("#physiotherapy form button").first)
