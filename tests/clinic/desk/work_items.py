"""The desk's work items, and what its list shows."""

from clinic.models import WorkItem
from clinic.work_kinds import MESSAGE_NOT_SENT
from tests.factories import NOW, numbers


def item(**fields):
    usual = {
        "key": f"test:{next(numbers)}",
        "kind": MESSAGE_NOT_SENT.code,
        "what_to_say": "Call and read it out.",
        "due_at": NOW,
    }
    return WorkItem.objects.create(**usual | fields)


def rows(answer):
    return [row.pk for row in answer.context["page"].rows]
