"""Work that opens and ends automatically: affected visits, waitlist entries that are about to end."""

from datetime import timedelta

import pytest

from clinic.errors import TimeTaken
from clinic.models import Closure, WaitlistStatus, WorkItem
from clinic.scheduling import cancellations, hour_changes, waitlist
from clinic.scheduling.wishes import Suitable
from clinic.work_kinds import MESSAGE_NOT_SENT, VISIT_AFFECTED, WAITLIST
from tests import factories
from tests.factories import MONDAY, NOW, at

pytestmark = pytest.mark.django_db
THURSDAY = {"starts_at": at("2026-03-05 00:00"), "ends_at": at("2026-03-06 00:00")}


@pytest.fixture
def kind():
    factories.room()
    return factories.visit_type(slug="consultation")


# Affected visits


@pytest.fixture
def affected_visit(kind, full_day_doctor):
    """A visit on Thursday at 10:00, when the clinic will be closed."""
    visit = factories.book(at("2026-03-05 10:00"), visit_type=kind, practitioner=full_day_doctor, by_desk=True)
    close(visit)
    return visit


def close(visit):
    hour_changes.apply(lambda: Closure.objects.create(**THURSDAY), seen=[visit.pk], at=NOW)


def items(kind=VISIT_AFFECTED.code):
    return list(WorkItem.objects.filter(kind=kind).values_list("status", "note"))


def test_an_affected_visit_that_is_moved_needs_no_other_time(affected_visit):
    assert items() == [("requested", "")]

    factories.move(affected_visit, at("2026-03-06 10:00"), by_desk=True)

    assert items() == [("cancelled", "the visit was moved")]


def test_an_affected_visit_that_is_cancelled_needs_no_other_time(affected_visit):
    cancellations.cancel(affected_visit, at=NOW)

    assert items() == [("cancelled", "the visit was cancelled")]


def test_a_change_that_is_taken_back_ends_the_work_it_made(affected_visit):
    hour_changes.apply(lambda: Closure.objects.all().delete(), seen=[], at=NOW)

    assert items() == [("cancelled", "the visit can take place after all")]


def test_a_visit_that_is_affected_again_is_to_be_moved_again(affected_visit):
    hour_changes.apply(lambda: Closure.objects.all().delete(), seen=[], at=NOW)

    close(affected_visit)

    assert items() == [("requested", "")]


def test_a_visit_that_is_affected_at_its_new_time_is_a_new_item(affected_visit):
    factories.move(affected_visit, at("2026-03-06 10:00"), by_desk=True)
    day = {"starts_at": at("2026-03-06 00:00"), "ends_at": at("2026-03-07 00:00")}

    hour_changes.apply(lambda: Closure.objects.create(**day), seen=[affected_visit.pk], at=NOW)

    assert sorted(items()) == [("cancelled", "the visit was moved"), ("requested", "")]


def test_a_refused_move_leaves_the_work(affected_visit, kind, full_day_doctor):
    factories.book(at("2026-03-06 10:00"), visit_type=kind, practitioner=full_day_doctor, by_desk=True)

    with pytest.raises(TimeTaken):
        factories.move(affected_visit, at("2026-03-06 10:00"), by_desk=True)

    assert items() == [("requested", "")]


def test_other_work_about_the_visit_stays(affected_visit):
    WorkItem.objects.update(kind=MESSAGE_NOT_SENT.code)

    cancellations.cancel(affected_visit, at=NOW)

    assert items(MESSAGE_NOT_SENT.code) == [("requested", "")]


# The waitlist


@pytest.fixture
def waits(kind):
    def waits(latest_on=MONDAY + timedelta(days=2), patient=None):
        return waitlist.join(patient or factories.patient(), kind, Suitable(MONDAY, latest_on), at=NOW)

    return waits


def wishes():
    return items(WAITLIST.code)


