"""A work item is opened only once for its cause, however often it is asked for and by however many at the same time."""

from datetime import timedelta

import pytest

from clinic import worklist
from clinic.models import WorkItem
from clinic.work_kinds import MESSAGE_MISSING, NO_ANSWER, VISIT_AFFECTED
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
ABOUT = [{"purpose": "how-are-you"}, {"cause": 6}, {"occasion": "+3d"}, {"sequence": 1}]


def opened(kind=VISIT_AFFECTED, *, again=False, **fields):
    usual = {"cause": 5, "what_to_say": "Call.", "due_at": NOW}
    worklist.open(kind, again=again, **usual | fields)


def states():
    return list(WorkItem.objects.order_by("pk").values_list("status", "due_at"))


def test_opening_again_changes_nothing():
    opened()

    opened(due_at=LATER, what_to_say="Call now.")

    assert WorkItem.objects.get().what_to_say == "Call."
    assert states() == [("requested", NOW)]


@pytest.mark.parametrize("about", ABOUT, ids=lambda about: "-".join(about))
def test_each_column_of_what_it_is_about_makes_another(about):
    opened()

    opened(**about)

    assert len(states()) == 2


def test_kinds_do_not_share_a_cause():
    opened(VISIT_AFFECTED)
    opened(NO_ANSWER)

    assert len(states()) == 2


def test_what_ended_stays_ended_unless_it_is_to_be_done_again(desk):
    opened()
    WorkItem.objects.get().complete(by=desk)

    opened(due_at=LATER)
    assert states() == [("completed", NOW)]
    opened(due_at=LATER, again=True)

    assert states() == [("requested", LATER)]


def test_again_leaves_what_is_still_to_be_done():
    opened()

    opened(due_at=LATER, again=True)

    assert states() == [("requested", NOW)]


def test_many_at_one_go_with_one_that_there_was(django_assert_num_queries):
    opened(cause=2)
    items = [worklist.new(VISIT_AFFECTED, cause=n, what_to_say="Call.", due_at=LATER) for n in (1, 2, 3, 3)]

    with django_assert_num_queries(2):
        worklist.open_all(items)

    assert sorted(WorkItem.objects.values_list("cause", "due_at")) == [(1, LATER), (2, NOW), (3, LATER)]


def test_nothing_to_open_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        worklist.open_all([])


def test_settle_ends_what_is_about_the_cause_and_still_to_be_done(desk):
    for cause in (5, 6, 7):
        opened(cause=cause)
    opened(NO_ANSWER)
    WorkItem.objects.get(cause=6).complete(by=desk)

    worklist.settle(VISIT_AFFECTED, cause__in=[5, 6], note="moved", at=LATER)

    ended = WorkItem.objects.order_by("pk").values_list("kind", "cause", "status", "note")
    assert list(ended) == [
        ("visit_affected", 5, "cancelled", "moved"),
        ("visit_affected", 6, "completed", ""),
        ("visit_affected", 7, "requested", ""),
        ("no_answer", 5, "requested", ""),
    ]


def test_find_takes_several_kinds():
    opened(VISIT_AFFECTED, cause=1)
    opened(NO_ANSWER, cause=2)
    opened(MESSAGE_MISSING, cause=3)

    found = worklist.find(VISIT_AFFECTED, NO_ANSWER).order_by("cause")

    assert list(found.values_list("cause", flat=True)) == [1, 2]
