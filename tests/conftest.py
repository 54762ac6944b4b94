"""What all tests share: which of them run here, and the fixtures of `tests/fixtures/`."""

import gc
from functools import partial

import hypothesis
import pytest
from django.db import connection

from clinic.lib import row_numbers
from clinic.website import glossary, page_cache
from tests.deliveries import forget_deliveries

FIXTURES = ("browser", "demo", "module_rows", "mail", "matrix", "people", "provider", "live_clinic")
pytest_plugins = [f"tests.fixtures.{name}" for name in FIXTURES]

# A machine that is busy with other things is not an error in the code under test.
hypothesis.settings.register_profile("clinic", deadline=None)
hypothesis.settings.load_profile("clinic")


def pytest_collection_modifyitems(items):
    """Skips the tests for the other database, and marks those that request pages."""
    other = {"postgresql": "sqlite_only", "sqlite": "postgresql"}[connection.vendor]
    for item in items:
        if "client" in item.fixturenames:
            item.add_marker(pytest.mark.pages)
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=f"the database is {connection.vendor} ({other})"))


def pytest_collection_finish():
    """What is loaded by now stays: collecting garbage in it again and again costs a fifth of the migrations' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def nothing_is_cached():
    """A rollback removes a test's rows, but not what the process has cached of them."""
    page_cache.clear()
    glossary.forget()


@pytest.fixture(autouse=True)
def nothing_is_known_outside():
    """A rollback takes the mark of deliveries back, which must not look like a restore."""
    forget_deliveries()


@pytest.fixture(autouse=True)
def few_numbers_are_skipped(monkeypatch):
    """A rollback takes no sequence back: each restore in a test would move it on by a million for all others."""
    monkeypatch.setattr(row_numbers, "skip", partial(row_numbers.skip, 1_000))


@pytest.fixture(autouse=True)
def repeated_queries(request, settings):
    """A page that makes one query per row fails (tests.settings), unless the test says that this is intended."""
    if request.node.get_closest_marker("repeated_queries_allowed"):
        settings.ZEAL_ALLOWLIST = [{"model": "*", "field": "*"}]
