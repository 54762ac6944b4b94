"""Each item of OWASP ASVS 5.0 up to level 2 (authorisation: 3) has a test that runs, or a reason (docs/asvs.toml)."""

import tomllib
from collections import Counter

import pytest

from tests.architecture.source import ROOT
from tests.architecture.test_hazards import is_collected

pytestmark = pytest.mark.once

ITEMS = tomllib.loads((ROOT / "docs/asvs.toml").read_text())
# How many items each chapter of the standard has, by level: level 1, level 2, and level 3 where it is asked for.
CHAPTERS = {
    "1": (8, 19),
    "2": (4, 7),
    "3": (8, 11),
    "4": (2, 8),
    "5": (4, 5),
    "6": (13, 22),
    "7": (6, 12),
    "8": (4, 3, 6),
    "9": (4, 3),
    "10": (5, 24),
    "11": (3, 11),
    "12": (3, 6),
    "13": (1, 12),
    "14": (2, 7),
    "15": (3, 10),
    "16": (0, 16),
    "17": (0, 7),
}
KINDS = {"none here", "written", "operator", "otherwise"}


def test_every_item_of_the_standard_is_there():
    found = {chapter: Counter() for chapter in CHAPTERS}
    for number, item in ITEMS.items():
        found[number.partition(".")[0]][item["level"]] += 1

    counts = {
        chapter: tuple(levels[level + 1] for level in range(len(CHAPTERS[chapter])))
        for chapter, levels in found.items()
    }
    assert counts == CHAPTERS
    assert sum(sum(levels.values()) for levels in found.values()) == len(ITEMS)


@pytest.mark.parametrize("number", ITEMS)
def test_item_has_its_proof_or_its_reason(number):
    item = ITEMS[number]

    assert item["what"]
    assert ("proof" in item) is not ("reason" in item)
    assert [address for address in item.get("proof", []) if not is_collected(address)] == []
    assert item.get("kind", "written") in KINDS


def test_security_says_who_does_what_is_for_the_operator():
    assert [number for number, item in ITEMS.items() if item.get("kind") == "operator" and not item["reason"]] == []
    assert (ROOT / "SECURITY.md").exists()
