"""After a backup was put back the provider of SMS is asked: for what it was given, and for what people wrote."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.messaging import delivery, epoch, preferences, receipts
from clinic.messaging.receipts import ReceiptStatus
from clinic.models import IncomingMessage, Message, WorkItem
from clinic.operations import restores
from tests import factories
from tests.clinic.messaging.backups import Backup
from tests.clinic.operations.restored import after_restore, deliver_all, plan, states, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_other_memory")]


def test_sms_that_the_provider_has_are_not_sent_again(sms_goes_out, capsys):
    plan(100, channel="sms")
    backup = Backup()
    deliver_all()
    backup.restore()
    deliver_all()
    assert (len(sms_goes_out.accepted()), states()) == (100, {"waiting": 100})

    after_restore(backup.taken_at)
    deliver_all()

    assert (len(sms_goes_out.accepted()), states()) == (100, {"accepted": 100})
    assert work() == [("restored", "entries")]
    assert "100 the provider has it\n" in capsys.readouterr().out


def test_sms_that_the_provider_does_not_have_go_out(sms_goes_out):
    messages = plan(3, channel="sms")
    backup = Backup()
    delivery.deliver_due(at=messages[0].due_at - timedelta(days=1))
    Message.objects.filter(pk=messages[0].pk).update(next_try_at=timezone.now() - timedelta(days=1))
    backup.restore()
    epoch.hold(at=timezone.now())

    after_restore(backup.taken_at)
    deliver_all()

    assert sorted(line["body"] for line in sms_goes_out.accepted()) == ["message 0", "message 1", "message 2"]


def test_two_sms_that_look_alike_are_two(sms_goes_out):
    """One had gone out: one is found, the other one is sent."""
    first = factories.message(channel="sms", address="+37061234567", due_at=timezone.now(), body="Come at ten.")
    delivery.deliver_due(at=timezone.now())
    Message.objects.filter(pk=first.pk).update(status="waiting", provider_reference="", ended_at=None)
    factories.message(channel="sms", address="+37061234567", due_at=timezone.now(), body="Come at ten.")

    after_restore(timezone.now() - timedelta(minutes=1))
    deliver_all()

    assert (len(sms_goes_out.accepted()), states()) == (2, {"accepted": 2})


def test_sms_that_told_several_visits_in_other_words_is_left_to_a_person(sms_goes_out):
    """The text was written anew when it was sent, and the database has forgotten that."""
    [message, other] = plan(2, channel="sms")
    backup = Backup()
    Message.objects.filter(pk=message.pk).update(body="Two visits on Monday")
    Message.objects.filter(pk=other.pk).update(status="withdrawn")
    deliver_all()
    backup.restore()

    after_restore(backup.taken_at)
    deliver_all()

    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.status, other.status) == ("unknown", "accepted")
    assert sorted(line["body"] for line in sms_goes_out.accepted()) == ["Two visits on Monday", "message 1"]


def test_sms_that_went_to_another_number_is_found_there(sms_goes_out):
    """It follows its patient when it is sent; the row still says where it was planned to go."""
    patient = factories.patient(phone="+37061234567")
    patient.contacts.create(system="phone", value="+37061000000", until=timezone.now())
    plan(1, channel="sms", category="notice", patient=patient)
    backup = Backup()
    deliver_all()
    [sms] = sms_goes_out.accepted()
    backup.restore()

    after_restore(backup.taken_at)
    deliver_all()

    assert (sms["to"], len(sms_goes_out.accepted()), states()) == ("+37061234567", 1, {"accepted": 1})
    assert Message.objects.get().address == "+37061234567"


def test_provider_that_does_not_answer_leaves_deliveries_held(sms_goes_out, capsys):
    plan(2, channel="sms")
    backup = Backup()
    deliver_all()
    backup.restore()
    sms_goes_out.control(outage=True)

    with pytest.raises(CommandError, match="3 of these are not settled"):
        after_restore(backup.taken_at)
    deliver_all()
    assert epoch.restored_state()

    sms_goes_out.control(outage=False)
    after_restore(backup.taken_at)
    deliver_all()

    assert (len(sms_goes_out.accepted()), states(), epoch.restored_state()) == (2, {"accepted": 2}, None)
    assert work() == [("restored", "entries")]


def test_receipts_of_what_the_database_has_forgotten_change_nothing_until_it_is_settled(sms_goes_out):
    [message] = plan(1, channel="sms")
    backup = Backup()
    deliver_all()
    backup.restore()
    [sms] = sms_goes_out.accepted()
    news = {"news": ReceiptStatus.ARRIVED, "reference": sms["sid"], "detail": "", "at": timezone.now()}

    assert [receipts.note_receipt(pk, **news) for pk in (message.pk, message.pk + 1)] == [False, False]
    after_restore(backup.taken_at)

    assert receipts.note_receipt(message.pk, **news)
    assert states() == {"delivered": 1}


def test_what_people_wrote_since_the_backup_is_read_after_all(sms_goes_out):
    """Once, by a person; red words are answered, perhaps again, and STOP holds."""
    call_command("loaddata", "symptom_words", verbosity=0)
    patient, other = factories.patient(phone="+37061234567"), factories.patient(phone="+37067654321")
    sms_goes_out.tell("+37061234567", "It hurts to breathe since the injection")
    sms_goes_out.tell("+37061234567", "May I come a little later?")
    sms_goes_out.tell("+37067654321", "STOP")
    taken_at = timezone.now() - timedelta(hours=1)

    restores.settle(taken_at=taken_at, at=timezone.now())
    epoch.hold(at=timezone.now())
    restores.settle(taken_at=taken_at, at=timezone.now())
    deliver_all()

    kinds = WorkItem.objects.exclude(kind="restored").order_by("pk").values_list("kind", "patient")
    assert list(kinds) == [("sms_red", patient.pk), ("sms", patient.pk)]
    assert list(IncomingMessage.objects.order_by("pk").values_list("body", flat=True)) == [
        "It hurts to breathe since the injection",
        "May I come a little later?",
        "STOP",
    ]
    assert [line["to"] for line in sms_goes_out.accepted()] == ["+37061234567"]
    assert preferences.preference_of(other).opted_out_at is not None
