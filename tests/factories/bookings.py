"""Visits that are booked and moved as people do it: with locks, messages, work and whatever else follows."""

from clinic.scheduling import booking, moved_visits
from clinic.scheduling.wishes import Wish
from tests.factories.basics import NOW
from tests.factories.patients import patient as somebody
from tests.factories.staff import practitioner as colleague
from tests.factories.visits import visit_type as consultation


def book(starts_at, *, patient=None, practitioner=None, visit_type=None, at=NOW, by=None, reason="", **wanted):
    """For a patient of their own, with a practitioner of its own, unless told otherwise. It needs a room."""
    wish = Wish(visit_type or consultation(), practitioner or colleague(), starts_at, **wanted)
    return booking.book(wish, patient=patient or somebody(), at=at, by=by, reason=reason)


def move(visit, starts_at, *, at=NOW, by=None, note="", seen_sequence=None, **wanted):
    """To another time, and whatever else is `wanted`; as the patient may, unless `by_desk=True`."""
    wish = Wish.of(visit, starts_at=starts_at, **wanted)
    return moved_visits.reschedule(visit, to=wish, at=at, by=by, note=note, seen_sequence=seen_sequence)
