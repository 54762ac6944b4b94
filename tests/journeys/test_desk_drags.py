"""The desk drags a visit on its board: by mouse and by finger, to a free time, onto somebody, and not at all."""

import pytest
from playwright.sync_api import expect

from clinic.models import Appointment, Role
from clinic.scheduling import booking
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import civil
from tests.journeys import steps
from tests.journeys.steps import TUESDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]
BOARD = "/desk/?view=practitioners&day=2026-03-04"


@pytest.fixture
def visits(time_machine):
    """Two visits of one doctor, two hours apart and alone on their day."""
    time_machine.move_to(factories.at(TUESDAY), tick=True)
    factories.room()
    doctor = factories.practitioner(hours=("08:00", "18:00"))
    kind = factories.visit_type(name="Talk", start_every_minutes=15)
    names = [("Ana", "Silva"), ("Jonas", "Second")]
    people = [factories.patient(given_name=given, family_name=family) for given, family in names]
    return [
        booking.book(
            Wish(kind, doctor, factories.at(f"2026-03-04 {hour:02}:00"), by_desk=True),
            patient=person,
            at=factories.at(TUESDAY),
        )
        for hour, person in zip((9, 11), people, strict=True)
    ]


def opens_the_board(page, address=BOARD):
    steps.is_signed_in(page, factories.user(Role.DESK, name="Milda"))
    page.goto(address)
    page.locator("[data-drag-hint]").wait_for()


def place_on(page, visit, *, minutes, column=None):
    """Where the hand takes the visit, and where it drops it, `minutes` later in the day."""
    block = page.locator(f"li:has(#board-{visit.pk})")
    block.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = block.bounding_box()
    row = box["height"] / visit.minutes
    x = page.locator("[data-day]").nth(column).bounding_box()["x"] if column is not None else box["x"]
    return (box["x"] + 40, box["y"] + 12), (x + 40, box["y"] + 12 + minutes * row)


def drags(page, start, end, *, lets_go=True):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    if lets_go:
        page.mouse.up()


def when(visit):
    visit.refresh_from_db()
    return civil(visit.starts_at)


def test_the_desk_drags_a_visit(visits, browser_page, axe):
    # Given the board of tomorrow
    first, _second = visits
    page = browser_page("desk")
    opens_the_board(page)

    # When a visit is dragged an hour and a quarter later
    drags(page, *place_on(page, first, minutes=75))
    page.get_by_role("heading", name="Move Ana Silva from 09:00 to 10:15?").wait_for()
    assert axe(page) == []
    expect(page.get_by_role("button", name="Move", exact=True)).to_be_focused()
    steps.press(page.get_by_role("button", name="Move", exact=True))

    # Then it is there, and the page says so
    page.get_by_text("Moved: Ana Silva, now Wednesday 4 March 2026, 10:15").wait_for()
    expect(page.locator(f"#board-{first.pk} time")).to_have_text("10:15")
    assert when(first) == "2026-03-04 10:15"

    # And in the week view it moves to another day
    page.goto(f"/desk/?view=week&day=2026-03-04&practitioner={first.practitioner_id}")
    drags(page, *place_on(page, first, minutes=0, column=3))
    page.get_by_role("heading", name="from Wed 4 Mar, 10:15 to Thu 5 Mar, 10:15?").wait_for()
    steps.press(page.get_by_role("button", name="Move", exact=True))
    page.get_by_text("Moved: Ana Silva, now Thursday 5 March 2026, 10:15").wait_for()


def test_a_visit_dropped_on_another_is_refused_and_goes_where_it_is_free(visits, browser_page, axe):
    # Given somebody else is there at eleven
    first, _second = visits
    page = browser_page("desk", expected=["409"])
    opens_the_board(page)
    drags(page, *place_on(page, first, minutes=120))
    page.get_by_text("11:00 – 11:30, Jonas Second, Talk").wait_for()

    # When the desk insists without a reason
    page.get_by_role("button", name="Move", exact=True).click()

    # Then it learns why not, and takes one of the nearest free times
    page.get_by_role("alert").get_by_text("this time has just been taken").wait_for()
    assert axe(page) == []
    assert when(first) == "2026-03-04 09:00"
    nearest = page.locator("[name=instead]")
    expect(nearest).to_have_count(3)
    steps.press(nearest.first)
    page.get_by_text("Moved: Ana Silva").wait_for()
    assert when(first) == "2026-03-04 10:30"


def test_a_drag_can_be_left_and_the_board_waits_for_it(visits, browser_page):
    # Given a visit that is being dragged, while somebody else moves another
    first, second = visits
    page = browser_page("desk")
    page.clock.install(time=factories.at(TUESDAY))
    opens_the_board(page)
    drags(page, *place_on(page, first, minutes=60), lets_go=False)
    page.clock.run_for(100)
    factories.move(second, factories.at("2026-03-04 15:00"), at=factories.at(TUESDAY), by_desk=True)

    # When time passes, the board does not change
    page.clock.run_for(65_000)
    expect(page.locator(".is-ghost")).to_have_count(1)
    expect(page.locator(f"#board-{second.pk} time")).to_have_text("11:00")

    # Then Escape puts it back, opens nothing, and the board is refreshed again
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".is-ghost, .is-lifted")).to_have_count(0)
    page.clock.run_for(21_000)
    page.locator(f"#board-{second.pk} time", has_text="15:00").wait_for()
    assert page.url.endswith(BOARD)

    # And leaving the question unanswered moves nothing
    drags(page, *place_on(page, first, minutes=60))
    page.get_by_role("heading", name="Move Ana Silva").wait_for()
    page.get_by_role("link", name="Leave it").click()
    expect(page.locator("dialog[open], .is-ghost, .is-lifted")).to_have_count(0)
    expect(page.locator(f"#board-{first.pk}")).to_be_focused()
    assert when(first) == "2026-03-04 09:00"

    # And a press without a drag opens the visit
    page.locator(f"#board-{first.pk}").click()
    page.wait_for_url(f"**/desk/appointments/{first.pk}/")


def test_a_finger_drags_by_the_grip(visits, browser_page):
    # Given a phone
    first, _second = visits
    page = browser_page("phone")
    opens_the_board(page, f"/desk/?view=week&day=2026-03-04&practitioner={first.practitioner_id}")
    block = page.locator(f"li:has(#board-{first.pk})")
    block.evaluate("element => element.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'})")
    grip = block.locator(".board-grip").bounding_box()
    row = block.bounding_box()["height"] / first.minutes
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    assert grip["width"] >= 44

    # When the grip is pulled half an hour down
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for y in points]})

    send("touchStart", y)
    for step in range(1, 6):
        send("touchMove", y + 30 * row * step / 5)
    send("touchEnd")

    # Then the desk is asked
    page.get_by_role("heading", name="Move Ana Silva from 09:00 to 09:30?").wait_for()
    steps.press(page.get_by_role("button", name="Move", exact=True))
    page.get_by_text("Moved: Ana Silva").wait_for()
    assert Appointment.objects.get(pk=first.pk).starts_at == factories.at("2026-03-04 09:30")


def test_the_day_is_not_fetched_anew_under_a_hand_that_has_taken_a_visit(visits, browser_page):
    page = browser_page("desk")
    opens_the_board(page)
    start, end = place_on(page, visits[0], minutes=75)

    page.mouse.move(*start)
    page.mouse.down()
    page.evaluate("htmx.ajax('GET', location.href, {target: '#day', source: '#day', swap: 'outerHTML'})")
    drags(page, start, end)

    page.get_by_role("heading", name="Move Ana Silva from 09:00 to 10:15?").wait_for()
