from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from aftercare.care_plans import missing_messages, plans
from aftercare.models import ServiceRequest
from aftercare.physiotherapy import answers
from clinic.messaging import outbox
from clinic.models import Appointment, Message, VisitReminder, WorkItem
from clinic.operations import readiness
from clinic.scheduling import visit_reminders
from tests import factories

pytestmark = pytest.mark.django_db
SIGNED_AT = factories.at("2026-03-02 11:00")


@pytest.fixture
def procedure():
    factories.protocol()
    return factories.signed(signed_at=SIGNED_AT)


def compare():
    return missing_messages.compare(at=SIGNED_AT + timedelta(days=1))


def test_compare_finds_nothing_after_signing(procedure):
    report = compare()

    assert (report.checked, report.missing, report.extra) == (6, [], [])


def test_compare_finds_what_is_missing_and_what_is_extra(procedure):
    lost, changed = Message.objects.filter(purpose="no-heavy-lifting", cause=procedure.pk).order_by("due_at")
    lost.delete()
    Message.objects.filter(pk=changed.pk).update(occasion="+9d")

    report = compare()

    of_lifting = ("no-heavy-lifting", procedure.pk)
    assert report.missing == [(*of_lifting, "at-once", None), (*of_lifting, "next-morning", None)]
    assert report.extra == [(*of_lifting, "+9d", None)]


def test_compare_accepts_the_desks_list_for_a_patient_without_an_address():
    factories.protocol()
    factories.signed(signed_at=SIGNED_AT, patient=factories.patient(email=""))

    report = compare()

    assert (report.checked, report.missing, report.extra) == (6, [], [])


def test_command_fails_when_something_is_missing(procedure, time_machine):
    time_machine.move_to(SIGNED_AT + timedelta(hours=1))
    Message.objects.filter(purpose="lifting-allowed", cause=procedure.pk).delete()

    with pytest.raises(CommandError, match="1 missing, 0 extra of 6"):
        call_command("reconcile_messages")


def test_what_is_missing_becomes_work_once_and_shows_in_readiness(procedure):
    Message.objects.filter(purpose="lifting-allowed", cause=procedure.pk).delete()
    at = SIGNED_AT + timedelta(hours=1)

    for _hour in range(2):
        missing_messages.tell_the_desk(at=at)

    [item] = WorkItem.objects.filter(kind="message_missing")
    assert (item.patient, item.status, item.due_at) == (procedure.patient, "requested", at)
    assert readiness.work(at=at)["missing_messages"] == 1


@pytest.mark.parametrize("lost", ["lifting-allowed", "book-physiotherapy"])
def test_nobody_calls_about_what_is_missing_once_the_record_was_withdrawn(procedure, lost):
    Message.objects.filter(purpose=lost, cause=procedure.pk).delete()
    missing_messages.tell_the_desk(at=SIGNED_AT + timedelta(hours=1))

    plans.stop(procedure, at=SIGNED_AT + timedelta(hours=2))

    assert set(WorkItem.objects.filter(kind="message_missing").values_list("status", flat=True)) == {"cancelled"}


def test_nobody_calls_about_a_missing_reminder_once_physiotherapy_is_elsewhere(procedure):
    Message.objects.filter(purpose="book-physiotherapy", cause=procedure.pk).delete()
    missing_messages.tell_the_desk(at=SIGNED_AT + timedelta(hours=1))
    referral = ServiceRequest.objects.get(care_plan__procedure=procedure)
    desk, day = factories.user("desk"), SIGNED_AT.date() + timedelta(days=3)

    answers.go_elsewhere(referral, on=day, where="Near home", by=desk, at=SIGNED_AT + timedelta(hours=2))

    assert set(WorkItem.objects.filter(kind="message_missing").values_list("status", flat=True)) == {"cancelled"}


def test_what_was_sent_again_or_by_another_way_is_not_extra(procedure):
    message = Message.objects.get(purpose="no-heavy-lifting", occasion="at-once")
    Message.objects.filter(pk=message.pk).update(status="dead")
    outbox.send_again(message, reason="She says so", by=factories.user("desk"), at=SIGNED_AT)

    report = compare()

    assert (report.missing, report.extra) == ([], [])


@pytest.fixture
def visit():
    """Booked before there were reminders."""
    factories.room()
    visit = factories.book(factories.at("2026-03-04 10:00"))
    VisitReminder.objects.create(hours_before=2)
    return visit


def test_visit_that_nothing_reminds_of_is_found_and_mended(visit):
    before = compare()
    missing_messages.tell_the_desk(at=SIGNED_AT + timedelta(days=1))

    after = compare()

    assert (before.missing, before.extra) == ([("visit-reminder", visit.pk, "", 0)], [])
    assert (after.missing, after.extra) == ([], [])
    assert visit_reminders.messages_of(visit).count() == 1


def test_reminder_of_a_time_the_visit_no_longer_has_is_extra(visit):
    visit_reminders.plan(visit, at=factories.NOW)
    Appointment.objects.update(calendar_sequence=4)

    report = compare()

    assert report.extra == [("visit-reminder", visit.pk, "2h", 0)]
