"""`manage.py verify_audit`, and what is known of the trail outside the database."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from clinic import audit_kinds
from clinic.models import AuditEvent, AuditLink
from clinic.models.chores import CHORES
from clinic.operations import audit_ends, restores
from clinic.people import audit_chain, auditing
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_other_memory")]
EVENTS, LINKS = audit_chain.EVENTS, audit_chain.LINKS


@pytest.fixture
def patient():
    return factories.patient()


def read(patient, times=1):
    for _ in range(times):
        auditing.read(patient, by=None, what="visit")
    connection.check_constraints()  # what PostgreSQL does at the commit


def cut_off(count):
    """The last events and their links are gone, as by the database's owner, or because a backup was put back."""
    audit_chain.lift()
    last = list(AuditLink.objects.order_by("-number").values_list("number", "event")[:count])
    AuditLink.objects.filter(number__in=[number for number, _event in last]).delete()
    AuditEvent.objects.filter(pk__in=[event for _number, event in last]).delete()
    connection.check_constraints()
    audit_chain.install()


def verify_audit(*args):
    told, complaints = StringIO(), StringIO()
    try:
        call_command("verify_audit", *args, stdout=told, stderr=complaints)
    except CommandError as error:
        complaints.write(str(error))
    return told.getvalue(), complaints.getvalue()


def test_trail_as_it_was_written_ends_well_and_says_its_end(patient):
    read(patient, times=3)

    told, complaints = verify_audit()

    number, last_hash = audit_chain.end()
    assert complaints == ""
    assert f"The last is {number}:{last_hash}" in told
    assert "whether it was cut off is not seen" in told
    assert "is not seen" not in verify_audit()[0]


def test_changed_entry_ends_with_an_error(patient):
    read(patient)
    audit_chain.lift()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {EVENTS} SET what = 'nothing'")
    audit_chain.install()

    _told, complaints = verify_audit()

    assert "was changed: it is not what was written at" in complaints
    assert "The audit trail is not as it was written: 1 faults." in complaints


def test_triggers_that_are_away_are_a_fault(patient):
    read(patient)
    audit_chain.lift()

    _told, complaints = verify_audit()

    assert complaints.count("The database does not protect the trail") == len(audit_chain.STAY) * 2 + 1 + (
        2 if connection.vendor == "sqlite" else 0
    )


def test_chore_notes_the_end_so_that_a_cut_off_trail_is_found(patient, caplog):
    caplog.set_level("INFO")
    read(patient, times=3)
    CHORES.get("look-at-audit-trail").run(at=NOW)
    number, last_hash = audit_chain.end()
    assert f"audit trail: {number} entries, the last hash is {last_hash}" in caplog.text

    cut_off(1)

    assert f"Number {number} was there, and is missing" in verify_audit()[1]
    with pytest.raises(audit_ends.TrailBroken):
        audit_ends.look(at=NOW)


def test_end_that_was_noted_elsewhere_can_be_compared(patient):
    read(patient, times=3)
    number, last_hash = audit_chain.end()
    cut_off(1)

    assert "is missing" in verify_audit("--known", f"{number}:{last_hash}")[1]
    assert verify_audit()[1] == ""


def test_chore_looks_only_at_what_is_new(patient, django_assert_num_queries):
    read(patient, times=3)
    audit_ends.look(at=NOW)
    audit_chain.lift()
    event = AuditLink.objects.order_by("-number").first().event
    AuditEvent.objects.filter(pk=event.pk).update(what="nothing")
    audit_chain.install()
    read(patient)

    audit_ends.look(at=NOW)  # the old one is not looked at

    assert "was changed" in verify_audit()[1]


def test_after_a_restore_the_trail_says_so_and_what_is_lost_is_no_fault(patient):
    read(patient, times=5)
    audit_ends.look(at=NOW)
    cut_off(2)
    assert "is missing" in verify_audit()[1]

    restores.settle(taken_at=NOW - timedelta(hours=1), at=NOW)
    connection.check_constraints()
    read(patient)

    assert verify_audit()[1] == ""
    audit_ends.look(at=NOW + timedelta(hours=1))
    assert AuditEvent.objects.filter(kind=audit_kinds.RESTORED.code).count() == 1


def test_memory_that_cannot_be_written_stops_nothing(patient, settings, tmp_path, caplog):
    (tmp_path / "file").touch()
    settings.MEMORY_DIR = tmp_path / "file"
    read(patient)

    audit_ends.look(at=NOW)

    assert "cannot be noted" in caplog.text
