"""Was the database restored from a backup? Then what went out since looks as if it were still due.

Before each claim a mark in the database moves on, and is then noted outside of it. A database whose mark is behind
what is known outside has forgotten deliveries: nothing goes out until `manage.py after_restore` has settled them.
A crash between the two writes leaves the database ahead, which is harmless.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from clinic.lib import row_numbers
from clinic.lib.durable import durable
from clinic.messaging import outside_memory
from clinic.models import DeliveryMark, Message

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """The database is older than what was delivered: it knows all until `database_until`, and nothing after that.

    `delivered_until` is None where nobody knows: no place outside has ever seen this database.
    """

    seen_at: datetime
    database_until: datetime
    delivered_until: datetime | None

    def __str__(self):
        taken_at = self.database_until.isoformat(timespec="seconds")
        return f"the database was restored from a backup: run manage.py after_restore --taken-at {taken_at}"


def may_deliver(*, at):
    """Ask right before claiming. False when the database was restored and nobody has settled that: nothing may go out.

    Moves the mark on. Outside any transaction: a mark that is known outside and then rolled back looks like a restore.
    """
    known = outside_memory.recall()
    name = next(iter(known), None)
    if name and _move_on(name, beyond=known[name], at=at):
        return True
    if state := look(at=at):
        logger.error("No message goes out: %s", state)
        return False
    name = str(mark(at=at).database)
    return _move_on(name, beyond=outside_memory.recall(name).get(name, 0), at=at)


def restored_state():
    """Whether the database is known to be restored and not settled: a `Restored`, else None. One query."""
    row = DeliveryMark.objects.exclude(restored_at=None).first()
    if row is None:
        return None
    return Restored(row.restored_at, moment(row.number), row.outside_number and moment(row.outside_number))


def look(*, at):
    """`restored_state`, after comparing the database with what is known outside. Does not move the mark on."""
    name = str(mark(at=at).database)
    known = outside_memory.recall(name)  # before the row's number: others move it on meanwhile
    row = mark(at=at)
    if known.get(name, 0) > row.number:
        hold(at=at, outside_number=known[name])
    elif known and name not in known and not settings.DEMO and Message.objects.exists():
        hold(at=at)  # this machine delivered for a database with another name, and this one is not new
    return restored_state()


def hold(*, at, outside_number=None):
    """Stop all deliveries until `settle`. What is written from now on gets numbers that nothing lost can have had."""
    held = DeliveryMark.objects.filter(restored_at=None).update(restored_at=at, outside_number=outside_number)
    if held:
        logger.error("No message goes out from now on: %s", restored_state())
        try:
            with transaction.atomic():
                row_numbers.skip()
        except DatabaseError:  # not allowed to; deliveries stay held all the same
            logger.exception("New rows may get numbers that lost ones had.")


def settle(*, taken_at, at):
    """Everything that may have gone since `taken_at` is settled: deliveries go on, and every place outside follows."""
    with transaction.atomic():
        row = DeliveryMark.objects.select_for_update().get()
        furthest = outside_memory.recall(str(row.database)).values()
        row.number = max(_number(at), *(number + 1 for number in (row.number, *furthest)))
        row.restored_at = row.outside_number = None
        row.settled_taken_at, row.settled_at = taken_at, at
        row.save()
    outside_memory.remember(str(row.database), row.number)


def mark(*, at):
    """The row; made where there is none, as in a new database."""
    return DeliveryMark.objects.get_or_create(pk=DeliveryMark.ONLY, defaults={"number": _number(at)})[0]


def moment(number):
    """When the mark had this number."""
    return datetime.fromtimestamp(number / 1000, UTC)


def _move_on(name, *, beyond, at):
    """False if the database has another name, or was not as far as is known outside, or is held."""
    row = DeliveryMark.objects.filter(database=name, number__gte=beyond, restored_at=None)
    with durable():  # else a power cut takes it back, but not what is noted outside
        if not row.update(number=Greatest(F("number") + 1, _number(at))):
            return False
    outside_memory.remember(name, DeliveryMark.objects.values_list("number", flat=True).get())
    return True


def _number(at):
    return int(at.timestamp() * 1000)
