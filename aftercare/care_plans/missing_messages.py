"""Do the messages that should exist exist? Computed from their causes, not from the outbox."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.utils.translation import gettext as _

from aftercare import message_purposes
from aftercare.care_plans import plans
from aftercare.models import CarePlan
from aftercare.symptoms import check_times
from clinic import work_kinds, worklist
from clinic.messaging import letters
from clinic.models import Message
from clinic.models.messages import UNSENT, ArchivedMessage
from clinic.scheduling import visit_reminders

ABOUT = ("purpose", "cause", "occasion", "sequence")


@dataclass(frozen=True)
class Report:
    """Messages that are missing, and messages that should not exist: (purpose, cause, occasion, sequence) each."""

    checked: int
    missing: list[tuple]
    extra: list[tuple]


def compare(*, at, days=30):
    """Recompute the messages of every care plan begun in the `days` before `at` and compare them with the outbox.

    Also for upcoming visits: those without reminders, and reminders of visits that no longer exist.
    """
    begun = CarePlan.objects.filter(starts_at__gt=at - timedelta(days=days)).order_by("pk")
    begun = begun.select_related("procedure", "protocol")
    begun = begun.prefetch_related("procedure__sites__muscle", "protocol__check_times")
    standing = begun.standing()
    expected = {_of(letter.about) for plan in standing for letter in _letters_of(plan)}
    found = _found(standing, [Message.objects, ArchivedMessage.objects, _nowhere()])
    found |= _still_asking(begun.exclude(pk__in=standing))
    reminder = visit_reminders.PURPOSE.code
    visits = {(reminder, visit.pk, "", visit.calendar_sequence) for visit in visit_reminders.unplanned(at=at)}
    outdated = set(visit_reminders.outdated().values_list(*ABOUT))
    missing, extra = (expected - found) | visits, (found - expected) | outdated
    return Report(checked=len(expected) + len(visits), missing=_sorted(missing), extra=_sorted(extra))


def _letters_of(plan):
    return plans.letters_of(plan, checks=check_times.checks_of(plan))


def _of(about):
    return tuple(about[name] for name in ABOUT)


def _sorted(found):
    return sorted(found, key=lambda one: letters.name_of(*one))


def _still_asking(plans):
    """Of plans that have ended nothing is expected; anything still to be sent is extra."""
    return _found(plans, [Message.objects.filter(status__in=UNSENT), _nowhere().requested()])


def _nowhere():
    return worklist.find(work_kinds.MESSAGE_NOWHERE)


def _found(plans, tables):
    """What outbox and archive have for these plans' patients, and the desk's items for those without an address."""
    patients, procedures = plans.values("patient"), set(plans.values_list("procedure", flat=True))
    rows = [
        table.filter(patient__in=patients, purpose__in=message_purposes.CODES).values_list(*ABOUT) for table in tables
    ]
    return {about for about in chain.from_iterable(rows) if about[1] in procedures}


def tell_the_desk(*, at, days=8):
    """Compare, and hand over what is missing to a person: one work item per message, opened once.

    Missing reminders of a visit are planned now.
    """
    visit_reminders.plan_unplanned(at=at)
    report = compare(at=at, days=days)
    missing = [about for about in report.missing if about[0] in message_purposes.CODES]
    procedures = {cause for _purpose, cause, *_which in missing}
    patients = dict(CarePlan.objects.filter(procedure__in=procedures).values_list("procedure", "patient"))
    letters_missing = [dict(zip(ABOUT, about, strict=True)) for about in missing]
    worklist.open_all(
        worklist.new(
            work_kinds.MESSAGE_MISSING,
            **about,
            patient_id=patients[about["cause"]],
            what_to_say=_("A message about the days after was never planned. Call and tell what to do."),
            due_at=at,
        )
        for about in letters_missing
    )
    return report
