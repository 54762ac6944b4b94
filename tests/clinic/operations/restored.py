"""Messages before and after a backup is put back."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from clinic.messaging import delivery
from clinic.models import Message, WorkItem
from tests import factories


def plan(count, **fields):
    now = timezone.now()
    usual = {"due_at": now - timedelta(minutes=5), "not_after": now + timedelta(hours=4)}
    rows = [usual | fields | {"address": number_or_mail(n, fields), "body": f"message {n}"} for n in range(count)]
    return [factories.message(**row) for row in rows]


def number_or_mail(n, fields):
    return f"+37061{n:06}" if fields.get("channel") == "sms" else f"reader{n}@mail.example"


def deliver_all():
    while delivery.deliver_due(at=timezone.now()):
        pass


def after_restore(taken_at, **options):
    call_command("after_restore", "--taken-at", taken_at.isoformat(), **options)


def states():
    found = Message.objects.values_list("status", flat=True)
    return {status: list(found).count(status) for status in set(found)}


def work():
    return list(WorkItem.objects.order_by("pk").values_list("kind", "occasion"))
