"""Holds that nobody booked do not stay for ever; what became a visit or was offered to somebody does."""

from datetime import timedelta

import pytest

from clinic.errors import MoveNotAllowed
from clinic.models import Appointment, AppointmentStatusChange
from clinic.models.chores import CHORES
from clinic.scheduling import booking, old_holds
from tests import factories
from tests.clinic.scheduling.visits import HALF_PAST_NINE
from tests.factories import NOW

pytestmark = pytest.mark.django_db
A_DAY_LATER = NOW + timedelta(days=1, minutes=10)  # after the ten minutes of a hold


def test_a_day_after_its_end_a_hold_is_removed(hold):
    hold()

    CHORES.get("remove-old-holds").run(at=A_DAY_LATER)

    assert (Appointment.objects.count(), AppointmentStatusChange.objects.count()) == (0, 0)


def test_before_that_it_stays_so_that_its_browser_is_told(hold):
    held = hold()

    assert old_holds.remove(at=A_DAY_LATER - timedelta(seconds=1)) == 0
    assert Appointment.objects.get().status == held.status == "pending"


def test_visits_stay(hold):
    booking.confirm(hold(), at=NOW, newcomer=factories.newcomer())
    released = hold(starts_at=HALF_PAST_NINE, browser="another", token="token-0002")
    released.expire()

    assert old_holds.remove(at=A_DAY_LATER) == 1
    assert Appointment.objects.get().status == "booked"


def test_what_was_offered_to_somebody_on_the_waitlist_stays(hold):
    held = hold()
    entry = factories.patient().waitlist_entries.create(
        visit_type=held.visit_type, earliest_on=NOW.date(), latest_on=NOW.date()
    )
    entry.offers.create(appointment=held, offered_at=NOW)

    assert old_holds.remove(at=A_DAY_LATER) == 0
    assert Appointment.objects.get().status == "expired"


def test_all_are_removed_in_small_parts(hold):
    hold()
    hold(starts_at=HALF_PAST_NINE, browser="another", token="token-0002")

    assert old_holds.remove(at=A_DAY_LATER, at_once=1) == 2


def test_an_act_that_wants_the_time_meanwhile_is_not_refused(hold):
    """It has read the hold, and comes to end it when the chore has done so already, or has removed it."""
    read, read_too = hold(), Appointment.objects.get()
    read.expire()

    read_too.expire()
    assert read_too.status == "expired"
    old_holds.remove(at=A_DAY_LATER)
    gone = Appointment(pk=read.pk, status="pending")
    gone.expire()


def test_a_hold_that_became_a_visit_meanwhile_is_not_ended(hold):
    read, held = hold(), Appointment.objects.get()
    booking.confirm(held, at=NOW, newcomer=factories.newcomer())

    with pytest.raises(MoveNotAllowed):
        read.expire()
