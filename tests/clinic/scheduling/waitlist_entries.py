"""The hours at which a time becomes free, and the state of the waitlist."""

from datetime import UTC, datetime, timedelta

from clinic.models import WaitlistEntry

EIGHT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # on the clinic's clock; nobody gets a message before that
UNDO = timedelta(minutes=3)  # a cancelled time is offered when it can come back no longer
ELEVEN = EIGHT + timedelta(hours=3)


def status(entry):
    return WaitlistEntry.objects.get(pk=entry.pk).status
