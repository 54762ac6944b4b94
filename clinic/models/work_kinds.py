"""The kinds of work items: each package registers its own when it starts, and what is below knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.lib.registry import Registry


class EndedBy(Enum):
    """Who says that a work item is done. The desk sees them all, but what only a physiotherapist or a manager does."""

    DESK = "desk"
    PHYSICIAN = "physician"  # only the clinical act ends it; the desk may call
    PHYSIOTHERAPIST = "physiotherapist"  # about exercises, which the desk does not see
    MANAGER = "manager"  # about what colleagues did
    EITHER = "either"  # whoever is first


@dataclass(frozen=True)
class Step:
    """A link to where a work item is solved."""

    label: str
    url: str


def each(steps_of):
    """Decorates a function whose steps depend on the item alone: `steps_of(item)` is a list of steps."""

    def steps(items):
        return [steps_of(item) for item in items]

    return steps


@each
def no_steps(item):
    return []


def at_the_visit(label, view):
    """One step, to a page of the visit (the name of its view); none if the item is about no visit."""

    @each
    def steps(item):
        return [Step(label, reverse(view, args=[item.appointment_id]))] if item.appointment_id else []

    return steps


open_the_visit = at_the_visit(_("Open the visit"), "practice-visit")


@dataclass(frozen=True)
class WorkKind:
    """One reason why a person has to do something, and how it is handled.

    `code` is stored in the rows: 20 characters at most. An urgent one cannot wait until tomorrow and is shown above
    every page of those who may end it. One that needs a note is done when somebody has written what was reported. One
    that is read out shows the words of its message, to be read on the phone. One about nobody has no patient. One
    for the dead is also to be done when its patient has died: all others would hurt a family by a call.

    `desk_steps` and `practice_steps` are what the desk's and the physicians' pages offer: a function that takes
    items of this kind and gives a list of `Step`s for each, in order. The desk's gets only items with a
    patient, with an SMS of which nobody knows yet whom it is about, or about nobody.
    """

    code: str
    label: str
    ended_by: EndedBy = EndedBy.DESK
    is_urgent: bool = False
    needs_a_note: bool = False
    is_about_nobody: bool = False
    is_read_out: bool = False
    is_for_the_dead: bool = False
    desk_steps: Callable = no_steps
    practice_steps: Callable = open_the_visit


WORK_KINDS = Registry("kind of work item")


def choices():
    """Code and label of each kind. A function, so that a new kind needs no migration."""
    return [(kind.code, kind.label) for kind in WORK_KINDS]


def codes_ended_by(*who):
    return [kind.code for kind in WORK_KINDS if kind.ended_by in who]


def codes_for_the_dead():
    return [kind.code for kind in WORK_KINDS if kind.is_for_the_dead]


def urgent_codes():
    return [kind.code for kind in WORK_KINDS if kind.is_urgent]
