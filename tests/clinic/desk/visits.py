"""Visits and patients for the tests of the desk's pages."""

from tests import factories
from tests.factories import at


def a_visit(when="2026-03-02 15:00", **fields):
    return factories.appointment(starts_at=at(when), **fields)


def named(given_name, family_name, **fields):
    return factories.patient(given_name=given_name, family_name=family_name, **fields)
