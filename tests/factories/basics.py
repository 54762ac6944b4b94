"""The week of the tests (`NOW` is Monday 2 March 2026, 07:00 in Vilnius), and a running number for unique values."""

from datetime import UTC, date, datetime
from itertools import count

from django.utils import timezone

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
numbers = count(1)


def at(text):
    """The instant of a civil time of the clinic: `at("2026-03-02 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


def civil(instant):
    """The reverse: what the clinic's wall clock shows then."""
    return f"{timezone.localtime(instant, timezone.get_default_timezone()):%Y-%m-%d %H:%M}"
