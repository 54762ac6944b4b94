"""What the desk does about a work item: it is done, or it is tried again later.

And what opens and ends one by itself: a visit that was hit finds another time, a wish on the waitlist is about to end.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import WaitlistEntry, WaitlistStatus, WorkItem, WorkItemKind
from clinic.signals import work_item_done

WAITLIST_DAYS_BEFORE = 2


def complete(item, *, by, at, note=""):
    """A person at the desk has done it. Raises MoveNotAllowed for what only a physician ends, DomainError for the field
    `note` where somebody was unwell and the note does not say what was said.
    """
    if item.needs_a_note and not has_visible_text(note):
        raise DomainError(_("Write what was said and done: the next who looks at this patient reads it."), field="note")
    with transaction.atomic():
        item.complete_at_desk(by=by, note=note)
        work_item_done.send(WorkItem, item=item, by=by, note=note, at=at)


def postpone(item, *, until, note=""):
    """Put a work item off until an instant. Raises MoveNotAllowed once it ended, and for what cannot wait."""
    if item.is_urgent:
        raise MoveNotAllowed(_("This cannot wait until tomorrow. If nobody answers, tell a physician now."))
    item.put_off(until=until, note=note)


def settle_affected_visits(appointments, *, note, at):
    """These visits need no other time any more. Call it in the transaction that found one for them, or ended them."""
    WorkItem.objects.filter(kind=WorkItemKind.VISIT_HIT, appointment__in=appointments).cancel(note=note, at=at)


def settle_waitlist_calls(entries, *, note, at):
    """These entries of the waitlist no longer wait for a call."""
    WorkItem.objects.filter(kind=WorkItemKind.WAITLIST, waitlist_entry__in=entries).cancel(note=note, at=at)


def open_waitlist_calls(*, at):
    """Who waits, was offered nothing and has two days left is called; who waits no longer, or for longer, is not."""
    today = timezone.localdate(at)
    soon = today + timedelta(days=WAITLIST_DAYS_BEFORE)
    waiting = WaitlistEntry.objects.waiting().filter(latest_on__range=(today, soon), offers=None)
    items = [_waitlist_call(entry, at=at) for entry in waiting.select_related("patient", "visit_type")]
    known = set(WorkItem.objects.filter(key__in=[item.key for item in items]).values_list("key", flat=True))
    WorkItem.objects.bulk_create([item for item in items if item.key not in known], ignore_conflicts=True)
    over = ~Q(status=WaitlistStatus.WAITING) | Q(latest_on__lt=today) | Q(latest_on__gt=soon)
    asked = WorkItem.objects.requested().filter(kind=WorkItemKind.WAITLIST).values("waitlist_entry")
    settle_waitlist_calls(WaitlistEntry.objects.filter(over, pk__in=asked), note=_("no longer waiting"), at=at)


def _waitlist_call(entry, *, at):
    """One for each last day: who lets us look further and waits in vain again is called again."""
    what_to_say = _(
        "Waits for: %(visit)s, until %(day)s, and no time came free. Offer a time, or ask about later days."
    )
    return WorkItem(
        key=f"waitlist:{entry.pk}:{entry.latest_on}",
        cause=entry.pk,
        occasion=str(entry.latest_on),
        kind=WorkItemKind.WAITLIST,
        patient=entry.patient,
        waitlist_entry=entry,
        what_to_say=what_to_say % {"visit": entry.visit_type, "day": date_format(entry.latest_on, "l j F")},
        due_at=at,
    )
