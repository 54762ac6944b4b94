"""What was booked online and not proved: one place is one thing to the desk, which ends it in one act."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.models import AppointmentStatus, BookingRequest, Role, WorkItem, WorkItemStatus
from clinic.scheduling import booking, booking_requests
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import NOW
from tests.web import as_, main_words

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def asks():
    """`asks(3, "one")`: three requests from one place, each for a time of its own."""
    factories.room()
    kind, made = factories.visit_type(), []

    def ask(count, place, *, at=NOW):
        for _ in range(count):
            doctor = factories.practitioner()
            factories.room()
            token = f"token-{len(made):04}"
            wish = Wish(kind, doctor, factories.at("2026-03-03 10:00"), request_token=token)
            held = booking.hold(wish, held_by=token, at=at)
            booking_requests.ask(held, asked_from=place, at=at)
            made.append(held)
        return made[-count:]

    return ask


def prove(held, *, at=NOW):
    booking.confirm(held, newcomer=factories.newcomer(email=f"m{held.pk}@mail.example"), at=at)
    booking_requests.note_proved(held, at=at)
    return held


def book_unproved(held, *, at=NOW):
    """By somebody whom no code reaches."""
    booking.confirm(held, newcomer=factories.newcomer(given_name="Vilte", email="", phone="+37052001234"), at=at)
    booking_requests.note_unprovable(held, asked_from="one", at=at)
    return held


def statuses(*held):
    for one in held:
        one.refresh_from_db()
    return [one.status for one in held]


def floods():
    return list(WorkItem.objects.filter(kind="booking_flood").values_list("status", flat=True))


def test_a_flood_is_one_work_item_and_one_row(asks, page):
    asks(9, "one")
    assert floods() == []

    asks(31, "one")

    assert floods() == [WorkItemStatus.REQUESTED]
    shown = main_words(page.get(reverse("desk-booking-requests")))
    assert "40 from one place, since Mon 2 Mar, 07:00" in shown
    assert "40 wait for their codes, and their times are kept." in shown


def test_it_is_ended_in_one_act_and_the_times_are_free(asks, page):
    many, others = asks(12, "one"), asks(1, "two")

    page.post(reverse("desk-booking-requests-end"), {"place": "one"})

    assert set(statuses(*many)) == {AppointmentStatus.EXPIRED}
    assert statuses(*others) == [AppointmentStatus.PENDING]
    assert BookingRequest.objects.filter(ended_at=NOW, ended_by__isnull=False).count() == 12


def test_what_was_proved_stays_unless_the_desk_says_so(asks, desk):
    first, second, third = asks(3, "one")
    prove(first)
    book_unproved(second)

    count = booking_requests.end("one", by=desk, at=NOW)

    assert (count, statuses(first, second, third)) == (2, ["booked", "cancelled", "expired"])
    open_items = WorkItem.objects.requested().filter(appointment=second)
    assert list(open_items.values_list("kind", flat=True)) == []


def test_the_desk_may_end_what_was_proved_too(asks, page):
    first, _second = asks(2, "one")
    prove(first)

    page.post(reverse("desk-booking-requests-end"), {"place": "one", "also_booked": "on"})

    assert statuses(first) == ["cancelled"]
    assert first.status_changes.get(to_status="cancelled").by is not None


def test_what_ended_by_itself_is_no_flood_the_next_day(asks, page):
    asks(12, "one")

    shown = booking_requests.places(at=NOW + timedelta(days=1, seconds=1))

    assert shown == []


def test_the_item_leads_there_and_is_settled_by_the_act(asks, page):
    asks(12, "one")
    assert reverse("desk-booking-requests") in page.get(reverse("desk-work")).content.decode()

    page.post(reverse("desk-booking-requests-end"), {"place": "one"})

    assert floods() == [WorkItemStatus.CANCELLED]


def test_a_second_end_says_that_nothing_is_left(asks, page):
    asks(1, "one")
    page.post(reverse("desk-booking-requests-end"), {"place": "one"})

    answer = page.post(reverse("desk-booking-requests-end"), {"place": "one"}, follow=True)

    assert "There is nothing to end there any more." in main_words(answer)


def test_nobody_but_the_desk_ends_anything(asks):
    held = asks(1, "one")

    answer = as_(factories.user(Role.MANAGER)).post(reverse("desk-booking-requests-end"), {"place": "one"})

    assert (answer.status_code, statuses(*held)) == (403, ["pending"])


def test_after_a_week_it_is_forgotten(asks):
    asks(1, "one")

    booking_requests.forget(at=NOW + timedelta(days=7))

    assert BookingRequest.objects.count() == 0
