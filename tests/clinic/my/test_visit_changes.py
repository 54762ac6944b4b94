"""What a patient changes on their own pages: move a visit, cancel it, undo that."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from clinic.models import Appointment, AuditEvent
from clinic.scheduling import cancellations
from tests import factories
from tests.factories import at
from tests.web import NOT_FOUND, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.NOW, tick=False)]


@pytest.fixture
def visit(me):
    """Monday at ten, of the patient who is signed in."""
    factories.room()
    return factories.book(at("2026-03-02 10:00"), visit_type=factories.visit_type(notice_hours=2), patient=me)


def address_of(name, visit, **question):
    return f"{reverse(name, args=[visit.pk])}?{urlencode(question)}"


def post_move(client, visit, starts_at="2026-03-03 11:00", *, seen=0, **changes):
    wish = {"practitioner": visit.practitioner_id, "starts_at": at(starts_at).isoformat(), "request_token": "x"}
    return client.post(address_of("my-move", visit, seen=seen), wish | changes)


def stands(visit):
    row = Appointment.objects.get(pk=visit.pk)
    return factories.civil(row.starts_at), row.status, row.calendar_sequence


# Moving


def test_move_shows_the_next_free_time_first_and_changes_nothing(client, visit):
    page = client.get(address_of("my-move", visit)).content.decode()

    assert page.index("Monday 2 March, 09:00, with") < page.index("Other times")
    assert f'action="{reverse("my-move", args=[visit.pk])}?seen=0"' in page
    assert stands(visit) == ("2026-03-02 10:00", "booked", 0)


def test_move_moves_and_says_when(client, visit):
    page = client.post(
        address_of("my-move", visit, seen=0),
        {"practitioner": visit.practitioner_id, "starts_at": at("2026-03-03 11:00").isoformat()},
        follow=True,
    ).content.decode()

    assert "Your visit is moved. See you on Tuesday 3 March, 11:00." in page
    assert stands(visit) == ("2026-03-03 11:00", "booked", 1)
    assert AuditEvent.objects.filter(patient=visit.patient, action="U").count() == 1


def test_move_sent_twice_moves_once(client, visit):
    answers = [post_move(client, visit) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [reverse("my")] * 2
    assert stands(visit) == ("2026-03-03 11:00", "booked", 1)


def test_move_to_a_taken_time_is_refused_with_the_three_nearest_to_move_to(client, visit):
    factories.book(at("2026-03-03 11:00"), visit_type=visit.visit_type, practitioner=visit.practitioner)

    answer = post_move(client, visit)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.count(f'action="{address_of("my-move", visit, seen=0)}"') == 3
    assert stands(visit) == ("2026-03-02 10:00", "booked", 0)


@pytest.mark.parametrize("change", [{"starts_at": "soon"}, {"starts_at": ""}, {"practitioner": "x"}])
def test_move_to_what_is_no_time_is_refused_with_three_others(client, visit, change):
    wish = {"practitioner": visit.practitioner_id, "starts_at": at("2026-03-03 11:00").isoformat()}

    answer = client.post(address_of("my-move", visit, seen=0), wish | change)

    assert (answer.status_code, answer.content.decode().count('name="starts_at"')) == (409, 3)
    assert stands(visit) == ("2026-03-02 10:00", "booked", 0)


def test_move_from_an_old_page_is_refused_and_says_what_changed(client, visit):
    post_move(client, visit)

    answer = post_move(client, visit, "2026-03-04 12:00", seen=0)

    assert answer.status_code == 409
    assert "It is now on Tue 3 Mar 2026, 11:00" in answer.content.decode()
    assert stands(visit) == ("2026-03-03 11:00", "booked", 1)


def test_move_within_the_notice_is_refused_and_says_call(client, visit, time_machine):
    time_machine.move_to(visit.starts_at - timedelta(hours=1), tick=False)

    page = client.get(address_of("my-move", visit)).content.decode()
    answer = post_move(client, visit)

    assert ("Please call us" in page, 'name="starts_at"' in page) == (True, False)
    assert (answer.status_code, stands(visit)) == (409, ("2026-03-02 10:00", "booked", 0))


@pytest.mark.parametrize("status", ["cancelled", "fulfilled"])
def test_move_of_a_visit_that_is_over_says_so(client, visit, status):
    Appointment.objects.update(status=status)

    page = client.get(address_of("my-move", visit)).content.decode()
    answer = post_move(client, visit)

    assert "cannot be moved" in page
    assert answer.status_code == 409


def test_move_gives_the_calendar_a_higher_sequence_and_the_same_uid(client, visit):
    post_move(client, visit)

    text = client.get(reverse("my-calendar", args=[visit.pk])).content.decode()

    assert [part in text for part in ("SEQUENCE:1", f"UID:{visit.calendar_uid}", "20260303T110000")] == [True] * 3


# Cancelling


def test_cancel_offers_to_move_instead(client, visit):
    page = client.get(address_of("my-cancel", visit)).content.decode()

    assert ("Move it to another time" in page, "Cancel this visit" in page) == (True, True)


def test_cancel_from_an_old_page_is_refused(client, visit):
    post_move(client, visit)

    answer = client.post(reverse("my-cancel", args=[visit.pk]), {"seen": 0})

    assert (answer.status_code, stands(visit)) == (409, ("2026-03-03 11:00", "booked", 1))


# Undoing it


def cancel(client, visit):
    return client.post(reverse("my-cancel", args=[visit.pk]), {"seen": 0}, follow=True).content.decode()


def undo(client, visit):
    return client.post(reverse("my-undo-cancel", args=[visit.pk]), follow=True)


def test_cancelled_visit_can_be_taken_back_on_the_page_for_three_minutes(client, visit, time_machine):
    page = cancel(client, visit)
    time_machine.shift(timedelta(minutes=3))
    later = client.get(reverse("my")).content.decode()

    assert "You can take it back until 07:03:00" in page
    assert (reverse("my-undo-cancel", args=[visit.pk]) in page, "take it back" in later) == (True, False)


def test_undo_books_again_and_says_when(client, visit):
    cancel(client, visit)

    page = undo(client, visit).content.decode()

    assert "Your visit is booked again: Monday 2 March, 10:00." in page
    assert "take it back" not in page
    assert stands(visit) == ("2026-03-02 10:00", "booked", 2)


def test_undo_after_three_minutes_is_refused(client, visit, time_machine):
    cancel(client, visit)
    time_machine.shift(timedelta(minutes=3))

    assert undo(client, visit).status_code == 409
    assert stands(visit) == ("2026-03-02 10:00", "cancelled", 1)


def test_undo_of_a_time_that_is_taken_offers_three_others(client, visit):
    cancel(client, visit)
    factories.book(visit.starts_at, visit_type=visit.visit_type, practitioner=visit.practitioner)

    answer = undo(client, visit)

    assert (answer.status_code, answer.content.decode().count('name="starts_at"')) == (409, 3)


def test_undo_is_not_offered_for_what_the_desk_cancelled(client, visit):
    cancellations.cancel(visit, at=factories.NOW, by=factories.user("desk"))

    assert "take it back" not in client.get(reverse("my")).content.decode()
    assert undo(client, visit).status_code == 409


def test_undo_of_a_strangers_visit_is_not_found(client, visit):
    cancel(client, visit)
    client.force_login(factories.user())

    assert refusal(undo(client, visit)) == NOT_FOUND
    assert stands(visit)[1] == "cancelled"
