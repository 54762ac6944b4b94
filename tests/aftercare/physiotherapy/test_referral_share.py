"""The share of referrals that were seen in time, by how each ended."""

from datetime import date

import pytest

from aftercare.models import ServiceRequest
from aftercare.outcomes import referrals
from clinic.models import AppointmentStatus, WorkItem
from clinic.scheduling import attendance, cancellations
from tests import factories
from tests.aftercare.physiotherapy.answered_referrals import assess, declined, elsewhere
from tests.aftercare.physiotherapy.reminded_referrals import (
    book_soon,
)
from tests.factories import at

pytestmark = pytest.mark.django_db
NOW = "2026-03-04 12:00"


def ending(on="2026-03-10"):
    """How the one referral ended."""
    [month] = [month for month in referrals.by_month(on=date.fromisoformat(on)) if month.total]
    [(name, _one)] = [(name.value, count) for name, count in month.counts.items() if count]
    return month.first, name, month.percent


@pytest.mark.parametrize(
    ("starts_at", "status", "expected"),
    [
        ("2026-03-09 16:00", AppointmentStatus.FULFILLED, ("here", 100)),
        ("2026-03-10 09:00", AppointmentStatus.FULFILLED, ("late", 0)),
        ("2026-03-09 16:00", AppointmentStatus.NOSHOW, ("not-attended", 0)),
        ("2026-03-09 16:00", AppointmentStatus.CANCELLED, ("not-booked", 0)),
    ],
)
def test_share_counts_who_was_seen_here_by_the_last_day(referral, patient, starts_at, status, expected, time_machine):
    visit = book_soon(patient, starts_at)
    if status == AppointmentStatus.FULFILLED:
        visit.status = status
        visit.save()
    elif status == AppointmentStatus.NOSHOW:
        attendance.did_not_attend(visit, at=at("2026-03-09 16:40"), by=factories.user())
    else:
        cancellations.cancel(visit, at=at("2026-03-08 16:40"))
    time_machine.move_to(at("2026-03-20 12:00"))

    assert ending() == (date(2026, 3, 1), *expected)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-03-09", ("elsewhere", 100)), ("2026-03-10", ("elsewhere-late", 0))]
)
def test_share_counts_who_goes_elsewhere_by_the_last_day(referral, day, expected):
    elsewhere(referral, day)

    assert ending()[1:] == expected


def test_share_counts_declined_unbooked_and_assessed_without_a_visit(referral):
    assert ending()[1:] == ("not-booked", 0)
    declined(referral)
    assert ending()[1:] == ("declined", 0)
    assess(referral, now="2026-03-09 23:30")
    assert ending()[1:] == ("here", 100)


def test_share_leaves_out_void_records_and_those_whose_last_day_is_not_over(referral):
    assert [month.total for month in referrals.by_month(on=date(2026, 3, 9))] == [0] * 12
    ServiceRequest.objects.update(status="revoked")
    assert referrals.total_of(referrals.by_month(on=date(2026, 3, 10))).percent is None


def test_no_work_is_left_after_the_whole_loop(referral, patient):
    elsewhere(referral)
    book_soon(patient)
    assess(referral)

    assert not WorkItem.objects.filter(status="requested").exists()
