"""What a person at the desk must do."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.errors import MoveNotAllowed
from clinic.models import WorkItem
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return WorkItem.objects.create(key="k", kind="message", what_to_say="Call.", due_at=NOW)


def stored(item):
    item.refresh_from_db()
    return item.status, item.ended_by, item.note, item.ended_at is not None


def test_work_item_is_due_from_its_time_until_it_ends(item, desk):
    assert list(WorkItem.objects.due(at=NOW - timedelta(seconds=1))) == []
    assert list(WorkItem.objects.due(at=NOW)) == [item]

    item.complete(by=desk)

    assert list(WorkItem.objects.due(at=NOW)) == []


def test_complete_says_who_did_it(item, desk):
    item.complete(by=desk, note="called, comes on Friday")

    assert stored(item) == ("completed", desk, "called, comes on Friday", True)


def test_cancel_says_why(item):
    item.cancel(note="physiotherapy is booked")

    assert stored(item) == ("cancelled", None, "physiotherapy is booked", True)


def test_complete_twice_keeps_the_first(item, desk):
    item.complete(by=desk, note="first")

    item.complete(by=factories.user("desk"), note="second")

    assert stored(item) == ("completed", desk, "first", True)


@pytest.mark.parametrize("loaded_before", [True, False])
def test_cancel_of_what_is_done_is_refused(item, desk, loaded_before):
    stale = WorkItem.objects.get() if loaded_before else item
    item.complete(by=desk)

    with pytest.raises(MoveNotAllowed):
        stale.cancel(note="too late")

    assert stored(item) == ("completed", desk, "", True)


def test_reopen_brings_back_what_has_ended(item, desk):
    item.cancel(note="booked", by=desk)

    item.reopen(due_at=NOW + timedelta(days=1))

    assert stored(item) == ("requested", None, "", False)
    assert item.due_at == NOW + timedelta(days=1)


def test_reopen_leaves_what_is_still_to_be_done(item):
    item.reopen(due_at=NOW + timedelta(days=1))

    item.refresh_from_db()
    assert item.due_at == NOW


def test_put_off_moves_what_is_still_to_be_done_only(item, desk):
    item.put_off(until=NOW + timedelta(days=1))
    assert list(WorkItem.objects.due(at=NOW)) == []

    item.complete(by=desk)
    with pytest.raises(MoveNotAllowed):
        item.put_off(until=NOW + timedelta(days=2))

    item.refresh_from_db()
    assert item.due_at == NOW + timedelta(days=1)


def test_database_refuses_two_work_items_for_one_cause(item):
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.create(key="k", kind="message", what_to_say="Again.", due_at=NOW)


def test_database_refuses_a_status_that_is_not_known(item):
    with pytest.raises(IntegrityError, match="work_item_status_is_known"), transaction.atomic():
        WorkItem.objects.update(status="forgotten")
