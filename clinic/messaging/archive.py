"""Messages that ended long ago move from the outbox to the archive. `LiveAndArchived` reads the two as one list."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clinic.models import Message, MessageStatus, WorkItem
from clinic.models.messages import UNSENT, ArchivedMessage, MessageFields

BATCH = 500
MAX_BATCHES = 200  # in one run: the rest tomorrow
COPIED_FIELDS = ["id", *(field.attname for field in MessageFields._meta.get_fields())]


def archive(*, at, days):
    """Move what ended, and was last useful, more than `days` before `at` to the archive. Returns how many.

    What may still be sent stays, and so does what the desk was notified of, and what belongs to a visit that was less
    than `days` ago or is still to come. Each batch is a transaction of its own; may be repeated at any time.
    """
    before, moved, last = at - timedelta(days=days), 0, None
    for _batch in range(MAX_BATCHES):
        with transaction.atomic():
            rows = _old(before, after=last)
            _archive_rows(rows, at=at)
        moved += len(rows)
        if len(rows) < BATCH:
            break
        last = rows[-1]
    return moved


def _old(before, *, after):
    """A batch of them, locked, the oldest first; those after `after`, so that what stays is read only once."""
    waiting = [*UNSENT, MessageStatus.SENDING]
    rows = Message.objects.filter(due_at__lt=before, not_after__lt=before, ended_at__lt=before)
    rows = rows.exclude(status__in=waiting).exclude(appointment__starts_at__gte=before)
    rows = rows.exclude(Exists(WorkItem.objects.filter(message=OuterRef("pk"))))
    if after:
        rows = rows.filter(due_at__gte=after.due_at).filter(Q(due_at__gt=after.due_at) | Q(pk__gt=after.pk))
    locked = rows.select_for_update(of=["self"], skip_locked=True).order_by("due_at", "pk")
    return list(locked.prefetch_related("attempts")[:BATCH])


def _archive_rows(rows, *, at):
    ArchivedMessage.objects.bulk_create(
        ArchivedMessage(
            **{name: getattr(message, name) for name in COPIED_FIELDS},
            tries_then=[[one.at.isoformat(), one.result, one.detail] for one in message.all_tries],
            archived_at=at,
        )
        for message in rows
    )
    Message.objects.filter(pk__in=[message.pk for message in rows]).delete()


class ByTime:
    """Query sets as one list, the latest first. For a slice only its own rows are read in full."""

    def __init__(self, *sources):
        """`sources`: pairs of a query set and the name of its time; each is in this order itself. Of two at one time
        the row of the earlier source is the later one.
        """
        self.sources = sources

    def __getitem__(self, wanted):
        keys = []
        for number, (rows, time) in enumerate(self.sources):
            keys += [(at, -number, pk) for at, pk in rows.values_list(time, "pk")[: wanted.stop]]
        keys = sorted(keys, reverse=True)[wanted]
        found = [rows.in_bulk([pk for _at, n, pk in keys if n == -of]) for of, (rows, _time) in enumerate(self.sources)]
        # A message archived between the two queries is missing from this page, and is there the next time.
        return [found[-n][pk] for _at, n, pk in keys if pk in found[-n]]


class LiveAndArchived(ByTime):
    """Messages and archived ones as one list, the latest due first."""

    def __init__(self, rows, older):
        super().__init__((rows, "due_at"), (older, "due_at"))


def visible_to(user):
    """What this person may see of the outbox, and of the archive."""
    return Message.objects.visible_to(user), ArchivedMessage.objects.visible_to(user)


def about(user, **what):
    """Those that this person may see, of one patient or visit, the latest due first."""
    return LiveAndArchived(*(rows.filter(**what) for rows in visible_to(user)))


def get(rows, older, pk):
    """The message with this number, or its row in the archive; None if there is neither."""
    return rows.filter(pk=pk).first() or older.filter(pk=pk).first()
