"""Do the messages that should exist exist? Asked of the causes, not of the outbox."""

from dataclasses import dataclass
from datetime import timedelta

from aftercare import planning
from aftercare.models import CarePlan
from clinic.models import Message, WorkItem


@dataclass(frozen=True)
class Report:
    """Keys without their channel: what should be there and is not, what is there and should not be."""

    checked: int
    missing: list[str]
    extra: list[str]


def compare(*, at, days=30):
    """Recompute the messages of every care plan begun in the `days` before `at` and compare them with the outbox."""
    plans = CarePlan.objects.filter(starts_at__gt=at - timedelta(days=days)).order_by("pk")
    expected = {planned.key for plan in plans for planned in planning.messages_of(plan)}
    found = _keys_of(plans)
    return Report(checked=len(expected), missing=sorted(expected - found), extra=sorted(found - expected))


def _keys_of(plans):
    """What the outbox holds for these plans' patients, and the desk's list for those without an address."""
    patients = plans.values("patient")
    messages = Message.objects.filter(patient__in=patients, key__startswith="procedure:")
    items = WorkItem.objects.filter(patient__in=patients, key__startswith="procedure:", key__endswith=":nowhere")
    procedures = {str(procedure) for procedure in plans.values_list("procedure", flat=True)}
    keys = [*messages.values_list("key", flat=True), *items.values_list("key", flat=True)]
    return {key.rpartition(":")[0] for key in keys if key.split(":")[1] in procedures}
