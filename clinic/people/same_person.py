"""Two entries that may be one person. Nobody is found by a booking, so who books twice has two: a person at the desk
compares them before the visit, and says whether they are one or two.
"""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.models import WorkItem
from clinic.people import patient_search


def look(patient, *, at, appointment=None):
    """Open a work item for each other entry with this patient's name and birth date, or number; once for two entries.

    `appointment` is the visit before which they are to be compared.
    """
    items = [_item(patient, other, at=at, appointment=appointment) for other in patient_search.same_people(patient)]
    worklist.open_all(items)


def are_two(one, other, *, by, at):
    """A person has compared them: they are two people. It is not asked again."""
    with transaction.atomic():
        item = _item(one, other, at=at)
        worklist.open_all([item])
        for asked in WorkItem.objects.requested().filter(key=item.key):
            worklist.complete(asked, by=by, at=at, note=_("They are two people."))


def settle_merged(duplicate, *, at):
    """Whatever was asked about this entry is answered, or asked again about the one that stays."""
    about = worklist.find(work_kinds.SAME_PERSON).requested()
    about.filter(Q(cause=duplicate.pk) | Q(occasion=str(duplicate.pk))).cancel(note=_("merged"), at=at)


def _item(one, other, *, at, appointment=None):
    older, newer = sorted((one, other), key=lambda patient: patient.pk)
    about = {"cause": newer.pk, "occasion": str(older.pk), "patient": newer, "appointment": appointment}
    return worklist.new(work_kinds.SAME_PERSON, **about, what_to_say=_what_to_say(newer, older), due_at=at)


def _what_to_say(newer, older):
    if patient_search.share_an_address(newer, older):
        return _(
            "There is an older entry with the same name, birth date, and e-mail or phone. "
            "Compare both before the visit: answers and records must not go to the wrong one."
        )
    return _(
        "There is an older entry with the same name and birth date, but another e-mail and phone. Ask, and see the "
        "person, before you say that they are one: it may be a stranger who knows the name."
    )
