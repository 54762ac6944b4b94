"""What the desk does about a work item: it is done, or it is tried again on the next working morning.

And what opens and ends one by itself: a visit that was hit finds another time, a wish on the waitlist is about to end.
"""

from datetime import time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib import civil_time
from clinic.lib.texts import has_visible_text
from clinic.models import Closure, WaitlistEntry, WaitlistStatus, WorkingHours, WorkItem, WorkItemKind
from clinic.signals import work_item_done

MORNING, NOON = time(8), time(12)
CALL_WITHIN = timedelta(hours=1)
DAYS_SEARCHED = 60
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


def postpone(item, *, at, note=""):
    """Put a work item off to the next working morning, and return that instant.

    Raises MoveNotAllowed once it ended, and for what cannot wait.
    """
    if item.is_urgent:
        raise MoveNotAllowed(_("This cannot wait until tomorrow. If nobody answers, tell a physician now."))
    morning = next_working_morning(at=at)
    item.put_off(until=morning, note=note)
    return morning


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
        kind=WorkItemKind.WAITLIST,
        patient=entry.patient,
        waitlist_entry=entry,
        what_to_say=what_to_say % {"visit": entry.visit_type, "day": date_format(entry.latest_on, "l j F")},
        due_at=at,
    )


def call_by(*, at):
    """Until when a patient who asks for a call at `at` gets one: the end of this working day, where an hour is left of
    it; else noon of the next one."""
    today = timezone.localdate(at)
    hours = WorkingHours.objects.filter(practitioner__is_active=True).filter(_still_valid(on=today))
    ends = [civil_time.at(today, stretch.ends) for stretch in hours if _covers(stretch, today)]
    latest = max(ends, default=at)
    is_closed = Closure.objects.filter(starts_at__lt=latest, ends_at__gt=at).exists()
    if latest - at >= CALL_WITHIN and not is_closed:
        return latest
    return civil_time.at(timezone.localdate(next_working_morning(at=at)), NOON)


def next_working_morning(*, at):
    """08:00 clinic time of the first day after that of `at` on which somebody works and the clinic is not closed.

    Two queries. With no such day in the next 60 it is tomorrow: a work item is never lost in a long holiday.
    """
    today = timezone.localdate(at)
    mornings = [_morning(today + timedelta(days=days)) for days in range(1, DAYS_SEARCHED + 1)]
    hours = list(WorkingHours.objects.filter(practitioner__is_active=True).filter(_still_valid(on=today)))
    closures = list(Closure.objects.filter(starts_at__lte=mornings[-1], ends_at__gt=mornings[0]))
    working = (
        morning
        for morning in mornings
        if any(_covers(stretch, timezone.localdate(morning)) for stretch in hours)
        and not any(closure.starts_at <= morning < closure.ends_at for closure in closures)
    )
    return next(working, mornings[0])


def _morning(day):
    return civil_time.at(day, MORNING)


def _still_valid(*, on):
    return Q(valid_until=None) | Q(valid_until__gte=on)


def _covers(stretch, day):
    has_begun = stretch.valid_from is None or stretch.valid_from <= day
    has_ended = stretch.valid_until is not None and stretch.valid_until < day
    return stretch.weekday == day.weekday() and has_begun and not has_ended
