"""The chain of the audit trail: what somebody with the database in their hands changes is found."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from clinic import audit_kinds
from clinic.models import AuditEvent, AuditLink
from clinic.people import audit_chain, auditing
from tests import factories

pytestmark = pytest.mark.django_db
EVENTS, LINKS = audit_chain.EVENTS, audit_chain.LINKS


def sql(*statements):
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def trail():
    """Five events, and the numbers of their places."""
    patient, desk = factories.patient(), factories.user("desk")
    auditing.read(patient, by=desk, what="visit", address="2001:DB8::1")
    auditing.wrote(patient, by=desk, what="visit", address="192.0.2.7")
    auditing.read_each([patient.pk, factories.patient().pk], by=desk, what="day")
    auditing.noted(audit_kinds.DENIED, by=desk, what="my-cancel 7")
    connection.check_constraints()  # what PostgreSQL does at the commit
    return list(AuditLink.objects.order_by("number").values_list("number", flat=True))


@contextmanager
def owner_of_the_database():
    """Takes the triggers away, and puts them back afterwards."""
    audit_chain.lift()
    yield
    connection.check_constraints()
    audit_chain.install()


def remove(number):
    event = AuditLink.objects.get(number=number).event_id
    with owner_of_the_database():
        sql(f"DELETE FROM {LINKS} WHERE event_id = {event}", f"DELETE FROM {EVENTS} WHERE id = {event}")


def test_events_are_a_chain_without_gaps(trail):
    report = audit_chain.verify()

    assert trail == list(range(trail[0], trail[0] + 5))
    assert (report.faults, report.events, report.number) == ([], len(AuditEvent.objects.all()), trail[-1])
    assert audit_chain.end() == (report.number, report.hash)


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE {EVENTS} SET what = 'nothing' WHERE what = 'visit'",
        f"UPDATE {EVENTS} SET by_id = NULL",
        f"DELETE FROM {EVENTS} WHERE what = 'day'",
        f"UPDATE {LINKS} SET hash = 'x'",
        f"DELETE FROM {LINKS}",
    ],
)
def test_database_refuses_every_change(trail, change):
    with pytest.raises(IntegrityError, match="append-only:"):
        sql(change)


@pytest.mark.sqlite_only
def test_sqlite_refuses_to_write_over_a_row(trail):
    columns = ", ".join(field.column for field in AuditEvent._meta.concrete_fields)
    with pytest.raises(IntegrityError, match="append-only:"):
        sql(f"INSERT OR REPLACE INTO {EVENTS} ({columns}) SELECT {columns} FROM {EVENTS} LIMIT 1")


@pytest.mark.postgresql
def test_postgresql_refuses_to_empty_the_table(trail):
    with pytest.raises(IntegrityError, match="append-only:"):
        sql(f"TRUNCATE {EVENTS} CASCADE")


@pytest.mark.parametrize(
    "change",
    ["what = 'nothing'", "by_id = NULL", "at = '2020-01-01 00:00:00+00:00'", "address = '192.0.2.8'", "action = 'R'"],
)
def test_changed_event_is_found(trail, change):
    with owner_of_the_database():
        sql(f"UPDATE {EVENTS} SET {change} WHERE action = 'C'")

    (fault,) = audit_chain.verify().faults

    assert fault.startswith(f"Number {trail[1]} was changed")


def test_changed_event_with_a_fitting_digest_is_found(trail):
    event = AuditLink.objects.get(number=trail[1]).event
    event.what = "nothing"
    with owner_of_the_database():
        event.save()

    (fault,) = audit_chain.verify().faults

    assert fault == f"Number {trail[1]} does not follow from the one before."


def test_removed_event_is_found(trail):
    remove(trail[2])

    faults = audit_chain.verify().faults

    assert faults == [f"After number {trail[1]} comes {trail[3]}: what was between them is missing."]


def test_event_beside_the_chain_is_found(trail):
    with owner_of_the_database():
        auditing.read(factories.patient(), by=None, what="visit")

    (fault,) = audit_chain.verify().faults

    assert "in no chain" in fault


def test_cut_off_end_is_found_by_who_knows_it(trail):
    known = audit_chain.end()
    remove(trail[4])

    assert audit_chain.verify().faults == []
    assert audit_chain.verify([known]).faults == [
        f"Number {trail[4]} was there, and is missing: the trail ends at {trail[3]}."
    ]


def test_chain_that_was_written_anew_is_found_by_who_knows_its_end(trail):
    known = audit_chain.end()
    with owner_of_the_database():
        sql(f"UPDATE {LINKS} SET hash = 'f' WHERE number = {trail[4]}")

    faults = audit_chain.verify([known]).faults

    assert f"Number {trail[4]} is another than the one known outside." in faults
