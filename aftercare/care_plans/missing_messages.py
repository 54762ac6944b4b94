"""Do the messages that should exist exist? Asked of the causes, not of the outbox."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from django.utils.translation import gettext as _

from aftercare.care_plans import plans
from aftercare.models import CarePlan
from clinic.models import Message, WorkItem, WorkItemKind
from clinic.models.messages import UNSENT, ArchivedMessage
from clinic.operations import readiness
from clinic.scheduling import visit_reminders
from procedures.models import ProcedureStatus


@dataclass(frozen=True)
class Report:
    """Keys without their channel: what should be there and is not, what is there and should not be."""

    checked: int
    missing: list[str]
    extra: list[str]


def compare(*, at, days=30):
    """Recompute the messages of every care plan begun in the `days` before `at` and compare them with the outbox.

    And of the visits that come soon: those that nothing reminds of, and reminders of what is no more.
    """
    begun = CarePlan.objects.filter(starts_at__gt=at - timedelta(days=days)).order_by("pk")
    begun = begun.select_related("procedure", "protocol")
    begun = begun.prefetch_related("procedure__sites__muscle", "protocol__check_times")
    standing = begun.filter(procedure__status=ProcedureStatus.SIGNED)
    expected = {planned.key for plan in standing for planned in plans.messages_of(plan)}
    found = _keys_of(standing) | _still_asking(begun.exclude(pk__in=standing))
    visits = {f"appointment:{visit.pk}:reminder" for visit in visit_reminders.unplanned(at=at)}
    missing, extra = (expected - found) | visits, (found - expected) | set(visit_reminders.stale())
    return Report(checked=len(expected) + len(visits), missing=sorted(missing), extra=sorted(extra))


def _still_asking(plans):
    """Of voided records nothing is expected; what would still go out is extra."""
    return _keys_of(plans, [Message.objects.filter(status__in=UNSENT)], WorkItem.objects.requested())


def _keys_of(plans, messages=(Message.objects, ArchivedMessage.objects), items=WorkItem.objects):
    """What outbox and archive hold for these plans' patients, and the desk's list for those without an address."""
    patients = plans.values("patient")
    tables = [*messages, items.filter(key__endswith=":nowhere")]
    rows = [table.filter(patient__in=patients, key__startswith="procedure:") for table in tables]
    procedures = {str(procedure) for procedure in plans.values_list("procedure", flat=True)}
    keys = chain.from_iterable(found.values_list("key", flat=True) for found in rows)
    # procedure:<pk>:<template>:<moment>, then the channel, and what was sent again.
    return {":".join(key.split(":")[:4]) for key in keys if key.split(":")[1] in procedures}


def tell_the_desk(*, at, days=8):
    """Compare, and let a person take over what is missing: one work item for each message, born once.

    Reminders of a visit that nobody planned are planned now.
    """
    visit_reminders.plan_unplanned(at=at)
    report = compare(at=at, days=days)
    missing = [key for key in report.missing if key.startswith("procedure:")]
    procedures = {key.split(":")[1] for key in missing}
    patients = dict(CarePlan.objects.filter(procedure__in=procedures).values_list("procedure", "patient"))
    for key in missing:
        WorkItem.objects.get_or_create(
            key=f"{readiness.MISSING}{key}",
            defaults={
                "kind": WorkItemKind.MESSAGE_NOT_SENT,
                "patient_id": patients[int(key.split(":")[1])],
                "what_to_say": _("A message about the days after was never planned. Call and tell what to do."),
                "due_at": at,
            },
        )
    readiness.note_reconciled(at=at)
    return report
