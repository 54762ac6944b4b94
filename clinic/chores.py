"""What the clinic itself does again and again: the waitlist, calls about visits, the archive of messages."""

from django.conf import settings

from clinic.messaging import archive
from clinic.models.chores import CHORES, Chore
from clinic.scheduling import visit_answers, waitlist

DAY = 24 * 3600


def _archive_messages(*, at):
    archive.archive(at=at, days=settings.MESSAGES_ARCHIVED_AFTER_DAYS)


CHORES.register(Chore("advance-waitlist", settings.BEAT_SECONDS, waitlist.advance_offers))
CHORES.register(Chore("open-waitlist-calls", settings.BEAT_SECONDS, waitlist.open_calls))
CHORES.register(Chore("open-unanswered-calls", settings.BEAT_SECONDS, visit_answers.open_unanswered_calls))
CHORES.register(Chore("archive-messages", DAY, _archive_messages))
