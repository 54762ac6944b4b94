"""The audit trail is a chain: the database gives each event a number and a hash that depends on all before it.

On SQLite, where one writes at a time, a trigger does it with the row. On PostgreSQL it does it when the transaction
commits, under a lock that is held no longer than that, so that nobody who reads a page waits for an act to end.
Whoever owns the database can rewrite the whole chain; then its end is another than the one known outside
(`clinic.operations.audit_ends`).
"""

import hashlib
from dataclasses import dataclass, field

from django.db import connections, transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from clinic.lib import append_only
from clinic.models import AuditEvent, AuditLink

STAY = [AuditEvent, AuditLink]
EVENTS, LINKS = AuditEvent._meta.db_table, AuditLink._meta.db_table
FAULTS_TOLD = 20
PART = 2_000


@dataclass
class Report:
    """`events`: how many are chained; `faults`: what is wrong, a sentence each, at most 20; `fault_count`: of how many.

    `number` and `hash`: the end of the chain. `older`: events from before it began, which are only counted.
    """

    events: int = 0
    number: int = 0
    hash: str = ""
    older: int = 0
    fault_count: int = 0
    faults: list = field(default_factory=list)

    def fault(self, sentence):
        self.fault_count += 1
        if len(self.faults) < FAULTS_TOLD:
            self.faults.append(sentence)


def install(sender=None, using="default", **kwargs):
    """A `post_migrate` receiver that makes the triggers."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not {EVENTS, LINKS} <= set(connection.introspection.table_names(cursor)):
            return  # migrated back to a time before this
        append_only.install(STAY, using=using)
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def lift(sender=None, using="default", **kwargs):
    """A `pre_migrate` receiver that takes the triggers away: SQLite cannot remake a table that a trigger names."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        append_only.lift(STAY, using=using)
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS clinic_audit_chain() CASCADE")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS clinic_audit_chain")


def missing_triggers():
    """The names of those that the database does not have, or has switched off."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    expected = [*append_only.names(STAY, vendor=connection.vendor), CHAIN[connection.vendor]]
    return [name for name in expected if name not in there]


CHAIN = {"postgresql": f"{EVENTS}.zz_chain", "sqlite": "clinic_audit_chain"}
# The hash is that of `hash_after`. The first number is 1; 0 is for what was there before.
LAST_HASH = f"COALESCE((SELECT hash FROM {LINKS} ORDER BY number DESC LIMIT 1), '')"  # noqa: S608 - names of our own
NEXT_NUMBER = f"COALESCE((SELECT max(number) FROM {LINKS}), 0) + 1"  # noqa: S608 - names of our own


def _sqlite():
    yield f"""
        CREATE TRIGGER IF NOT EXISTS clinic_audit_chain AFTER INSERT ON {EVENTS}
        BEGIN
            INSERT INTO {LINKS} (number, event_id, hash)
            SELECT number, NEW.id, SHA256(last || ' ' || number || ' ' || NEW.id || ' ' || NEW.digest)
            FROM (SELECT {NEXT_NUMBER} AS number, {LAST_HASH} AS last);
        END"""  # noqa: S608 - names of our own


def _postgresql():
    """The lock is on two numbers that nothing else here locks."""
    yield f"""
        CREATE OR REPLACE FUNCTION clinic_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('{LINKS}'), 0);
            INSERT INTO {LINKS} (number, event_id, hash)
            SELECT number, NEW.id,
                encode(sha256(convert_to(concat_ws(' ', last, number, NEW.id, NEW.digest), 'UTF8')), 'hex')
            FROM (SELECT {NEXT_NUMBER} AS number, {LAST_HASH} AS last) AS place;
            RETURN NULL;
        END $$"""  # noqa: S608 - names of our own
    yield f"DROP TRIGGER IF EXISTS zz_chain ON {EVENTS}"
    yield f"""
        CREATE CONSTRAINT TRIGGER zz_chain AFTER INSERT ON {EVENTS} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION clinic_audit_chain()"""


def hash_after(last, number, event, digest):
    """As the triggers make it: `last` is the hash before, "" for the first; `event` the key of the event."""
    return hashlib.sha256(f"{last} {number} {event} {digest}".encode()).hexdigest()


def end():
    """Number and hash of the last event, or (0, "")."""
    last = AuditLink.objects.order_by("number").values_list("number", "hash").last()
    return last or (0, "")


def verify(known=()):
    """Look at every event and every link. Returns a `Report`.

    `known`: pairs of number and hash that the chain is known to have had.
    """
    report = Report()
    _follow(report, dict(known))
    _count_older(report)
    for trigger in missing_triggers():
        report.fault(_("The database does not protect the trail: the trigger %(name)s is away.") % {"name": trigger})
    return report


def verify_after(number, last_hash):
    """Like `verify`, for what came after a place that was looked at before; that place itself is compared, too."""
    report = Report(number=number, hash=last_hash)
    if number and not AuditLink.objects.filter(number=number, hash=last_hash).exists():
        report.fault(_("Number %(number)s is missing, or not what it was.") % {"number": number})
    _follow(report, {})
    return report


def _follow(report, known):
    """Link by link, from where the report stands to the end."""
    links = AuditLink.objects.filter(number__gt=report.number).order_by("number").select_related("event")
    for link in links.iterator(chunk_size=PART):
        _look_at(link, report)
        if known.pop(link.number, link.hash) != link.hash:
            report.fault(_("Number %(number)s is another than the one known outside.") % {"number": link.number})
        report.number, report.hash = link.number, link.hash
    for number in sorted(known):
        sentence = _("Number %(number)s was there, and is missing: the trail ends at %(end)s.")
        report.fault(sentence % {"number": number, "end": report.number})


def _look_at(link, report):
    if link.number != report.number + 1:
        sentence = _("After number %(before)s comes %(number)s: what was between them is missing.")
        report.fault(sentence % {"before": report.number, "number": link.number})
    elif link.event is None:
        report.fault(_("The event of number %(number)s is missing.") % {"number": link.number})
    elif link.hash != hash_after(report.hash, link.number, link.event_id, link.event.digest):
        report.fault(_("Number %(number)s does not follow from the one before.") % {"number": link.number})
    elif link.event.digest != link.event.digest_of_words():
        sentence = _("Number %(number)s was changed: it is not what was written at %(at)s.")
        report.fault(sentence % {"number": link.number, "at": f"{link.event.at:%Y-%m-%d %H:%M}"})
    else:
        report.events += 1


def _count_older(report):
    """Those without a link are as many as there were when the chain began."""
    found = AuditEvent.objects.filter(link=None).aggregate(count=Count("pk"), last=Max("pk"))
    first = AuditLink.objects.filter(number=0).values_list("hash", flat=True).first()
    report.older = found["count"]
    expected = hashlib.sha256(f"{found['count']} {found['last']}".encode()).hexdigest() if found["count"] else None
    if first != expected:
        sentence = _("%(count)s events are in no chain, and they are not those that were there before it began.")
        report.fault(sentence % {"count": found["count"]})
