"""The hours at which a time comes free, and where the waitlist stands."""

from datetime import UTC, datetime, timedelta

from clinic.models import WaitlistEntry

EIGHT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # the clinic's clock; before that nobody is written to
ELEVEN = EIGHT + timedelta(hours=3)


def status(entry):
    return WaitlistEntry.objects.get(pk=entry.pk).status
