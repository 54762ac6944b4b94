"""Many workers open the same work item at the same moment."""

from functools import partial

import pytest

from clinic import worklist
from clinic.models import WorkItem
from clinic.work_kinds import VISIT_AFFECTED
from tests.factories import NOW
from tests.race.test_booking_race import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.repeated_queries_allowed]
WORKERS = 6


@pytest.mark.parametrize("again", [False, True])
def test_all_of_them_make_one_and_none_is_refused(again):
    opening = partial(worklist.open, VISIT_AFFECTED, again=again, cause=5, what_to_say="Call.", due_at=NOW)

    answers = at_once([opening] * WORKERS, threads=WORKERS)

    assert list(answers) == [None] * WORKERS
    assert list(WorkItem.objects.values_list("status", "due_at")) == [("requested", NOW)]


def test_lists_that_overlap_make_one_of_each():
    def item(cause):
        return worklist.new(VISIT_AFFECTED, cause=cause, what_to_say="Call.", due_at=NOW)

    lists = [[1, 2, 3], [2, 3, 4]] * 3

    answers = at_once([partial(worklist.open_all, map(item, causes)) for causes in lists], threads=WORKERS)

    assert list(answers) == [None] * WORKERS
    assert sorted(WorkItem.objects.values_list("cause", flat=True)) == [1, 2, 3, 4]
