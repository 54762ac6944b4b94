"""Where the audit trail ended, noted outside the database each hour: in the log, and in a file that a restore leaves.

Whoever cuts off the end of the chain, or writes it anew, leaves a database in which nothing is wrong by itself.
A backup that was put back looks the same; `manage.py after_restore` says so in the trail, and what was noted before is
then expected to be lost.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from clinic import audit_kinds
from clinic.messaging import epoch
from clinic.models import AuditLink
from clinic.models.chores import ChoreRun
from clinic.people import audit_chain, auditing

logger = logging.getLogger(__name__)
CHORE = "look-at-audit-trail"


class TrailBroken(Exception):
    """The audit trail is not as it was written; `manage.py verify_audit` says where."""


def verify(also=(), *, at):
    """Look at the whole trail, and compare it with what is known outside. Returns an `audit_chain.Report`.

    `also`: more pairs of number and hash, from another place. Notes the end if all is well.
    """
    report = audit_chain.verify([*known(at=at), *also])
    if not report.faults:
        _note(report, at=at)
    return report


def look(*, at):
    """A chore: look at what came since the last time, and note the end. Raises TrailBroken."""
    seen = known(at=at)
    report = audit_chain.verify_after(*(seen[-1] if seen else (0, "")))
    if report.faults:
        raise TrailBroken(report.faults[0])
    _note(report, at=at)


def known(*, at):
    """Pairs of number and hash that this machine has seen, the latest last, without those that a restore took back."""
    restores = AuditLink.objects.filter(event__kind=audit_kinds.RESTORED.code).values_list("event__at", "number")
    restores = list(restores)
    return [
        (number, last_hash)
        for number, last_hash, noted_at in _read(at=at)
        if not any(restored_at > noted_at and number >= place for restored_at, place in restores)
    ]


def note_restore(taken_at):
    """Say in the trail that a backup was put back, so that an earlier end is right from now on."""
    auditing.noted(audit_kinds.RESTORED, what=f"backup of {taken_at:%Y-%m-%d %H:%M %Z}".strip())


def _file(*, at):
    return settings.MEMORY_DIR / f"audit-{epoch.mark(at=at).database}"


def _read(*, at):
    """Number, hash and time of each line; one that a power cut left unfinished is left out."""
    with suppress(OSError):
        for line in _file(at=at).read_text(errors="replace").splitlines():
            with suppress(ValueError):
                number, last_hash, noted_at = line.split()
                yield int(number), last_hash, datetime.fromisoformat(noted_at)


def _note(report, *, at):
    """A line for each end that is new. It may be lost with the machine: the log has it, too."""
    if not report.number or (report.number, report.hash) in known(at=at):
        return
    logger.info("audit trail: %s entries, the last hash is %s", report.number, report.hash)
    try:
        path = _file(at=at)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(f"{report.number} {report.hash} {at.isoformat()}\n")
    except OSError as error:
        logger.warning(
            "the end of the audit trail cannot be noted in %s: %s", settings.MEMORY_DIR, type(error).__name__
        )


@dataclass(frozen=True)
class State:
    """What is known of the trail: `looked_at` (None: not yet), and since when it is `broken`, or None."""

    looked_at: datetime | None = None
    broken_since: datetime | None = None


def state():
    """As the last run of the chore found it."""
    run = ChoreRun.objects.filter(code=CHORE).first()
    if run is None:
        return State()
    return State(looked_at=run.done_at, broken_since=run.failed_at if run.failure == TrailBroken.__name__ else None)
