from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from aftercare import reconciling
from clinic.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
SIGNED_AT = factories.at("2026-03-02 11:00")


@pytest.fixture
def procedure():
    factories.protocol()
    return factories.signed(signed_at=SIGNED_AT)


def compare():
    return reconciling.compare(at=SIGNED_AT + timedelta(days=1))


def test_compare_finds_nothing_after_signing(procedure):
    report = compare()

    assert (report.checked, report.missing, report.extra) == (6, [], [])


def test_compare_finds_what_is_missing_and_what_is_extra(procedure):
    lost, changed = Message.objects.filter(key__startswith=f"procedure:{procedure.pk}:").order_by("due_at")[:2]
    lost.delete()
    Message.objects.filter(pk=changed.pk).update(key=f"procedure:{procedure.pk}:no-heavy-lifting:+9d:email")

    report = compare()

    assert report.missing == [
        f"procedure:{procedure.pk}:no-heavy-lifting:at-once",
        f"procedure:{procedure.pk}:no-heavy-lifting:next-morning",
    ]
    assert report.extra == [f"procedure:{procedure.pk}:no-heavy-lifting:+9d"]


def test_compare_accepts_the_desks_list_for_a_patient_without_an_address():
    factories.protocol()
    factories.signed(signed_at=SIGNED_AT, patient=factories.patient(email=""))

    report = compare()

    assert (report.checked, report.missing, report.extra) == (6, [], [])


def test_command_fails_when_something_is_missing(procedure, time_machine):
    time_machine.move_to(SIGNED_AT + timedelta(hours=1))
    Message.objects.filter(key__startswith=f"procedure:{procedure.pk}:lifting-allowed").delete()

    with pytest.raises(CommandError, match="1 missing, 0 extra of 6"):
        call_command("reconcile_messages")
