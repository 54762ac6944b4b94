"""What is done about visits that cannot take place: patients are told, the desk is, and all of it follows."""

from datetime import timedelta

import pytest

from clinic.errors import MoveNotAllowed, TimeNotOpen
from clinic.models import (
    Message,
    Practitioner,
    VisitType,
    WorkItem,
)
from clinic.scheduling import (
    affected_visits,
    booking,
    cancellations,
    message_purposes,
    self_check_in,
    visit_answers,
)
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.clinic.scheduling.closed_days import AWAKE, REMINDED, close, deliver, open_again
from tests.factories import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def visit(guided_visit):
    return guided_visit


# Told


NEWS = ("visit-affected", "visit-as-planned")


def news():
    rows = Message.objects.filter(purpose__in=NEWS).order_by("pk")
    return list(rows.values_list("purpose", "status"))


def tell(visit, moment=NOW):
    return affected_visits.tell([visit], by=factories.user(), at=moment)


def test_a_patient_is_told_once_that_a_visit_cannot_take_place(visit):
    close()

    assert [tell(visit), tell(visit)] == [1, 0]
    assert news() == [("visit-affected", "waiting")]


def test_nobody_is_told_of_a_visit_that_can_take_place(visit):
    assert (tell(visit), news()) == (0, [])


def test_who_was_told_hears_that_it_takes_place_after_all_and_hears_again_if_it_cannot(visit):
    close()
    tell(visit, AWAKE)
    deliver(AWAKE)
    open_again()
    affected_visits.review(at=AWAKE + timedelta(minutes=1))
    deliver(AWAKE + timedelta(minutes=1))
    assert news() == [("visit-affected", "accepted"), ("visit-as-planned", "accepted")]

    close()
    assert tell(visit, AWAKE + timedelta(minutes=2)) == 1


def test_who_was_not_told_yet_hears_nothing_when_it_takes_place_after_all(visit):
    close()
    tell(visit)
    open_again()
    affected_visits.review(at=NOW + timedelta(minutes=1))

    assert news() == [("visit-affected", "withdrawn")]


def test_who_was_called_is_called_again_when_it_takes_place_after_all(visit):
    close()
    affected_visits.review(at=NOW)
    WorkItem.objects.get().complete(by=factories.user())
    open_again()
    affected_visits.review(at=NOW + timedelta(minutes=1))
    item = WorkItem.objects.get(occasion="after-all")
    assert (item.status, item.appointment) == ("requested", visit)

    close()
    affected_visits.review(at=NOW + timedelta(minutes=2))
    statuses = WorkItem.objects.order_by("pk").values_list("occasion", "status")
    assert list(statuses) == [("", "requested"), ("after-all", "cancelled")]


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_moved_or_cancelled_it_is_affected_no_more_and_no_old_news_goes(visit, act):
    close()
    tell(visit)
    visit.refresh_from_db()
    if act == "move":
        factories.move(visit, at("2026-03-05 10:00"))
    else:
        cancellations.cancel(visit, at=NOW)
    affected_visits.review(at=NOW)

    assert list(affected_visits.affected(at=NOW)) == []
    assert (news(), WorkItem.objects.get().status) == ([("visit-affected", "withdrawn")], "cancelled")


# Noticed


def test_each_obstacle_is_noticed_once_however_it_came_to_be(visit):
    affected_visits.review_after_changes(at=NOW)
    Practitioner.objects.update(is_active=False)
    affected_visits.review_after_changes(at=NOW + timedelta(seconds=30))
    WorkItem.objects.get().complete(by=factories.user())
    affected_visits.review_after_changes(at=NOW + timedelta(minutes=30))

    assert [item.status for item in WorkItem.objects.all()] == ["completed"]


def test_a_look_after_no_change_costs_one_query(visit, django_assert_num_queries):
    affected_visits.review_after_changes(at=NOW)

    with django_assert_num_queries(1):
        affected_visits.review_after_changes(at=NOW + timedelta(seconds=30))


def test_a_held_time_that_is_no_longer_open_is_not_confirmed_and_ends(visit):
    kind, doctor = VisitType.objects.get(), Practitioner.objects.get()
    wish = Wish(kind, doctor, at("2026-03-04 11:00"), request_token="token-0001")
    held = booking.hold(wish, held_by="browser", at=NOW)
    close()

    with pytest.raises(TimeNotOpen):
        booking.confirm(held, at=NOW, patient=factories.patient())
    affected_visits.review(at=NOW)
    held.refresh_from_db()
    assert held.status == "expired"


def test_what_is_due_is_held_with_as_many_queries_for_twenty_visits_as_for_one(django_assert_num_queries):
    factories.room()
    kind, doctor = factories.visit_type(start_every_minutes=15, base_minutes=15), factories.practitioner()
    visits = [
        factories.book(at("2026-03-04 09:00") + n * timedelta(minutes=15), visit_type=kind, practitioner=doctor)
        for n in range(20)
    ]
    held = message_purposes.VISIT_BOOKED.held
    held(list(Message.objects.all()), at=NOW)  # reads the timetable

    for count in (1, 20):
        messages = list(Message.objects.all()[:count])
        with django_assert_num_queries(2):
            assert held(messages, at=NOW) == {}
    close()
    held(messages, at=NOW)
    messages = list(Message.objects.all())
    with django_assert_num_queries(2):
        assert len(held(messages, at=NOW)) == len(visits)


# Expected no more


def test_a_reminder_that_is_held_until_the_visit_expires_and_the_desk_is_told_not_to_read_it_out(visit):
    close()
    deliver(REMINDED)
    deliver(at("2026-03-04 10:01"))

    assert Message.objects.get(purpose="visit-reminder").status == "expired"
    item = WorkItem.objects.get(kind="message")
    assert item.what_to_say.startswith("This was held back, because it was not true: held: the visit cannot take place")


def test_nobody_is_asked_whether_they_come_to_a_visit_that_cannot_take_place(visit):
    Message.objects.filter(purpose="visit-reminder").update(status="accepted", due_at=REMINDED)
    close()

    visit_answers.open_unanswered_calls(at=at("2026-03-03 18:30"))
    assert not WorkItem.objects.filter(kind="no_answer").exists()
    with pytest.raises(MoveNotAllowed, match="may not take place"):
        visit_answers.answer(visit, "coming", sequence=0, at=NOW)


def test_the_door_sends_a_patient_to_the_desk_whose_visit_cannot_take_place(visit):
    assert self_check_in.why_not(visit, at=at("2026-03-04 09:50")) == ""
    close()

    assert "Please go to the desk" in self_check_in.why_not(visit, at=at("2026-03-04 09:50"))
