"""Helpers of the tests of the desk's pages."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import at


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def text(answer):
    """The page with every run of white space as one space."""
    return " ".join(answer.content.decode().split())


def visit(when="2026-03-02 15:00", **fields):
    fields.setdefault("practitioner", factories.practitioner(hours=None))
    fields.setdefault("visit_type", factories.visit_type())
    return factories.appointment(starts_at=at(when), **fields)


def named(given_name, family_name, **fields):
    return factories.patient(given_name=given_name, family_name=family_name, **fields)


def queries_of(client, path, data=None):
    client.get(path, data)  # what is kept between requests is kept now
    with CaptureQueriesContext(connection) as queries:
        client.get(path, data)
    return len(queries)
