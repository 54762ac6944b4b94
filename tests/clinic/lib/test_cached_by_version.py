"""What a process caches until the version of its tables changes."""

from uuid import uuid4

import pytest

from clinic.lib.cached_by_version import CachedByVersion, TableVersion
from clinic.models import TimetableVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """The values that were made, in order."""
    return []


@pytest.fixture
def cached(made):
    def make():
        made.append(len(made))
        return made[-1]

    return CachedByVersion(TimetableVersion, make)


def begin_a_version():
    TimetableVersion.objects.update_or_create(pk=TimetableVersion.ONLY, defaults={"token": uuid4()})


def test_a_value_is_made_once_for_each_version(cached, made):
    begin_a_version()
    assert [cached.current(), cached.current()] == [0, 0]

    begin_a_version()

    assert [cached.current(), cached.current()] == [1, 1]
    assert made == [0, 1]


def test_a_cached_value_costs_one_query(cached, django_assert_num_queries):
    cached.current()

    with django_assert_num_queries(1):
        cached.current()


def test_without_a_version_nothing_is_cached(cached):
    TimetableVersion.objects.all().delete()

    assert [cached.current(), cached.current()] == [0, 1]


def test_a_value_that_could_not_be_made_is_asked_for_again():
    answers = iter([1])
    cached = CachedByVersion(TimetableVersion, lambda: next(answers))
    begin_a_version()
    assert cached.current() == 1
    begin_a_version()

    for _again in range(2):
        with pytest.raises(StopIteration):
            cached.current()


def test_the_version_that_was_seen_last_asks_nothing(django_assert_num_queries):
    begin_a_version()
    version = TableVersion(TimetableVersion)
    seen = version.last_seen()
    begin_a_version()

    with django_assert_num_queries(0):
        assert version.last_seen() == seen
    assert version.in_force() == version.last_seen() != seen


def test_a_version_that_is_forgotten_is_asked_for_again():
    version = TableVersion(TimetableVersion)
    seen = version.last_seen()
    begin_a_version()

    version.forget()

    assert version.last_seen() == TimetableVersion.objects.get().token != seen
