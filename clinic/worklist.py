"""Work items: opened once per cause, settled when no longer needed, completed by a person or postponed.

The caller that opens one says its kind (`work_kinds` of the package) and what it is about: `cause`, and if that is
not enough `purpose`, `occasion` and `sequence` (`clinic.models.about`). Its key is built here and never parsed.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import Patient, WorkItem
from clinic.signals import work_item_done


def new(kind, *, cause, purpose="", occasion="", sequence=None, **fields):
    """A work item that is not stored yet, for `open_all`. `fields`: what_to_say, due_at, patient, appointment ..."""
    about = {"purpose": purpose, "cause": cause, "occasion": occasion, "sequence": sequence}
    parts = ["" if part is None else str(part) for part in (kind.code, *about.values())]
    return WorkItem(kind=kind.code, key=":".join(parts), **about, **fields)


def open(kind, *, again=False, **fields):
    """Open a work item, once for what it is about; `fields` are those of `new`.

    One that has ended stays so; with `again` it is to be done again, from the `due_at` given here.
    """
    open_all([new(kind, **fields)], again=again)


def open_all(items, *, again=False):
    """The same for many items that `new` has made. If two callers open one at the same moment, the first
    is stored. Three queries; with `again` one more per item that existed. About a patient who has died only what is
    for the dead is opened.
    """
    by_key = {item.key: item for item in _without_the_dead(list(items))}
    if not by_key:
        return
    known = {item.key: item for item in WorkItem.objects.filter(key__in=by_key)}
    WorkItem.objects.bulk_create((by_key[key] for key in by_key if key not in known), ignore_conflicts=True)
    for item in known.values() if again else ():
        item.reopen(due_at=by_key[item.key].due_at)


def _without_the_dead(items):
    asked = {item.patient_id for item in items if not item.work_kind.is_for_the_dead} - {None}
    dead = (
        set(Patient.objects.filter(pk__in=asked, died_on__isnull=False).values_list("pk", flat=True)) if asked else ()
    )
    return [item for item in items if item.work_kind.is_for_the_dead or item.patient_id not in dead]


def find(*kinds, **about):
    """The work items of these kinds about a `cause` (appointment, patient ...; look-ups of Django), ended or not."""
    return WorkItem.objects.filter(kind__in=[kind.code for kind in kinds], **about)


def settle(*kinds, note, at, **about):
    """End those that are still to be done, as no longer needed. `note` says why.

    Call it in the transaction that removed the need.
    """
    find(*kinds, **about).cancel(note=note, at=at)


def add_steps(items, *, door):
    """Give each item its `steps`: what the pages of this area ("desk" or "practice") offer to solve it.

    The number of queries depends on how many kinds there are, not on how many items.
    """
    for kind in {item.work_kind.code: item.work_kind for item in items}.values():
        same = [item for item in items if item.kind == kind.code]
        steps_of = kind.desk_steps if door == "desk" else kind.practice_steps
        for item, steps in zip(same, steps_of(same), strict=True):
            item.steps = steps
    return items


def complete(item, *, by, at, note=""):
    """A person at the desk has done it. Raises MoveNotAllowed for what only a physician ends, DomainError for the field
    `note` if somebody was unwell and the note does not say what was reported.
    """
    if item.needs_a_note and not has_visible_text(note):
        raise DomainError(_("Write what was said and done: the next who looks at this patient reads it."), field="note")
    with transaction.atomic():
        item.complete_at_desk(by=by, note=note)
        work_item_done.send(WorkItem, item=item, by=by, note=note, at=at)


def postpone(item, *, until, note=""):
    """Postpone a work item until an instant. Raises MoveNotAllowed once it has ended, and for what cannot wait."""
    if item.is_urgent:
        raise MoveNotAllowed(_("This cannot wait until tomorrow. If nobody answers, tell a physician now."))
    item.put_off(until=until, note=note)
