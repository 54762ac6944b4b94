"""Whatever happens to a visit, in whatever order: the reminders still due are those that its own times require."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.errors import DomainError
from clinic.models import MessageStatus, VisitReminder
from clinic.scheduling import booking, cancellations, visit_reminders
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]

FIRST = at("2026-03-27 09:00")  # the clock changes on Sunday 29 March
starts = st.tuples(st.integers(0, 5), st.integers(0, 20)).map(lambda s: FIRST + timedelta(days=s[0], minutes=30 * s[1]))
acts = st.one_of(
    st.tuples(st.just("move"), starts),
    st.tuples(st.sampled_from(["cancel", "undo", "again"]), st.none()),
    st.tuples(st.just("wait"), st.integers(1, 2000)),
)


def do(act, argument, visit, now):
    match act:
        case "move":
            factories.move(visit, argument, at=now, by_desk=True)
        case "cancel":
            cancellations.cancel(visit, at=now)
        case "undo":
            cancellations.undo_cancel(visit, at=now)
        case "again":
            visit_reminders.plan(visit, at=now)


@settings(max_examples=40)
@given(starts=starts, steps=st.lists(acts, max_size=8))
def test_what_waits_is_what_the_visit_says(starts, steps):
    with transaction.atomic():
        now = FIRST - timedelta(days=4)
        factories.room()
        for hours in (48, 2, 30):
            VisitReminder.objects.create(hours_before=hours)
        somebody = factories.practitioner(days=range(7), hours=("06:00", "23:00"))
        wish = Wish(factories.visit_type(), somebody, starts)
        visit = booking.book(wish, patient=factories.patient(), at=now)
        for act, argument in steps:
            now += timedelta(minutes=argument if act == "wait" else 1)
            with suppress(DomainError):
                do(act, argument, visit, now)
            visit.refresh_from_db()
            _agree(visit, now)
        transaction.set_rollback(True)


def _agree(visit, now):
    rows = visit_reminders.messages_of(visit).filter(status=MessageStatus.WAITING, due_at__gt=now)
    waiting = set(rows.values_list("occasion", "sequence", "due_at"))
    letters = visit_reminders.letters_of(visit, at=now) if visit.status == "booked" else []
    assert waiting == {(letter.occasion, letter.sequence, letter.due_at) for letter in letters}
    assert all(now < due_at < visit.starts_at for *_which, due_at in waiting)
