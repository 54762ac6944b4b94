"""A patient has died: nothing goes out, nobody calls, the visits are named to the desk; a mistake is taken back."""

from datetime import date, timedelta

import pytest

from clinic import work_kinds, worklist
from clinic.errors import DomainError, PatientDied
from clinic.messaging import conversations, delivery, due_checks, incoming, outbox, preferences
from clinic.messaging.conversations import Answer
from clinic.messaging.incoming import Sms
from clinic.models import Message, MessageStatus, Patient, WorkItem
from clinic.people import corrections, merging
from clinic.people.corrections import Why
from clinic.scheduling import cancellations, waitlist
from clinic.scheduling.wishes import Suitable
from tests import factories
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db
TEN = at("2026-03-04 10:00")


def write(patient, died_on, *, when=NOW):
    patient.refresh_from_db()
    seen = corrections.version(patient)
    corrections.correct(
        patient, {"died_on": died_on}, Why(by=factories.user(), at=when, reason="her daughter"), seen=seen
    )


def die(patient):
    write(patient, date(2026, 3, 1))


def states(patient):
    return {message.purpose: message.status for message in Message.objects.filter(patient=patient)}


def open_kinds(patient):
    return sorted(WorkItem.objects.requested().filter(patient=patient).values_list("kind", flat=True))


@pytest.fixture
def visit(doctor, ona):
    return factories.book(TEN, patient=ona, practitioner=doctor)


def test_what_was_planned_is_withdrawn_and_the_visit_named_to_the_desk(visit, ona):
    call = worklist.new(work_kinds.MESSAGE_NOT_SENT, cause=1, patient=ona, what_to_say="Call.", due_at=NOW)
    worklist.open_all([call])

    die(ona)

    assert set(states(ona).values()) == {MessageStatus.WITHDRAWN}
    assert open_kinds(ona) == ["visit_deceased"]
    item = WorkItem.objects.get(kind="visit_deceased")
    assert (item.appointment, item.due_at <= NOW) == (visit, True)
    assert [step.url for step in work_kinds.cancel_the_visit([item])[0]] == [f"/desk/appointments/{visit.pk}/cancel/"]


def test_nothing_new_is_planned_and_nobody_is_asked_to_call(visit, ona):
    die(ona)
    before = Message.objects.count()

    assert preferences.contacts_by_channel(ona) == {}
    visit.patient.refresh_from_db()
    cancellations.cancel(visit, at=NOW + timedelta(hours=1), by=factories.user(), note="died")

    assert Message.objects.count() == before
    assert open_kinds(ona) == []


def test_what_was_planned_by_mistake_is_withdrawn_when_it_is_due(ona):
    factories.message(patient=ona, due_at=NOW)
    Patient.objects.filter(pk=ona.pk).update(died_on=date(2026, 3, 1))

    delivery.deliver_due(at=NOW + timedelta(hours=4))

    assert Message.objects.values_list("status", "outcome").get() == (MessageStatus.WITHDRAWN, "the patient has died")


def test_no_visit_can_be_booked(doctor, ona):
    die(ona)

    with pytest.raises(PatientDied):
        factories.book(TEN, patient=ona, practitioner=doctor)


def test_waitlist_is_left(doctor, ona):
    kind = factories.visit_type()
    entry = waitlist.join(ona, kind, Suitable(date(2026, 3, 3), date(2026, 3, 9)), at=NOW)

    die(ona)

    entry.refresh_from_db()
    assert entry.status == "left"


def test_desk_cannot_write_nor_send_again(ona):
    sent = factories.message(patient=ona, due_at=NOW)
    die(ona)
    sent.refresh_from_db()

    with pytest.raises(DomainError, match="has died"):
        conversations.answer(ona, Answer("Hello", "email", "0" * 20), by=factories.user(), at=NOW)
    assert due_checks.why_not_again(sent, at=NOW) == "This is not sent again: the patient has died."


def test_who_writes_from_the_phone_of_somebody_who_died_is_heard_and_helped(ona):
    die(ona)

    incoming.receive(Sms("+37061234567", "I cannot breathe", "SM1"), at=NOW)

    assert open_kinds(ona) == ["sms_red"]
    assert Message.objects.filter(purpose="help-is-there", patient=None).count() == 1


def test_mistake_is_taken_back_with_messages_visits_and_work(visit, ona):
    before = states(ona)
    call = worklist.new(work_kinds.MESSAGE_NOT_SENT, cause=1, patient=ona, what_to_say="Call.", due_at=NOW)
    worklist.open_all([call])
    die(ona)

    write(ona, None, when=NOW + timedelta(minutes=1))

    ahead = {purpose for purpose, status in states(ona).items() if status == MessageStatus.WAITING}
    assert ahead == {"visit-reminder"} & set(before)
    assert open_kinds(ona) == ["message"]
    assert preferences.contacts_by_channel(ona) != {}


@pytest.mark.parametrize("who", ["duplicate", "into"])
def test_death_of_either_entry_is_that_of_both(doctor, ona, who):
    duplicate = factories.patient(given_name="Ona", family_name="Petrauskiene")
    visit = factories.book(TEN, patient=duplicate if who == "into" else ona, practitioner=doctor)
    die({"duplicate": duplicate, "into": ona}[who])

    merging.merge(duplicate, ona, by=factories.user(), at=NOW, reason="same")

    visit.refresh_from_db()
    assert (visit.patient, Patient.objects.get(pk=ona.pk).died_on) == (ona, date(2026, 3, 1))
    assert "visit_deceased" in open_kinds(ona)
    assert not Message.objects.filter(patient=ona, status=MessageStatus.WAITING).exists()


def test_letters_for_somebody_who_died_open_no_work(ona):
    die(ona)

    outbox.schedule_for(Patient.objects.get(pk=ona.pk), factories.letter(due_at=NOW))

    assert (Message.objects.count(), open_kinds(ona)) == (0, [])
