"""The times of the tests' Monday, and what the tests do with a visit and read from it."""

from datetime import UTC, datetime, timedelta

from clinic.models import Appointment

NINE = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
HALF_PAST_NINE = NINE + timedelta(minutes=30)
TEN = NINE + timedelta(hours=1)
ELEVEN = NINE + timedelta(hours=2)
SATURDAY = NINE + timedelta(days=5)


def where(visit):
    """The row as it is now: start, practitioner, status and calendar sequence."""
    row = Appointment.objects.get(pk=visit.pk)
    return row.starts_at, row.practitioner, row.status, row.calendar_sequence


def statuses():
    return list(Appointment.objects.order_by("pk").values_list("status", flat=True))
