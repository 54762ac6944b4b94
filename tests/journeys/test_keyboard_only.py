"""Nobody needs a mouse: a patient from the first page to a moved visit, and the desk's day.

A physician's record by the keyboard is in test_physician_record, a booking by phone in test_desk_by_phone.
"""

import pytest
from playwright.sync_api import expect

from clinic.models import Appointment, AppointmentStatus, Role
from clinic.scheduling import booking
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import civil
from tests.journeys import post, steps
from tests.journeys.keyboard import Keyboard
from tests.journeys.steps import TUESDAY
from tests.procedures.public.catalogue_pages import load_catalogue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]
EMAIL = "keys@mail.example"


@pytest.fixture
def clinic(live, time_machine):
    """A clinic with its public pages and one doctor who has time."""
    time_machine.move_to(factories.at(TUESDAY), tick=True)
    load_catalogue()
    factories.room()
    return factories.practitioner()


def books_the_next_free_time(keys):
    keys.follow(", with Dr ")
    for label, text in (
        ("First name", "Ona"),
        ("Family name", "Keys"),
        ("Day", "29"),
        ("Month", "2"),
        ("Year", "1984"),
    ):
        keys.write_at(label, text)
    keys.write_at("E-mail", EMAIL)
    keys.enter()
    keys.follow("Book this visit")
    expect(keys.page.get_by_role("heading", name="Type your code")).to_be_visible()
    keys.write_at("Code", post.newest_code())
    keys.enter()


def test_a_patient_books_and_moves_a_visit(clinic, browser_page):
    page = browser_page("desk", reduced_motion="reduce")  # what has the focus is on the screen immediately
    keys = Keyboard(page)

    # Given a visitor who finds where it hurts, and from there a doctor
    page.goto("/")
    keys.follow("Where does it hurt?")
    keys.follow("Left shoulder, front")
    expect(page.get_by_role("heading", name="Felt here: Left shoulder, front")).to_be_visible()
    keys.follow("Talk with a pain doctor")

    # When they book the next free time
    books_the_next_free_time(keys)
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    visit = Appointment.objects.get(patient__family_name="Keys", status=AppointmentStatus.BOOKED)

    # And are signed in by it, and move it
    page.goto("/my/")
    keys.follow("Choose another time")
    keys.follow(", with Dr ")

    # Then it is moved; and it stays booked after they open the page to cancel it
    expect(page.get_by_role("heading", level=1, name="Hello Ona")).to_be_visible()
    moved = Appointment.objects.get(pk=visit.pk)
    assert (moved.status, moved.starts_at == visit.starts_at) == (AppointmentStatus.BOOKED, False)
    keys.follow("I cannot come")
    keys.follow("Keep it")
    expect(page.get_by_text("I cannot come")).to_be_visible()


def test_the_desk_checks_in_and_moves(clinic, browser_page):
    # Given two visits of today, and the desk
    now = factories.at(TUESDAY)
    kind = factories.visit_type(name="Talk", start_every_minutes=15)
    first, second = [
        booking.book(
            Wish(kind, clinic, factories.at(f"2026-03-03 {hour}:00"), by_desk=True),
            patient=factories.patient(given_name=name, family_name="Silva"),
            at=now,
        )
        for hour, name in ((10, "Ana"), (12, "Bea"))
    ]
    page = browser_page("desk", reduced_motion="reduce")  # what has the focus is on the screen immediately
    keys = Keyboard(page)
    steps.is_signed_in(page, factories.user(Role.DESK))
    page.goto("/desk/")

    # When the first is checked in, and the second moved to a quarter of an hour later
    keys.skip_to_content()
    keys.tab_to("Check in Ana Silva")
    keys.enter()
    expect(page.locator(f"#visit-{first.pk}").get_by_text("arrived")).to_be_visible()
    page.goto("/desk/")
    keys.follow("Bea Silva")
    keys.follow("Move this visit")
    keys.skip_to_content()
    keys.go_to("time")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    chosen = keys.focus()["words"]
    keys.tab_to("Move this visit")
    keys.enter()

    # Then the page says so
    expect(page.get_by_text("Moved: Bea Silva")).to_be_visible()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.status == AppointmentStatus.ARRIVED
    assert f"{civil(second.starts_at)[-5:]} " in chosen
    assert civil(second.starts_at) != "2026-03-03 12:00"
