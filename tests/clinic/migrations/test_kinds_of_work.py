"""Work items as they were until clinic 0018: shared codes are split by kind, and opening one again adds none."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from aftercare import work_kinds as of_aftercare
from clinic import work_kinds, worklist
from clinic.models import WorkItem
from procedures import work_kinds as of_procedures
from tests.factories import NOW

pytestmark = pytest.mark.django_db
EDITOR = SimpleNamespace(connection=connection)
about, kinds = (
    import_module(f"clinic.migrations.{name}")
    for name in ("0017_about_from_keys", "0018_kinds_of_work_by_their_owners")
)
NOWHERE, MISSING = work_kinds.MESSAGE_NOWHERE, work_kinds.MESSAGE_MISSING

# Old kind and key -> kind, and what today's code says it is about.
SHAPES = {
    ("message", "message:16:dead"): (work_kinds.MESSAGE_NOT_SENT, {"cause": 16, "occasion": "dead"}),
    ("message", "procedure:9:how-are-you:+3d:nowhere"): (
        NOWHERE,
        {"purpose": "how-are-you", "cause": 9, "occasion": "+3d"},
    ),
    ("message", "appointment:5:reminder:24h:0:nowhere"): (
        NOWHERE,
        {"purpose": "visit-reminder", "cause": 5, "occasion": "24h", "sequence": 0},
    ),
    ("message", "appointment:5:visit-booked:0:nowhere"): (
        NOWHERE,
        {"purpose": "visit-booked", "cause": 5, "sequence": 0},
    ),
    ("message", "waitlist:8:waitlist-offer:nowhere"): (NOWHERE, {"purpose": "waitlist-offer", "cause": 8}),
    ("message", "missing:procedure:9:how-are-you:+7d"): (
        MISSING,
        {"purpose": "how-are-you", "cause": 9, "occasion": "+7d"},
    ),
    ("physiotherapy", "procedure:9:physiotherapy-late"): (of_aftercare.PHYSIOTHERAPY_LATE, {"cause": 9}),
    ("physiotherapy", "procedure:9:physiotherapy-moved-late"): (of_aftercare.PHYSIOTHERAPY_MOVED, {"cause": 9}),
    ("symptom_red", "symptom-check:14"): (of_aftercare.SYMPTOM_RED, {"cause": 14}),
    ("symptom_amber", "symptom-check:15"): (of_aftercare.SYMPTOM_AMBER, {"cause": 15}),
    ("second_person", "procedure:9:second-person"): (of_procedures.SECOND_PERSON, {"cause": 9}),
    ("second_person", "void:12"): (of_procedures.VOID, {"cause": 12}),
    ("screening", "screening-amber:11"): (of_procedures.SCREENING_AMBER, {"cause": 11}),
    ("unsigned", "unsigned:5"): (of_procedures.RECORD_UNSIGNED, {"cause": 5}),
    ("consent_back", "consent:13:taken-back"): (of_procedures.CONSENT_BACK, {"cause": 13}),
    ("visit_hit", "visit:5:hit:2"): (work_kinds.VISIT_AFFECTED, {"cause": 5, "sequence": 2}),
    ("waitlist", "waitlist:15:2026-03-09"): (work_kinds.WAITLIST, {"cause": 15, "occasion": "2026-03-09"}),
    ("no_answer", "appointment:5:must-move:1"): (
        work_kinds.NO_ANSWER,
        {"cause": 5, "occasion": "must-move", "sequence": 1},
    ),
    ("no_answer", "appointment:5:no-answer:0"): (
        work_kinds.NO_ANSWER,
        {"cause": 5, "occasion": "no-answer", "sequence": 0},
    ),
}


@pytest.fixture
def rows():
    """Makes the items as they were, then runs the migrations."""
    rows = {
        (kind, key): WorkItem.objects.create(kind=kind, key=key, what_to_say="Call.", due_at=NOW)
        for kind, key in [*SHAPES, ("message", "made by hand")]
    }
    about.fill(apps, EDITOR)
    kinds.split(apps, EDITOR)
    return rows


def test_two_failures_of_one_letter_that_were_filled_as_its_own_keep_keys_of_their_own():
    """As the first 0017 filled them: what the letter was about, instead of the message."""
    of_letter = {"purpose": "no-heavy-lifting", "cause": 9, "occasion": "at-once", "kind": "message"}
    for key in ["message:16:dead", "message:17:unknown"]:
        WorkItem.objects.create(key=key, what_to_say="Call.", due_at=NOW, **of_letter)

    kinds.split(apps, EDITOR)

    found = list(WorkItem.objects.order_by("cause").values_list("purpose", "cause", "occasion", "key"))
    assert [row[:3] for row in found] == [("", 16, "dead"), ("", 17, "unknown")]
    worklist.open(work_kinds.MESSAGE_NOT_SENT, cause=16, occasion="dead", what_to_say="Call.", due_at=NOW)
    assert WorkItem.objects.count() == 2


def codes(rows):
    for row in rows.values():
        row.refresh_from_db()
    return {old: row.kind for old, row in rows.items()}


def test_each_has_the_kind_of_its_owner(rows):
    expected = {old: kind.code for old, (kind, _about) in SHAPES.items()}

    assert codes(rows) == expected | {("message", "made by hand"): "message"}


def test_opening_what_there_was_makes_no_other(rows):
    for kind, its_about in SHAPES.values():
        worklist.open(kind, **its_about, what_to_say="Again.", due_at=NOW)

    assert set(WorkItem.objects.values_list("pk", flat=True)) == {row.pk for row in rows.values()}


def test_splitting_again_changes_nothing(rows):
    before = list(WorkItem.objects.order_by("pk").values())

    kinds.split(apps, EDITOR)

    assert list(WorkItem.objects.order_by("pk").values()) == before


def test_taken_back_they_are_as_they_were(rows):
    kinds.join(apps, EDITOR)
    about.take_back(apps, EDITOR)

    assert set(WorkItem.objects.values_list("kind", "key")) == set(rows)
