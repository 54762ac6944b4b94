"""After a backup was put back: what may have gone out is settled, and people hear what is lost."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.errors import DomainError
from clinic.lib import civil_time, row_numbers
from clinic.messaging import companions, doorbell, epoch, incoming, restored_messages
from clinic.messaging.channels import TemporaryFailure, registry
from clinic.messaging.restored_messages import Fate
from clinic.models import AppointmentStatus, BrowserSession, MessageChannel
from clinic.operations import audit_ends

CLOCKS_DIFFER = timedelta(minutes=10)
PART = 500
UNSETTLED = (Fate.NOT_ASKED, Fate.BUSY)
# Occasions of the work items
LOST_ENTRIES, VISITS_AHEAD, OTHER_MAILS = "entries", "ahead", "others"


@dataclass
class Report:
    """`fates`: how many messages each `Fate` has; a provider that does not say what it heard counts as one that is not
    settled. `is_settled`: deliveries go on.
    """

    taken_at: datetime
    until: datetime
    fates: Counter = field(default_factory=Counter)
    heard: int = 0  # SMS that people wrote since the backup, and that are taken up now
    is_settled: bool = False
    was_settled_before: bool = False
    sequences_moved: bool = True

    @property
    def unsettled(self):
        return sum(self.fates[fate] for fate in UNSETTLED)


def plan(*, taken_at, at):
    """What `settle` would do, asking no provider and changing nothing: fates, and None for what would be asked."""
    report = _begin_report(taken_at, at=at)
    for message in _each(restored_messages.candidates(restored_at=report.until)):
        report.fates[restored_messages.planned_fate(message, at=at)] += 1
    return report


def settle(*, taken_at, at, say=lambda count: None):
    """Settle all that may have gone out since the backup, and let deliveries go on. Returns a `Report`.

    `taken_at`: the moment of the backup. Stops deliveries first, also where no restore was noticed. May be killed and
    run again; once it is settled, running it again does nothing. If something could not be settled, deliveries stay
    held. `say` is called with how many are done. Raises DomainError for a moment that cannot be right.
    """
    report = _begin_report(taken_at, at=at)
    if report.was_settled_before:
        return report
    since = min(taken_at, epoch.moment(epoch.mark(at=at).number)) - CLOCKS_DIFFER
    epoch.hold(at=at)
    report.sequences_moved = _begin(report)
    _hear_again(report, since=since, at=at)
    for message in _each(restored_messages.candidates(restored_at=report.until)):
        report.fates[restored_messages.settle(message, since=since, at=at)] += 1
        say(report.fates.total())
    if not report.unsettled:
        _finish(report, at=at)
    return report


def _each(messages):
    """The messages of a queryset, read in parts, because the rows change meanwhile.

    Last those whose text may have been another: by then it is known which of what went out are others.
    """
    keys = list(messages.order_by("pk").values_list("pk", "purpose"))
    rewritten = [pk for pk, purpose in keys if purpose in companions.TOGETHER]
    keys = [pk for pk, purpose in keys if purpose not in companions.TOGETHER] + rewritten
    for part in range(0, len(keys), PART):
        rows = messages.model.objects.in_bulk(keys[part : part + PART])
        yield from (rows[pk] for pk in keys[part : part + PART] if pk in rows)


def _begin_report(taken_at, *, at):
    row = epoch.mark(at=at)
    if taken_at > at:
        raise DomainError(_("That is in the future."))
    if row.restored_at is None:
        return Report(taken_at, at, was_settled_before=bool(row.settled_at and taken_at <= row.settled_at))
    if row.outside_number and taken_at >= epoch.moment(row.outside_number):
        until = civil_time.written(epoch.moment(row.outside_number))
        raise DomainError(
            _("The backup is older than that: messages that went out until %(until)s are not in it.") % {"until": until}
        )
    return Report(taken_at, row.restored_at)


def _begin(report):
    """Once for each restore: everybody signs in again, new rows get new numbers. Returns whether the latter worked."""
    cause = _cause(report)
    if worklist.find(work_kinds.RESTORED, cause=cause, occasion=LOST_ENTRIES).exists():
        return True
    try:
        with transaction.atomic():
            row_numbers.skip()
        is_moved = True
    except DatabaseError:
        is_moved = False
    with transaction.atomic():
        BrowserSession.objects.all().delete()  # who signed out since the backup would be signed in again
        audit_ends.note_restore(report.taken_at)
        _open(report, LOST_ENTRIES, _what_is_lost(report))
    return is_moved


def _hear_again(report, *, since, at):
    """What people wrote to us since the backup, the provider still knows: a person reads it."""
    for way in registry.ways_out(MessageChannel.SMS):
        try:
            report.heard += sum(incoming.receive_late(heard, at=at) for heard in way.heard(since=since))
        except TemporaryFailure:
            report.fates[Fate.NOT_ASKED] += 1


def _finish(report, *, at):
    with transaction.atomic():
        left = restored_messages.given_to_people(since=report.until)
        ahead = left.filter(appointment__status=AppointmentStatus.BOOKED, appointment__starts_at__gt=at)
        count_ahead, count = ahead.count(), left.count()
        if count_ahead:
            _open(report, VISITS_AHEAD, _what_about_visits(count_ahead))
        if count > count_ahead:
            _open(report, OTHER_MAILS, _what_about_others(count - count_ahead))
    epoch.settle(taken_at=report.taken_at, at=at)
    report.is_settled = True
    doorbell.ring()


def _open(report, occasion, what_to_say):
    """Since the moment of the backup, so that it stands high in the list."""
    worklist.open(
        work_kinds.RESTORED, cause=_cause(report), occasion=occasion, what_to_say=what_to_say, due_at=report.taken_at
    )


def _cause(report):
    """A restore has no row of its own: the moment of the backup, in seconds since 1970."""
    return int(report.taken_at.timestamp())


def _what_is_lost(report):
    return _(
        "What was entered between %(since)s and %(until)s is lost: bookings, changes, answers, consents, stops. Look at"
        " the mails and SMS that went out then, and enter it again. Everybody has to sign in again."
    ) % {"since": civil_time.written_short(report.taken_at), "until": civil_time.written_short(report.until)}


def _what_about_visits(count):
    return _(
        "%(count)s messages about visits still to come may have gone out or not. Begin with the next visits: ask who"
        " runs the mail server, which keeps a list. Send again what did not go out, or call."
    ) % {"count": count}


def _what_about_others(count):
    return _(
        "%(count)s other messages may have gone out or not. Ask who runs the mail server, which keeps a list. Send"
        " again what did not go out and is still of use."
    ) % {"count": count}
