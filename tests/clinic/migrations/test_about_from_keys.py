"""Keys as they were written until clinic 0016 become columns, on either database."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from clinic.models import Message, WorkItem
from clinic.models.messages import ArchivedMessage
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
migration = import_module("clinic.migrations.0017_about_from_keys")
EDITOR = SimpleNamespace(connection=connection)

# Every shape of a key that the code wrote until then: purpose, cause, occasion, sequence, sending.
MESSAGES = {
    "sign-in:0b2c4a52-7c1e-4a8c-9a43-1f1a1d3c8a10": ("sign-in", None, "", None, 1),
    "appointment:5:visit-booked:0:email": ("visit-booked", 5, "", 0, 1),
    "appointment:5:visit-moved:1:sms": ("visit-moved", 5, "", 1, 1),
    "appointment:5:visit-cancelled:12:email": ("visit-cancelled", 5, "", 12, 1),
    "appointment:7:reminder:48h:3:email": ("visit-reminder", 7, "48h", 3, 1),
    "waitlist:8:waitlist-offer:sms": ("waitlist-offer", 8, "", None, 1),
    "procedure:9:no-heavy-lifting:at-once:email": ("no-heavy-lifting", 9, "at-once", None, 1),
    "procedure:9:no-heavy-lifting:at-once:sms": ("no-heavy-lifting", 9, "at-once", None, 1),
    "procedure:9:no-heavy-lifting:at-once:email:again:1": ("no-heavy-lifting", 9, "at-once", None, 2),
    "procedure:9:no-heavy-lifting:at-once:email:again:1:instead": ("no-heavy-lifting", 9, "at-once", None, 2),
    "procedure:9:no-heavy-lifting:at-once:sms:again:1": ("no-heavy-lifting", 9, "at-once", None, 3),
    "procedure:9:no-heavy-lifting:at-once:email:again:1:again:1": ("no-heavy-lifting", 9, "at-once", None, 4),
    "procedure:9:no-heavy-lifting:next-morning:email:instead": ("no-heavy-lifting", 9, "next-morning", None, 1),
    "procedure:9:lifting-allowed:window-over:email": ("lifting-allowed", 9, "window-over", None, 1),
    "procedure:9:check-breathing:+4h:sms": ("check-breathing", 9, "+4h", None, 1),
    "procedure:9:how-are-you:+42d:email": ("how-are-you", 9, "+42d", None, 1),
    "procedure:9:book-physiotherapy:+1d:email": ("book-physiotherapy", 9, "+1d", None, 1),
    "made by hand": ("", None, "", None, 1),
}
WORK_ITEMS = {
    "procedure:9:how-are-you:+3d:nowhere": ("how-are-you", 9, "+3d", None),
    "appointment:5:reminder:24h:0:nowhere": ("visit-reminder", 5, "24h", 0),
    "appointment:5:visit-booked:0:nowhere": ("visit-booked", 5, "", 0),
    "waitlist:8:waitlist-offer:nowhere": ("waitlist-offer", 8, "", None),
    "missing:procedure:9:how-are-you:+7d": ("how-are-you", 9, "+7d", None),
    "procedure:9:physiotherapy-late": ("", 9, "", None),
    "procedure:9:physiotherapy-moved-late": ("", 9, "", None),
    "procedure:9:second-person": ("", 9, "", None),
    "visit:5:hit:2": ("", 5, "", 2),
    "screening-amber:11": ("", 11, "", None),
    "unsigned:5": ("", 5, "", None),
    "void:12": ("", 12, "", None),
    "consent:13:taken-back": ("", 13, "", None),
    "message:16:dead": ("", 16, "dead", None),
    "symptom-check:14": ("", 14, "", None),
    "waitlist:15:2026-03-09": ("", 15, "2026-03-09", None),
    "appointment:5:must-move:1": ("", 5, "must-move", 1),
    "appointment:5:no-answer:0": ("", 5, "no-answer", 0),
}
EMPTY = {"purpose": "", "cause": None, "occasion": "", "sequence": None}


def written(key, **fields):
    return factories.message(key=key, **EMPTY | fields)


def written_item(key, **fields):
    return WorkItem.objects.create(key=key, kind="message", what_to_say="Call.", due_at=NOW, **fields)


def about(row):
    return (row.purpose, row.cause, row.occasion, row.sequence)


def fill():
    migration.fill(apps, EDITOR)


@pytest.mark.parametrize("batch", [50_000, 2])
def test_messages_of_every_shape(monkeypatch, batch):
    monkeypatch.setattr(migration, "BATCH", batch)
    rows = {key: written(key) for key in MESSAGES}

    fill()

    for row in rows.values():
        row.refresh_from_db()
    assert {key: (*about(row), row.sending) for key, row in rows.items()} == MESSAGES
    kept = [row.key for key, row in rows.items() if row.key == key]
    assert sorted(kept) == sorted(set(MESSAGES) - {"appointment:7:reminder:48h:3:email"})
    assert rows["appointment:7:reminder:48h:3:email"].key == "appointment:7:visit-reminder:48h:3:email"


def test_archived_messages_and_their_sendings_in_both_tables():
    old = written("procedure:9:how-are-you:+3d:email:again:1")
    fields = {name: getattr(old, name) for name in migration_fields()}
    ArchivedMessage.objects.create(**fields, archived_at=NOW)
    old.delete()
    new = written("procedure:9:how-are-you:+3d:email:again:2")

    fill()

    archived = ArchivedMessage.objects.get()
    new.refresh_from_db()
    assert (about(archived), archived.sending) == (("how-are-you", 9, "+3d", None), 2)
    assert (about(new), new.sending) == (("how-are-you", 9, "+3d", None), 3)


def migration_fields():
    return ["id", "key", "category", "channel", "address", "body", "due_at", "not_after", "status"]


def test_work_items_of_every_shape():
    rows = {key: written_item(key) for key in WORK_ITEMS}

    fill()

    for row in rows.values():
        row.refresh_from_db()
    assert {key: about(row) for key, row in rows.items()} == WORK_ITEMS


def test_reminder_that_a_provider_may_have_heard_of_keeps_its_key():
    key = "appointment:7:reminder:2h:0:sms"
    row = written(key, channel="sms", in_doubt_since=timezone.now())

    fill()

    row.refresh_from_db()
    assert (row.key, about(row)) == (key, ("visit-reminder", 7, "2h", 0))


def test_filling_again_changes_nothing_and_taking_back_gives_reminders_their_keys():
    for key in MESSAGES:
        written(key)
    written_item("appointment:5:reminder:24h:0:nowhere")
    fill()
    before = list(Message.objects.order_by("pk").values())

    fill()

    assert list(Message.objects.order_by("pk").values()) == before
    migration.take_back(apps, EDITOR)
    assert set(Message.objects.values_list("key", flat=True)) == set(MESSAGES)
    assert WorkItem.objects.get().key == "appointment:5:reminder:24h:0:nowhere"
