"""The file that says what is kept, why and for how long."""

from datetime import UTC, datetime

import pytest
from django.core.checks import run_checks

from clinic.privacy import notice
from clinic.privacy.notice import NoticeIsWrong

KEPT = {"code": "messages", "what": "Mails", "words": "All.", "why": "To know.", "law": "-", "from": "after"}


@pytest.fixture
def written(settings, tmp_path):
    """Makes another file the clinic's own."""

    def write(text):
        settings.PRIVACY_FILE = tmp_path / "privacy.toml"
        settings.PRIVACY_FILE.write_text(text)

    return write


HEAD = """
in_force = false
title = "Yours"
lead = "Read."
[who]
ask = "Us."
email = ""
authority = "A"
authority_url = "https://a.example"
[[kept]]
"""


def file_with(**changes):
    row = KEPT | {"on_request": "erased", "months": 2} | changes
    return HEAD + "\n".join(f"{name} = {value!r}" for name, value in row.items())


def test_the_draft_that_comes_along_can_be_used():
    draft = notice.read()

    assert [kept.code for kept in draft.kept if kept.has_rule] == ["records", "newcomers", "messages", "accounts"]
    assert draft.kept_as("records").is_locked_on_request
    assert draft.kept_as("records").how_long == "10 years"


def test_a_changed_file_counts_at_once(written):
    written(file_with(months=2))
    before = notice.read().kept_as("messages").how_long

    written(file_with(months=14))

    assert (before, notice.read().kept_as("messages").how_long) == ("2 months", "14 months")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on_request": "thrown"}, "erased or locked"),
        ({"years": 1}, "one of them"),
        ({"months": 0}, "one of them"),
        ({"months": -3}, "one of them"),
        ({"months": 0, "years": 999}, "nobody keeps"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_file_that_makes_no_sense_is_found_before_the_start(written, changes, words):
    written(file_with(**changes))

    with pytest.raises(NoticeIsWrong, match=words):
        notice.read()
    assert "clinic.E011" in [found.id for found in run_checks()]


def test_a_missing_file_is_named(settings, tmp_path):
    settings.PRIVACY_FILE = tmp_path / "gone.toml"

    with pytest.raises(NoticeIsWrong, match="cannot be read"):
        notice.read()


@pytest.mark.parametrize(
    ("time", "before"),
    [
        ({"months": 1}, datetime(2024, 2, 29, 12, tzinfo=UTC)),
        ({"months": 0, "years": 1}, datetime(2023, 3, 31, 12, tzinfo=UTC)),
        ({"months": 0, "days": 31}, datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_time_is_counted_back_by_the_calendar(written, time, before):
    written(file_with(**time))

    assert notice.read().kept_as("messages").before(datetime(2024, 3, 31, 12, tzinfo=UTC)) == before
