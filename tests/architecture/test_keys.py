"""The key of a message or work item keeps one cause from making two; no code reads it. Columns say what it is about."""

import pytest

from tests.architecture import report

pytestmark = pytest.mark.once


def test_nobody_reads_a_key():
    assert report.places_that_read_a_key() == []


@pytest.mark.parametrize(
    "line",
    [
        "rows.filter(key__startswith='procedure:')",
        "rows.filter(message__key__icontains='late')",
        "item.key.removeprefix('symptom-check:')",
        "message.key.split(':')[2]",
        "item.key[:5]",
        "'moved-late' in item.key",
    ],
)
def test_one_who_reads_it_is_found(tmp_path, line):
    (tmp_path / "reader.py").write_text(line)

    assert len(report._readers(tmp_path / "reader.py")) == 1


def test_a_test_that_spells_a_key_is_found_too(tmp_path):
    reader = tmp_path / "tests" / "reader.py"
    reader.parent.mkdir()
    reader.write_text("assert message.key == f'appointment:{visit.pk}:visit-booked:0:email'")

    assert len(report._readers(reader)) == 1
