"""A clinic without a provider: nothing is promised by that channel, nothing waits for it for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic import work_kinds
from clinic.errors import ChannelMissing
from clinic.messaging import delivery, outages, outbox, preferences
from clinic.messaging.channels import registry
from clinic.messaging.letters import Letter
from clinic.models import Message, WorkItem
from clinic.scheduling import cancellations, message_purposes
from tests import factories
from tests.factories import NOW
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_files(settings, tmp_path):
    """A real clinic: what has no provider has no way out."""
    settings.MESSAGES_TO_FILES, settings.DATA_DIR = False, tmp_path


@pytest.fixture
def no_sms(no_files, mail_goes_out):
    """E-mail is set up, SMS is not."""


def ways():
    return {channel: [way.name for way in registry.ways_out(channel)] for channel in ("email", "sms")}


def letter(appointment):
    return Letter(
        message_purposes.VISIT_BOOKED,
        due_at=NOW,
        not_after=NOW + timedelta(days=1),
        cause=appointment.pk,
        appointment=appointment,
        context={"appointment": appointment},
    )


def test_a_clinic_without_a_provider_has_no_way_out(no_files):
    assert ways() == {"email": [], "sms": []}
    assert outages.not_set_up() == ["email", "sms"]
    assert registry.way_named("smtp") is None


def test_the_demo_writes_files_unless_it_wants_no_sms(settings):
    assert ways() == {"email": ["email-files"], "sms": ["sms-files"]}
    settings.SMS_CHANNEL = "none"
    assert ways() == {"email": ["email-files"], "sms": []}


def test_a_clinic_with_both_names_them(no_files, mail_goes_out, sms_goes_out):
    assert ways() == {"email": ["smtp"], "sms": ["twilio"]}


def test_whoever_has_only_a_phone_becomes_a_thing_to_do_at_once(no_sms):
    visit = factories.appointment(patient=factories.patient(email="", phone="+37061234567"))

    assert outbox.schedule_for(visit.patient, letter(visit)) is None

    item = WorkItem.objects.get()
    assert (item.kind, item.patient, Message.objects.count()) == (work_kinds.MESSAGE_NOWHERE.code, visit.patient, 0)
    assert item.what_to_say.startswith("No message of ours gets there. Call, and say: Linden Pain Clinic for Rasa E.: ")
    assert item.appointment == visit


def test_whoever_chose_sms_gets_e_mail(no_sms):
    visit = factories.appointment(patient=factories.patient(email="rasa@mail.example", phone="+37061234567"))
    preferences.choose(visit.patient, by=None, source="page", at=NOW, channel="sms")

    message = outbox.schedule_for(visit.patient, letter(visit))

    assert (message.channel, message.address) == ("email", "rasa@mail.example")


def test_a_message_whose_channel_was_removed_goes_by_the_other(no_sms, mail_goes_out):
    patient = factories.patient(email="rasa@mail.example", phone="+37061234567")
    message = factories.message(
        channel="sms", address="+37061234567", patient=patient, other_words="Your visit\n\nOn Monday."
    )

    delivery.deliver_due(at=NOW)

    message.refresh_from_db()
    assert (message.status, message.channel, len(mail_goes_out.mails)) == ("accepted", "email", 1)


@pytest.mark.parametrize("with_patient", [True, False])
def test_a_message_whose_channel_was_removed_does_not_wait_for_ever(no_sms, with_patient):
    patient = factories.patient(email="", phone="+37061234567") if with_patient else None
    message = factories.message(channel="sms", address="+37061234567", patient=patient, other_words="Words")

    delivery.deliver_due(at=NOW)

    message.refresh_from_db()
    assert (message.status, message.tries) == ("dead", 0)
    assert message.outcome == "nothing leaves here by SMS: no provider is set up"
    assert WorkItem.objects.get().what_to_say.startswith("This clinic cannot send to this address.")


def test_a_call_that_broke_off_before_its_channel_was_removed_is_unknown(no_sms):
    message = factories.message(channel="sms", address="+37061234567", in_doubt_since=NOW, crashes=1)

    delivery.deliver_due(at=NOW)

    message.refresh_from_db()
    assert message.status == "unknown"


def test_a_code_is_not_planned_where_no_mail_can_leave(no_files):
    code = Letter(message_purposes.VISIT_BOOKED, due_at=NOW, not_after=NOW)

    with pytest.raises(ChannelMissing):
        outbox.schedule(code, address="rasa@mail.example", subject="Code", body="123456")

    assert Message.objects.count() == 0


def test_nothing_is_sent_again_into_nowhere(no_sms):
    patient = factories.patient(email="", phone="+37061234567")
    message = factories.message(
        channel="sms", address="+37061234567", patient=patient, status="dead", not_after=timezone.now()
    )

    with pytest.raises(ChannelMissing):
        outbox.send_again(message, reason="she asks", by=factories.user(), at=NOW)


def test_what_people_were_to_tell_about_a_visit_ends_with_it(no_sms):
    visit = factories.appointment(patient=factories.patient(email="", phone="+37061234567"))
    outbox.schedule_for(visit.patient, letter(visit))

    cancellations.cancel(visit, by=factories.user(), note="", at=NOW)

    rows = WorkItem.objects.filter(kind=work_kinds.MESSAGE_NOWHERE.code).order_by("pk")
    assert list(rows.values_list("purpose", "status")) == [
        ("visit-booked", "cancelled"),
        ("visit-cancelled", "requested"),
    ]


def test_the_second_provider_takes_over_while_the_first_is_down(no_files, smtp_server, settings):
    settings.EMAIL_URL, settings.EMAIL_URL_2 = f"smtp://127.0.0.1:{free_port()}", smtp_server.url
    messages = [factories.message() for _number in range(3)]

    delivery.deliver_due(at=NOW)
    delivery.deliver_due(at=NOW + timedelta(minutes=2))

    rows = Message.objects.filter(pk__in=[message.pk for message in messages])
    assert list(rows.values_list("status", "way_out", "tries")) == [("accepted", "smtp-2", 1)] * 3
    assert len(smtp_server.mails) == 3
