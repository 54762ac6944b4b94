"""What was sent, and what the desk is told of it."""

from datetime import timedelta

from django.utils import timezone

from clinic.models import Message, WorkItem


def sent(folder):
    return sorted(path.read_text() for path in folder.iterdir()) if folder.exists() else []


def states():
    return list(Message.objects.order_by("pk").values_list("status", flat=True))


def told_to_the_desk():
    return list(WorkItem.objects.order_by("pk").values_list("message", "occasion"))


def the_lease_runs_out():
    """Time passes: whoever was delivering is not heard of any more."""
    Message.objects.filter(status="sending").update(leased_until=timezone.now() - timedelta(seconds=1))
