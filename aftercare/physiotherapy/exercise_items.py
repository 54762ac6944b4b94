"""What physiotherapists hear of exercises between two visits: nobody ticks one any more, or it does not feel right.

One item for each exercise and reason. It ends when the patient ticks it again (discomfort does not), when a
physiotherapist notes it, or with the exercise.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from aftercare import work_kinds
from clinic import worklist
from clinic.errors import DomainError
from clinic.lib.texts import has_visible_text

UNTICKED, DISCOMFORT = KINDS = work_kinds.EXERCISE_UNTICKED, work_kinds.EXERCISE_DISCOMFORT


def unticked(prescriptions, *, at):
    """Nobody has ticked these for too long."""
    items = [_new(UNTICKED, prescription, at=at) for prescription in prescriptions]
    worklist.open_all(items, again=True)


def felt_wrong(prescription, *, at):
    """The patient has said so."""
    worklist.open_all([_new(DISCOMFORT, prescription, at=at)], again=True)


def ticked(prescription, *, at):
    worklist.settle(UNTICKED, cause=prescription.pk, note=_("ticked again"), at=at)


def ended(prescriptions, *, at):
    """These (by key) are not done any more."""
    worklist.settle(*KINDS, cause__in=prescriptions, note=_("the exercise has ended"), at=at)


def of(prescriptions):
    """The items about these (by key) that are still to be done."""
    return worklist.find(*KINDS, cause__in=prescriptions).requested()


def waiting_by_kind(prescriptions):
    """Of these (by key), those with such an item that is still to be done, by its `WorkKind`. One query."""
    waiting = set(of(prescriptions).values_list("kind", "cause"))
    return {kind: {cause for code, cause in waiting if code == kind.code} for kind in KINDS}


def note(prescription, *, words, by):
    """A physiotherapist has looked at it, and writes what comes of it. Raises DomainError for the field `note` without
    words. Nothing happens when somebody was quicker.
    """
    if not has_visible_text(words):
        raise DomainError(_("Write what comes of it: call, change or go on."), field="note")
    with transaction.atomic():
        for item in of([prescription.pk]).select_for_update(of=["self"], no_key=True):
            item.complete(by=by, note=words.strip())


def _new(kind, prescription, *, at):
    return worklist.new(
        kind, cause=prescription.pk, patient=prescription.patient, what_to_say=str(prescription.exercise), due_at=at
    )
