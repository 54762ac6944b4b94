"""Is every signed record as it was signed? Each is held against its seals, and the seals against the audit trail.

A trigger stops mistakes; whoever owns the database can take it away, change a row and put it back. That is what is
found here. Who also writes the seal anew is given away by the hash in the audit trail, which is a chain whose end is
known outside the database (`clinic.operations.audit_ends`).
"""

import json
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.approvals import versions
from clinic.models import AuditEvent, DataRemoval, RemovalKind
from procedures import audit_kinds, work_kinds
from procedures.models import Addendum, Consent, Procedure, ProcedureStatus, sha256_of_consent
from procedures.records import sealed_content, sealed_facts
from procedures.records.sealed_content import RECORD
from procedures.records.seals import PARTS, missing_triggers

logger = logging.getLogger(__name__)
PART = 200
SEALED_AT_ONCE = 300
DAYS_FOR_ALL = 30
RECENT = timedelta(days=2)
NOTE = Addendum._meta.model_name
HEX = 64  # the length of a SHA-256


@dataclass
class Report:
    """`records`: how many were held against their seals; `unsealed`: how many have none yet; `faults`: sentences."""

    records: int = 0
    unsealed: int = 0
    faults: list = field(default_factory=list)


def verify():
    """Look at every signed and void record, every consent, and the triggers. Returns a Report."""
    report, noted = Report(), _noted()
    _look_at(_signed(), noted, report)
    _look_at_consents(Consent.objects.all(), report)
    _look_for_removed(noted, report)
    for version in versions.altered():
        report.faults.append(_("A version of the catalogue was changed: %(name)s.") % {"name": version})
    for name in missing_triggers():
        report.faults.append(_("The database does not protect records: the trigger %(name)s is away.") % {"name": name})
    return report


def look(*, at):
    """A chore: records of the last two days and a thirtieth of all others. What differs becomes a work item."""
    report, turn = Report(), timezone.localdate(at).toordinal() % DAYS_FOR_ALL
    its_turn = Q(turn=turn) | Q(signed_at__gte=at - RECENT)
    _look_at(_signed().annotate(turn=F("pk") % DAYS_FOR_ALL).filter(its_turn), _noted(), report)
    _look_at_consents(Consent.objects.annotate(turn=F("pk") % DAYS_FOR_ALL).filter(turn=turn), report)
    if report.faults:
        _tell(report, at=at)


def seal_older(*, at):
    """A chore: seal records that have no seal, some at a time, the oldest first. Returns how many."""
    without = list(_signed().filter(seals=None).order_by("pk")[:SEALED_AT_ONCE])
    for procedure in without:
        sealed_content.seal_late(procedure, at=at)
    return len(without)


def _signed():
    return Procedure.objects.exclude(status=ProcedureStatus.DRAFT)


def _look_at(records, noted, report):
    keys = list(records.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), PART):
        some = Procedure.objects.filter(pk__in=keys[first : first + PART]).select_related("void_request")
        parts = {model: _by_record(model, keys[first : first + PART]) for model in [*PARTS, Addendum]}
        for procedure in some.prefetch_related("seals").order_by("pk"):
            own = {model._meta.model_name: rows[procedure.pk] for model, rows in parts.items()}
            _look_at_one(procedure, own, noted.get(procedure.pk, {}), report)


def _by_record(model, keys):
    """{record: the facts of its rows, in order}."""
    found = defaultdict(list)
    for row in model.objects.filter(procedure__in=keys).order_by("pk"):
        found[row.procedure_id].append(sealed_facts.of_row(row, with_names=False))
    return found


def _look_at_one(procedure, parts, noted, report):
    seals = list(procedure.seals.all())
    if not seals and not noted:
        report.unsealed += 1
        return
    report.records += 1
    found = list(_seal_faults(seals, noted)) or list(_row_faults(procedure, parts, seals))
    report.faults += [_("Record %(number)s: %(what)s.") % {"number": procedure.pk, "what": what} for what in found]


def _seal_faults(seals, noted):
    """What is wrong with the seals themselves."""
    before = None
    for seal in seals:
        about = {"number": seal.number}
        if sealed_content.digest(seal.content) != seal.sha256:
            yield _("seal %(number)s was changed: its hash is another") % about
        elif before and json.loads(seal.content).get("after") != before.sha256:
            yield _("seal %(number)s does not follow from the one before") % about
        elif noted.get(seal.number, seal.sha256) != seal.sha256:
            yield _("seal %(number)s is another than the audit trail noted") % about
        before = seal
    for number in sorted(noted.keys() - {seal.number for seal in seals}):
        yield _("seal %(number)s is gone") % {"number": number}


def _row_faults(procedure, parts, seals):
    """What the rows say otherwise than the seals, which are as they were made."""
    sealed = [json.loads(seal.content) for seal in seals]
    yield from _differences(_("the record"), sealed[0][RECORD], sealed_facts.of_row(procedure, with_names=False))
    notes = {NOTE: [each[NOTE] for each in sealed if NOTE in each]}
    for name, rows in parts.items():
        yield from _of_parts(name, (sealed[0] | notes).get(name), rows)
    yield from _void_faults(procedure, [each["void"] for each in sealed if "void" in each])


def _void_faults(procedure, sealed):
    if procedure.is_void != bool(sealed):
        yield _("whether it is void is not what was sealed")
        return
    for each in sealed:
        now = sealed_facts.of_row(procedure.void_request, with_names=False)
        yield from _differences(_("the void"), each, now)


def _of_parts(name, sealed, now):
    if sealed is None:
        return  # of a model that came later
    kind = _("a part (%(kind)s)") % {"kind": name}
    if [row["id"] for row in sealed] != [row["id"] for row in now]:
        yield _("%(what)s was added or removed") % {"what": kind}
        return
    for was, is_now in zip(sealed, now, strict=True):
        yield from _differences(kind, was, is_now)


def _differences(what, was, now):
    if names := sealed_facts.changes(was, now):
        yield _("%(what)s says something else now: %(fields)s") % {"what": what, "fields": ", ".join(names)}


def _noted():
    """{record: {number of the seal: hash}} as the audit trail says; what was noted first counts."""
    events = AuditEvent.objects.filter(kind=audit_kinds.RECORD_SEALED.code).order_by("pk")
    found = {}
    for what in events.values_list("what", flat=True).iterator():
        place, _space, sha256 = what.partition(" ")
        record, _slash, number = place.partition("/")
        found.setdefault(int(record), {}).setdefault(int(number), sha256)
    return found


def _look_for_removed(noted, report):
    """Records that were sealed and are no longer there: right only for patients whose time was over."""
    gone = noted.keys() - set(_signed().values_list("pk", flat=True))
    if gone and not DataRemoval.objects.filter(kind=RemovalKind.OVER).exists():
        numbers = ", ".join(map(str, sorted(gone)[:20]))
        report.faults.append(_("Sealed records are gone: %(numbers)s.") % {"numbers": numbers})


def _look_at_consents(consents, report):
    for key, words, drawn, sha256 in consents.values_list("pk", "words", "drawn", "words_sha256").iterator():
        if len(sha256) == HEX and sha256_of_consent(words, drawn) != sha256:
            report.faults.append(_("Consent %(number)s: its words are not those that were signed.") % {"number": key})


def _tell(report, *, at):
    for sentence in report.faults:
        logger.error("records: %s", sentence)
    worklist.open(
        work_kinds.RECORD_DIFFERS,
        again=True,
        cause=0,
        what_to_say=_("Signed records are not as they were signed. Let the operator run “manage.py verify_records”."),
        due_at=at,
    )