@pytest.mark.parametrize(("days", "is_called"), [(0, True), (2, True), (3, False), (30, False)])
def test_who_has_two_days_left_is_called(waits, days, is_called):
    entry = waits(MONDAY + timedelta(days=days))

    for _beat in range(2):
        waitlist.open_calls(at=NOW)

    assert [(item.waitlist_entry, item.patient, item.due_at) for item in WorkItem.objects.all()] == (
        [(entry, entry.patient, NOW)] if is_called else []
    )


def test_it_says_what_for_and_until_when(waits):
    waits()

    waitlist.open_calls(at=NOW)

    assert WorkItem.objects.get().what_to_say == (
        "Waits for: Consultation, until Wednesday 4 March, and no time came free. "
        "Offer a time, or ask about later days."
    )


def test_who_was_offered_a_time_is_not_called(waits, kind, full_day_doctor):
    entry = waits()
    visit = factories.book(at("2026-03-03 10:00"), visit_type=kind, practitioner=full_day_doctor, by_desk=True)
    cancellations.cancel(visit, at=NOW)
    entry.refresh_from_db()
    assert entry.status == WaitlistStatus.OFFERED

    waitlist.open_calls(at=NOW)

    assert wishes() == []


def test_what_was_done_is_not_asked_again(waits):
    waits()
    waitlist.open_calls(at=NOW)
    WorkItem.objects.get().complete(by=None, note="Will call back")

    waitlist.open_calls(at=NOW + timedelta(hours=1))

    assert wishes() == [("completed", "Will call back")]


def test_it_ends_when_the_patient_leaves_the_list(waits):
    entry = waits()
    waitlist.open_calls(at=NOW)

    waitlist.leave(entry, at=NOW)

    assert wishes() == [("cancelled", "no longer waiting")]


def test_it_ends_when_a_time_is_booked_among_those_days(waits, kind, full_day_doctor):
    entry = waits()
    waitlist.open_calls(at=NOW)

    factories.book(
        at("2026-03-04 10:00"), visit_type=kind, practitioner=full_day_doctor, patient=entry.patient, by_desk=True
    )

    entry.refresh_from_db()
    assert (entry.status, wishes()) == (WaitlistStatus.BOOKED, [("cancelled", "a visit is booked")])


def test_who_books_a_later_day_still_waits_for_an_earlier_one(waits, kind, full_day_doctor):
    entry = waits()
    waitlist.open_calls(at=NOW)

    factories.book(
        at("2026-03-06 10:00"), visit_type=kind, practitioner=full_day_doctor, patient=entry.patient, by_desk=True
    )
    factories.book(
        at("2026-03-04 10:00"),
        visit_type=factories.visit_type(),
        practitioner=full_day_doctor,
        patient=entry.patient,
        by_desk=True,
    )

    entry.refresh_from_db()
    assert (entry.status, wishes()) == (WaitlistStatus.WAITING, [("requested", "")])


def test_it_ends_when_the_last_day_has_passed(waits):
    waits()
    waitlist.open_calls(at=NOW)
    later = NOW + timedelta(days=3)

    waitlist.advance_offers(at=later)
    waitlist.open_calls(at=later)

    assert wishes() == [("cancelled", "no longer waiting")]


def test_who_waits_longer_is_called_when_that_ends(waits):
    entry = waits()
    waitlist.open_calls(at=NOW)

    waits(MONDAY + timedelta(days=9), patient=entry.patient)
    waitlist.open_calls(at=NOW)
    ended = wishes()
    waitlist.open_calls(at=NOW + timedelta(days=7))

    assert ended == [("cancelled", "no longer waiting")]
    assert sorted(wishes()) == [("cancelled", "no longer waiting"), ("requested", "")]


def test_many_wishes_cost_as_many_queries_as_one(waits, django_assert_num_queries):
    for _patient in range(3):
        waits()
    with django_assert_num_queries(5):
        waitlist.open_calls(at=NOW)
