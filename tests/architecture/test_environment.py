"""`.env.example` lists every setting there is, and no other."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, tree_of

pytestmark = pytest.mark.once

EXAMPLE = ROOT / ".env.example"
SETTING = re.compile(r"^# ?([A-Z][A-Z0-9_]*)=")


def names_in_settings():
    """The first argument of each env.str(...), env.int(...) and so on."""
    return {
        node.args[0].value
        for path in (ROOT / "clinic/settings").glob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def test_the_example_names_what_the_settings_read():
    names = [found[1] for line in EXAMPLE.read_text().splitlines() if (found := SETTING.match(line))]

    assert sorted(names) == sorted(names_in_settings())


def test_each_setting_is_explained_in_the_line_above():
    lines = EXAMPLE.read_text().splitlines()

    unexplained = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if SETTING.match(line) and (not above.startswith("# ") or SETTING.match(above))
    ]

    assert unexplained == []


def test_the_example_sets_nothing():
    assert [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")] == []


def test_empty_addresses_mean_the_embedded_default():
    """As an `.env` with nothing after the equals sign gives them."""
    empty = dict.fromkeys(["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY"], "")
    code = "from clinic import settings; print(settings.DATABASES['default']['ENGINE'], settings.CELERY_BROKER_URL)"

    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | empty, capture_output=True, text=True, check=True
    ).stdout

    assert printed.split() == ["django.db.backends.sqlite3", "filesystem://localhost//"]
