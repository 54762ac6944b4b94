"""What was sent, and what the desk is told of it."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from clinic.messaging import circuits, claims, handover
from clinic.messaging.due_checks import Circumstances
from clinic.models import Message, WorkItem
from tests.factories import NOW


def sent(folder):
    return sorted(path.read_text() for path in folder.iterdir()) if folder.exists() else []


def states():
    return list(Message.objects.order_by("pk").values_list("status", flat=True))


def told_to_the_desk():
    return list(WorkItem.objects.order_by("pk").values_list("message", "occasion"))


def the_lease_runs_out():
    """Time passes: whoever was delivering is not heard of any more."""
    Message.objects.filter(status="sending").update(leased_until=timezone.now() - timedelta(seconds=1))


def claim(*, at=NOW):
    """A worker claims all that is due or abandoned."""
    return claims.take(Message.objects.due(at=at)) + claims.take(Message.objects.abandoned())


def hand_over(message, *, at=NOW, channel=None):
    """All steps of one claimed message, with each call where it stands."""
    way_of = (lambda name: circuits.Way(channel)) if channel else circuits.Ways().open
    steps = handover.steps(message, Circumstances([message], at=at), way_of)
    with suppress(StopIteration):
        call = next(steps)
        while True:
            try:
                answer = call()
            except Exception as error:
                call = steps.throw(error)
            else:
                call = steps.send(answer)
