"""Clinical words, rules, risks and strengths: somebody proposes a change, a physician approves it by name and time."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import work_kinds, worklist
from clinic.approvals import rows, versions
from clinic.approvals.clinical_models import CLINICAL_MODELS
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import ChangeVerb, ClinicalChange

CHANGED_MEANWHILE = gettext_lazy("This was changed in the meantime. Refuse it, and ask for a new proposal.")


@dataclass(frozen=True)
class Proposal:
    """`row` as it is to be; `before` and `after` are snapshots with the rows that belong to it."""

    row: Model
    verb: str
    before: list = field(default_factory=list)
    after: list = field(default_factory=list)


def propose(proposal, *, by, at):
    """Ask the physicians to approve it. Returns the ClinicalChange; None where nothing is to change."""
    if proposal.before == proposal.after:
        return None
    row = proposal.row
    with transaction.atomic():
        change = ClinicalChange.objects.create(
            model=row._meta.label_lower,
            row="" if proposal.verb == ChangeVerb.ADD else str(row.pk),
            title=str(row)[:200],
            verb=proposal.verb,
            before=proposal.before,
            after=proposal.after,
            fixed=_fixed(row),
            proposed_by=by,
            proposed_at=at,
        )
        worklist.open(
            work_kinds.CLINICAL_CHANGE, cause=change.pk, what_to_say=f"{change.kind}: {change.title}", due_at=at
        )
    return change


def approve(change, *, by, at):
    """It is in force from now on, approved by the physician `by`.

    Raises MoveNotAllowed for one that was decided and for who proposed it, and DomainError when its row was changed
    meanwhile or a rule of the row refuses it.
    """
    with transaction.atomic():
        change = _lock(change)
        if change.proposed_by_id == by.pk:
            raise MoveNotAllowed(_("You proposed this. Another physician reads it and approves it."))
        try:
            main = _put_in_force(change)
        except ValidationError as refusal:
            raise DomainError(" ".join(refusal.messages)) from refusal
        except ProtectedError as refusal:
            raise DomainError(_("It is used elsewhere, so it cannot be removed.")) from refusal
        change.row = str(main.pk) if main else change.row
        _decide(change, was_approved=True, by=by, at=at)
        versions.of_rows([main] if main else [], at=at, change=change)
    return change


def refuse(change, *, note, by, at):
    """It never comes into force; `note` says why. Raises DomainError without one, MoveNotAllowed once decided."""
    if not note:
        raise DomainError(_("Write why not: whoever proposed it reads it."), field="note")
    with transaction.atomic():
        change = _lock(change)
        change.note = note
        _decide(change, was_approved=False, by=by, at=at)
    return change


def approve_as_it_is(row, *, seen, by, at):
    """A physician has read a row that nobody changes, and approves it.

    `seen` is the digest of what the page showed: raises MoveNotAllowed when that is no longer what stands there.
    """
    now = rows.snapshot(row, CLINICAL_MODELS.get(row._meta.label_lower).children)
    if rows.digest(now) != seen:
        raise MoveNotAllowed
    change = ClinicalChange.objects.create(
        model=row._meta.label_lower,
        row=str(row.pk),
        title=str(row)[:200],
        verb=ChangeVerb.AS_IT_IS,
        before=now,
        after=now,
        proposed_by=by,
        proposed_at=at,
        decided_by=by,
        decided_at=at,
        was_approved=True,
    )
    versions.of_rows([row], at=at, change=change)
    return change


def _fixed(row):
    return sorted(CLINICAL_MODELS.get(row._meta.label_lower).fixed(row))


def _lock(change):
    row = ClinicalChange.objects.select_for_update(of=["self"]).open().filter(pk=change.pk).first()
    if row is None:
        raise MoveNotAllowed
    return row


def _put_in_force(change):
    """The row itself; None for one that is removed."""
    if change.verb == ChangeVerb.ADD:
        return rows.put_in_force(change.after, before=[])
    there = _as_proposed(change)
    if change.verb == ChangeVerb.DELETE:
        there.delete()
        return None
    return rows.put_in_force(change.after, before=change.before)


def _as_proposed(change):
    """The row, if it is still as it was when the change was proposed, and records rely on no more of it."""
    kind = CLINICAL_MODELS.get(change.model)
    there = kind.model._default_manager.select_for_update(of=["self"]).filter(pk=change.row).first()
    if there is None or rows.snapshot(there, kind.children) != change.before:
        raise DomainError(str(CHANGED_MEANWHILE))
    if _fixed(there) != change.fixed:
        raise DomainError(str(CHANGED_MEANWHILE))
    return there


def _decide(change, *, was_approved, by, at):
    change.was_approved, change.decided_by, change.decided_at = was_approved, by, at
    change.save(update_fields=["row", "note", "was_approved", "decided_by", "decided_at"])
    for item in worklist.find(work_kinds.CLINICAL_CHANGE, cause=change.pk).requested():
        item.complete(by=by, note=change.note)
