"""Somebody new calls: the desk books by phone, by keyboard only, in a real browser."""

from time import monotonic

import pytest
from playwright.sync_api import expect

from clinic.models import Appointment, Patient, Role
from tests import factories
from tests.journeys import steps
from tests.journeys.keyboard import Keyboard
from tests.journeys.steps import TUESDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]


def type_into(page, text):
    page.keyboard.type(text, delay=10)


def types_who_calls(page, keys):
    """Birth date and phone; what was typed stays when the desk switches to another kind of visit."""
    keys.tab_to("Birth date")
    type_into(page, "27.3.1985")
    keys.tab_to("Phone")
    type_into(page, "861234987")
    keys.tab_to("Kind of visit")
    page.keyboard.press("ArrowDown")
    page.get_by_text("Free times: Trigger point block").wait_for()
    page.wait_for_function("!document.querySelector('.htmx-added, .htmx-settling')")  # the new select is ready
    page.keyboard.press("ArrowUp")
    page.get_by_text("Free times: Consultation").wait_for()
    expect(page.get_by_label("Phone")).to_have_value("861234987")


def test_the_desk_books_for_somebody_new_by_keyboard(demo_clinic, browser_page, axe):
    # Given a caller whom nobody knows
    page = browser_page("desk", reduced_motion="reduce")
    keys = Keyboard(page)
    steps.becomes(page, "desk")
    page.goto("/desk/book/")
    assert axe(page) == []

    # When the desk types the name and learns while typing that nobody is found
    type_into(page, "Zelda Quint")
    page.get_by_text("Nobody found").wait_for()
    assert axe(page) == []
    keys.tab_to("Book for somebody new")
    keys.enter()
    assert axe(page) == []
    expect(page.get_by_role("textbox", name="Family name")).to_have_value("Quint")
    types_who_calls(page, keys)
    keys.go_to("time")
    page.keyboard.press("Space")
    keys.tab_to("Book this visit")
    keys.enter()

    # Then the visit is booked, and the patient is found by everything the caller said
    page.get_by_text("Booked: Zelda Quint").wait_for()
    assert axe(page) == []
    booked = Appointment.objects.get(patient__family_name="Quint")
    assert (booked.status, booked.visit_type.slug) == ("booked", "consultation")
    assert booked.patient.phone == "+37061234987"
    page.goto("/desk/patients/")
    page.keyboard.press("/")
    type_into(page, "quint 27.3.1985 8 612 34")
    page.get_by_role("link", name="Zelda Quint", exact=True).wait_for()


def test_the_desk_books_for_somebody_known_with_a_stop_watch(time_machine, browser_page, capsys):
    # Given the day on the screen, and a call from a patient who has an entry
    time_machine.move_to(factories.at(TUESDAY), tick=True)
    factories.room()
    factories.practitioner()
    factories.visit_type(slug="consultation")
    caller = factories.patient(given_name="Ana", family_name="Silva", phone="+37061234567")
    page = browser_page("desk")
    steps.is_signed_in(page, factories.user(Role.DESK))
    page.goto("/desk/")
    started = monotonic()

    # When the desk finds her from the header and takes the next free time
    page.get_by_role("searchbox", name="Find a patient").fill("silva an")
    Keyboard(page).enter()
    steps.press(page.get_by_role("link", name="Book a visit for Ana Silva"))
    page.locator("[name=time]").first.check()
    steps.press(page.get_by_role("button", name="Book this visit"))
    page.get_by_text("Booked: Ana Silva").wait_for()

    # Then it has taken seconds; the rest of the half minute is for talking
    with capsys.disabled():
        print(f"\nbooked by phone, scripted: {monotonic() - started:.1f} s")
    assert Appointment.objects.get(patient=caller).status == "booked"


def test_the_desk_books_moves_and_checks_in_without_javascript(demo_clinic, browser_page):
    # Given the desk's browser runs no scripts
    page = browser_page("phone", javascript=False)
    steps.becomes(page, "desk")
    patient = Patient.objects.order_by("pk").first()

    # When it looks for later times, books one of them and moves the visit
    page.goto(f"/desk/patients/{patient.pk}/book/")
    page.get_by_label("Kind of visit").select_option("physiotherapy")
    steps.press(page.get_by_role("button", name="Show times"))
    steps.press(page.get_by_role("button", name="Later days"))
    page.get_by_label("What brings the patient?").fill("Neck")
    page.locator("[name=time]").first.check()
    steps.press(page.get_by_role("button", name="Book this visit"))
    first = Appointment.objects.order_by("-pk").first()
    steps.press(page.get_by_role("link", name="Move this visit"))
    page.locator("[name=time]").nth(1).check()
    steps.press(page.get_by_role("button", name="Move this visit"))

    # Then it is one visit, at the new time
    expect(page.get_by_text(f"Moved: {patient}")).to_be_visible()
    moved = Appointment.objects.order_by("-pk").first()
    assert (moved.pk, moved.reason, moved.visit_type.slug) == (first.pk, "Neck", "physiotherapy")
    assert moved.starts_at != first.starts_at

    # And one of today's patients is checked in
    comes = Appointment.objects.on_day(factories.at(TUESDAY).date()).filter(status="booked").first()
    steps.checks_in(page, str(comes.patient))
    comes.refresh_from_db()
    assert comes.status == "arrived"


def test_the_day_follows_what_others_do(demo_clinic, browser_page, axe):
    # Given the desk is looking at the day
    page = browser_page("desk")
    page.clock.install(time=factories.at(TUESDAY))
    steps.becomes(page, "desk")
    for view in ("rooms", "machines", "week", "practitioners"):
        page.goto(f"/desk/?view={view}")
        assert axe(page) == []
    first, second = Appointment.objects.on_day(factories.at(TUESDAY).date()).filter(status="booked")[:2]
    page.locator(f"#board-{first.pk}").focus()

    # When somebody else checks a patient in
    first.check_in(by=None)
    page.clock.run_for(21_000)

    # Then the columns show it automatically, and the focus stays where it was
    page.locator(f"#board-{first.pk}", has_text="arrived").wait_for()
    expect(page.locator(f"#board-{first.pk}")).to_be_focused()

    # And while a button in the list has the focus, the list does not change
    page.goto("/desk/")
    page.locator(f"#visit-{second.pk}").get_by_role("button", name="Check in").focus()
    second.check_in(by=None)
    page.clock.run_for(65_000)
    expect(page.locator(f"#visit-{second.pk}").get_by_text("arrived")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("Tab")
    page.get_by_label("Patient's name").focus()
    page.clock.run_for(21_000)
    page.locator(f"#visit-{second.pk}").get_by_text("arrived").wait_for()
