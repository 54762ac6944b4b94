"""What all tests share: which of them run here, and the fixtures of `tests/fixtures/`."""

import gc

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection

from clinic.website import page_cache

FIXTURES = ("browser", "demo", "module_rows", "mail", "matrix", "people", "provider", "live_clinic")
pytest_plugins = [f"tests.fixtures.{name}" for name in FIXTURES]

# A machine that does other things at the same time is not an error of the code under test.
hypothesis.settings.register_profile("clinic", deadline=None)
hypothesis.settings.load_profile("clinic")


def pytest_collection_modifyitems(items):
    """Leaves out what is meant for the other database, and marks what asks pages."""
    other = {"postgresql": "sqlite_only", "sqlite": "postgresql"}[connection.vendor]
    for item in items:
        if "client" in item.fixturenames:
            item.add_marker(pytest.mark.pages)
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=f"the database is {connection.vendor} ({other})"))


def pytest_collection_finish():
    """What is loaded by now stays: looked through for garbage again and again, it costs a fifth of the migrations."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def nobody_has_tried_before():
    """Limits on signing in are counted in the cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def nothing_is_cached():
    """A test that is rolled back takes its rows along, but not what the process has rendered from them."""
    page_cache.clear()


@pytest.fixture(autouse=True)
def repeated_queries(request, settings):
    """A page that asks the database once per row fails (tests.settings), unless the test says that this is meant."""
    if request.node.get_closest_marker("repeated_queries_allowed"):
        settings.ZEAL_ALLOWLIST = [{"model": "*", "field": "*"}]
