"""The page of visits that cannot take place as planned, and the button that tells their patients."""

import pytest
from django.urls import reverse

from clinic.models import Closure, Message, Role
from clinic.scheduling import affected_visits
from tests import factories
from tests.factories import at
from tests.web import as_, queries_of, text

NOON = at("2026-03-02 12:00")
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOON, tick=False)]
PAGE = "/desk/affected-visits/"


@pytest.fixture
def desk():
    return as_(factories.user(Role.DESK))


@pytest.fixture
def visit():
    """On Wednesday, when the clinic is closed."""
    factories.room()
    visit = factories.book(at("2026-03-04 10:00"), at=NOON)
    Closure.objects.create(starts_at=at("2026-03-04 00:00"), ends_at=at("2026-03-05 00:00"))
    affected_visits.review(at=NOON)
    return visit


def told():
    return Message.objects.filter(purpose="visit-affected").count()


def test_the_page_says_why_and_whether_the_patient_was_told(desk, visit):
    before = text(desk.get(PAGE))
    answer = desk.post(f"{PAGE}tell/", {"visits": [visit.pk]}, follow=True)
    after = text(answer)

    assert ("the clinic is closed then" in before, told()) == (True, 1)
    assert ("One patient is told." in after, "Tell them" in before, "Tell them" in after) == (True, True, False)


def test_the_button_pressed_twice_tells_once(desk, visit):
    for _ in range(2):
        desk.post(f"{PAGE}tell/", {"visits": [visit.pk]})

    assert told() == 1


def test_nobody_chosen_tells_nobody(desk, visit):
    answer = desk.post(f"{PAGE}tell/", follow=True)

    assert ("Choose whom to tell." in text(answer), told()) == (True, 0)


def test_the_manager_sees_them_and_tells_nobody(visit):
    manager = as_(factories.user(Role.MANAGER))

    shown = text(manager.get(PAGE))
    assert ("the clinic is closed then" in shown, "Tell them" in shown) == (True, False)
    assert (manager.post(f"{PAGE}tell/", {"visits": [visit.pk]}).status_code, told()) == (403, 0)


def test_the_page_asks_the_database_as_often_for_three_visits_as_for_one(desk, visit):
    desk.get(PAGE)
    once = queries_of(desk, PAGE)
    for hour in (11, 12):
        factories.appointment(
            starts_at=at(f"2026-03-04 {hour}:00"),
            practitioner=visit.practitioner,
            visit_type=visit.visit_type,
            patient=factories.patient(phone="+37061234567"),
            obstacle_since=NOON,
        )

    assert queries_of(desk, PAGE) == once


def test_the_pages_of_the_desk_say_so(desk, visit):
    pages = [reverse("desk-appointment", args=[visit.pk]), "/desk/?day=2026-03-04", "/desk/day-sheet/?day=2026-03-04"]
    pages += [f"/desk/?day=2026-03-04&view={view}" for view in ("practitioners", "rooms", "week")]

    said = ["not as planned" in text(desk.get(page)) for page in pages]
    Closure.objects.all().delete()

    assert (said, ["not as planned" in text(desk.get(page)) for page in pages]) == ([True] * 6, [False] * 6)
