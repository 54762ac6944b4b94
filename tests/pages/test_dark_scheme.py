"""The dark scheme changes colours and nothing else, so only the rules about colour are checked for it again."""

import re
from pathlib import Path

import pytest

STYLES = sorted(Path("static/css").glob("*.css"))
MAY_CHANGE = re.compile(r"(--[\w-]+|color|background(-color)?|border(-color)?|fill|stroke)$")


@pytest.mark.once
def test_dark_scheme_changes_colours_only():
    changed = [name for path in STYLES for block in dark_blocks(path.read_text()) for name in properties(block)]

    assert [name for name in changed if not MAY_CHANGE.match(name)] == []
    assert changed


def dark_blocks(css):
    """The content of each `@media (prefers-color-scheme: dark)`."""
    for found in re.finditer(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*{", css):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[found.end() : end]


def properties(block):
    for rule in re.findall(r"{([^{}]*)}", block):
        yield from (part.partition(":")[0].strip() for part in re.sub(r'".*?"', "", rule).split(";") if ":" in part)
