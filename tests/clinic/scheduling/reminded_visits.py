"""A visit on Thursday at ten, of which its patient is reminded."""

from tests import factories
from tests.factories import at

THURSDAY_TEN = at("2026-03-05 10:00")


def book(clinic, starts_at=THURSDAY_TEN, **more):
    return factories.book(starts_at, **clinic, by_desk=True, **more)
