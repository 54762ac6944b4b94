"""What the clinic does again and again: waitlist, calls about visits, affected visits, what is left over, archive."""

from importlib import import_module

from django.conf import settings

from clinic.messaging import archive, incoming
from clinic.messaging.bounces import mailbox
from clinic.models.chores import CHORES, Chore
from clinic.operations import audit_ends, shared_cache
from clinic.people import coming_of_age, unsent_forms
from clinic.privacy import retention
from clinic.scheduling import affected_visits, booking_requests, old_holds, visit_answers, waitlist

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


def _archive_messages(*, at):
    archive.archive(at=at, days=settings.MESSAGES_ARCHIVED_AFTER_DAYS)


def _drop_expired_sessions(*, at):
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


CHORES.register(Chore("advance-waitlist", settings.BEAT_SECONDS, waitlist.advance_offers))
CHORES.register(Chore("open-waitlist-calls", settings.BEAT_SECONDS, waitlist.open_calls))
CHORES.register(Chore("open-unanswered-calls", settings.BEAT_SECONDS, visit_answers.open_unanswered_calls))
CHORES.register(Chore("take-up-sms", settings.BEAT_SECONDS, incoming.take_up_left))
CHORES.register(Chore("drop-unsent-forms", 5 * MINUTE, unsent_forms.drop_expired))
CHORES.register(Chore("review-affected-visits", settings.BEAT_SECONDS, affected_visits.review_after_changes))
CHORES.register(Chore("end-guardians", HOUR, coming_of_age.end_guardians))
CHORES.register(Chore("remove-old-holds", HOUR, old_holds.remove))
CHORES.register(Chore("forget-booking-requests", DAY, booking_requests.forget))
CHORES.register(Chore("fetch-sms", 10 * MINUTE, incoming.fetch))
CHORES.register(Chore("archive-messages", DAY, _archive_messages))
CHORES.register(Chore("drop-expired-sessions", DAY, _drop_expired_sessions))
CHORES.register(Chore("retention", DAY, retention.apply_by_itself))
CHORES.register(Chore(audit_ends.CHORE, HOUR, audit_ends.look))
CHORES.register(Chore("forget-expired-values", HOUR, shared_cache.forget_expired))
if settings.BOUNCE_IMAP_URL:
    CHORES.register(Chore("read-bounces", 5 * 60, mailbox.read))
