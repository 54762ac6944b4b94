"""What is in git works on every machine."""

import re

import pytest

from tests.architecture.source import tracked_files, where

pytestmark = pytest.mark.once

# Put together from parts, so that this file does not find itself.
HOMES = re.compile("/" + r"(?:home|Users)/[a-z]\w*/|" + "/" + r"root/|" + "/" + "work" + r"/(?:main|shared)\b")
REGISTRIES = re.compile(
    r"(?:extra-)?index"
    + r"-url|find"
    + r"-links|files\.python"
    + r"hosted|registry\.npm"
    + r"js|\"resolved\": *\"http",
    re.I,
)


def is_made_by_others(path):
    return "vendor" in path.parts and path.name != "vendor.json"


@pytest.mark.parametrize("pattern", [HOMES, REGISTRIES], ids=["home folder", "package registry"])
def test_no_file_names_this_machine(pattern):
    found = [
        where(path, number)
        for path in tracked_files()
        if b"\0" not in path.read_bytes()[:8000] and not is_made_by_others(path)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]

    assert found == []
