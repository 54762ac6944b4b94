"""Holding a time."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.errors import (
    NotBookableHere,
    TimeNotOpen,
    TimeTaken,
    TokenReused,
    TooManyHolds,
)
from clinic.scheduling import availability, booking
from clinic.scheduling.wishes import Search, Wish
from tests import factories
from tests.clinic.scheduling.visits import HALF_PAST_NINE, NINE, TEN, statuses
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def shown(visit_type, *, now=NOW):
    times = availability.open_times(Search(visit_type, now), first_day=factories.MONDAY, days=1)
    return [time.starts_at for time in times]


# Holding


def test_hold_keeps_the_time_for_ten_minutes(hold, doctor, visit_type):
    held = hold(held_from="address")

    held.refresh_from_db()
    assert (held.status, held.held_until) == ("pending", NOW + timedelta(minutes=10))
    assert (held.held_by, held.held_from) == ("browser", "address")
    assert (held.starts_at, held.ends_at, held.practitioner, held.patient) == (NINE, HALF_PAST_NINE, doctor, None)
    assert held.room is not None
    assert held.ultrasound_machine is None
    assert list(held.status_changes.values_list("from_status", "to_status", "by")) == [("", "pending", None)]
    assert shown(visit_type)[0] == HALF_PAST_NINE


def test_hold_takes_a_machine_for_a_visit_that_needs_one():
    room, machine, expert = factories.room(), factories.machine(), factories.practitioner(ultrasound=True)

    held = booking.hold(
        Wish(factories.visit_type(needs_ultrasound=True), expert, NINE, request_token="token-0001"),
        held_by="browser",
        at=NOW,
    )

    assert (held.room, held.ultrasound_machine) == (room, machine)


def test_hold_asked_for_twice_is_one_and_the_same(hold):
    first, again = hold(), hold(now=NOW + timedelta(minutes=1))

    assert (again.pk, again.held_until) == (first.pk, first.held_until)
    assert statuses() == ["pending"]


def test_hold_refuses_a_token_that_came_with_another_wish(hold):
    hold()

    with pytest.raises(TokenReused):
        hold(HALF_PAST_NINE)

    assert statuses() == ["pending"]


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "with space", "semi;colon", "новый-токен", "token-0001\n"])
def test_hold_refuses_a_token_that_no_page_of_ours_made(hold, token):
    with pytest.raises(TokenReused):
        hold(token=token)

    assert statuses() == []


def test_hold_lets_go_of_what_the_browser_held_before(hold):
    first = hold()

    second = hold(HALF_PAST_NINE, token="token-0002")

    first.refresh_from_db()
    assert (first.status, second.status) == ("expired", "pending")
    assert [change.to_status for change in first.status_changes.all()] == ["pending", "expired"]


def test_hold_may_move_to_a_time_that_overlaps_the_browsers_own(hold, doctor):
    hour = factories.visit_type(base_minutes=60)
    hold()

    assert hold(token="token-0002", visit_type=hour).status == "pending"


def test_hold_keeps_what_the_browser_held_when_the_new_one_is_refused(hold):
    mine = hold()
    hold(TEN, token="token-0002", browser="other")

    with pytest.raises(TimeTaken):
        hold(TEN, token="token-0003")

    mine.refresh_from_db()
    assert mine.status == "pending"


def test_hold_of_a_taken_time_is_refused_with_the_three_nearest(hold):
    hold()

    with pytest.raises(TimeTaken) as refusal:
        hold(token="token-0002", browser="other")

    assert refusal.type is TimeTaken
    assert [time.starts_at for time in refusal.value.alternatives] == [
        NINE + timedelta(minutes=30 * n) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "starts_at",
    [
        NINE - timedelta(minutes=30),
        NINE + timedelta(minutes=5),
        NINE + timedelta(seconds=1),
        NINE + timedelta(microseconds=1),
        NINE + timedelta(hours=3),
        NINE - timedelta(days=7),
        NINE + timedelta(days=85),
        NINE + timedelta(days=5),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
    ids=str,
)
def test_hold_of_a_time_that_is_not_open_is_refused_with_three_that_are(hold, doctor, visit_type, starts_at):
    with pytest.raises(TimeNotOpen) as refusal:
        hold(starts_at)

    assert statuses() == []
    wishes = [Wish(visit_type, doctor, time.starts_at) for time in refusal.value.alternatives]
    assert len([availability.place_for(wish, at=NOW) for wish in wishes]) == 3


def test_hold_of_a_time_for_which_all_rooms_are_taken_says_so(hold):
    hold()

    with pytest.raises(TimeTaken) as refusal:
        hold(practitioner=factories.practitioner(), token="token-0002", browser="another")

    assert refusal.type is TimeTaken


@pytest.mark.parametrize("kind", [{"is_active": False}, {"bookable_by": "desk"}], ids=str)
def test_patients_cannot_hold_or_book_a_kind_of_visit_that_is_not_for_them(hold, doctor, kind):
    wish = Wish(factories.visit_type(**kind), doctor, NINE)

    with pytest.raises(NotBookableHere):
        hold(visit_type=wish.visit_type)
    with pytest.raises(NotBookableHere):
        booking.book(wish, patient=factories.patient(), at=NOW)

    assert statuses() == []


def test_hold_refuses_a_fourth_from_one_address(hold):
    for number in range(3):
        hold(NINE + timedelta(minutes=30 * number), token=f"token-{number:04}", browser=f"{number}", held_from="one")

    with pytest.raises(TooManyHolds):
        hold(NINE + timedelta(hours=2), token="token-0009", browser="fourth", held_from="one")

    assert hold(NINE + timedelta(hours=2), token="token-0010", browser="5", held_from="other").status == "pending"
    assert hold(NINE + timedelta(minutes=150), token="token-0011", browser="6").status == "pending"


def test_hold_does_not_count_holds_that_ran_out_or_are_let_go(hold):
    for number in range(3):
        hold(NINE + timedelta(minutes=30 * number), token=f"token-{number:04}", browser=f"{number}", held_from="one")

    instead = hold(NINE + timedelta(hours=2), token="token-0009", browser="2", held_from="one")
    now = NOW + timedelta(minutes=11)
    later = hold(NINE + timedelta(minutes=150), token="token-0010", browser="new", held_from="one", now=now)

    assert (instead.status, later.status) == ("pending", "pending")


def test_hold_that_ran_out_frees_its_time_at_once_and_without_a_job(hold, visit_type):
    ran_out = hold()
    later = NOW + timedelta(minutes=10)

    assert shown(visit_type, now=later)[0] == NINE
    assert hold(token="token-0002", browser="other", now=later).status == "pending"

    ran_out.refresh_from_db()
    assert ran_out.status == "expired"
