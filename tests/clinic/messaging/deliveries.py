"""What was sent, and what the desk is told of it."""

from clinic.models import Message, WorkItem


def sent(folder):
    return sorted(path.read_text() for path in folder.iterdir()) if folder.exists() else []


def states():
    return list(Message.objects.order_by("pk").values_list("status", flat=True))


def told_to_the_desk():
    return list(WorkItem.objects.order_by("pk").values_list("message", "occasion"))
