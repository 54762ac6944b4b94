"""What came back, acted on: the message ends, a person hears of it, and the same again changes nothing."""

from datetime import timedelta

import pytest

from clinic.messaging import archive, preferences
from clinic.messaging.bounces import news, reports
from clinic.models import Message, SymptomWords, WorkItem
from clinic.models.messages import ArchivedMessage
from tests import factories
from tests.clinic.messaging.bounces import mails
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def rasa():
    return factories.patient(email="rasa@mail.example", phone="+37061234567")


def accepted(patient, **more):
    return factories.message(patient=patient, status="accepted", tries=1, ended_at=NOW, accepted_at=NOW, **more)


def come_back(mail):
    return news.note(reports.read(mail), at=NOW)


def items():
    return list(WorkItem.objects.order_by("pk").values_list("kind", "patient", "message"))


@pytest.mark.parametrize("status", ["accepted", "delivered", "unknown", "put-off"])
def test_a_mail_that_comes_back_did_not_arrive(rasa, status):
    message = accepted(rasa)
    Message.objects.filter(pk=message.pk).update(status=status)

    assert come_back(mails.report(message))

    message.refresh_from_db()
    assert (message.status, message.refusal_code, message.outcome) == ("dead", "5.1.1", "550 5.1.1 User unknown")
    assert items() == [("message", rasa.pk, message.pk)]
    assert [one.detail for one in message.attempts.all()] == ["550 5.1.1 User unknown"]


def test_the_same_report_again_changes_nothing(rasa):
    message = accepted(rasa)

    for _time in range(3):
        come_back(mails.report(message))
    come_back(mails.report(message, by="inside"))

    assert (len(items()), message.attempts.count()) == (1, 1)


def test_safety_advice_that_comes_back_goes_by_the_other_channel(rasa):
    come_back(mails.report(accepted(rasa, category="safety", other_words="Do not lift.")))

    assert list(Message.objects.filter(channel="sms").values_list("address", "body")) == [
        ("+37061234567", "Do not lift.")
    ]


def test_a_withdrawn_message_that_comes_back_stays_so(rasa):
    message = accepted(rasa)
    Message.objects.filter(pk=message.pk).update(status="withdrawn")

    come_back(mails.report(message))

    assert items() == []


def test_a_mail_in_the_archive_comes_back(rasa):
    message = accepted(rasa, due_at=NOW - timedelta(days=100), not_after=NOW - timedelta(days=99))
    Message.objects.update(ended_at=NOW - timedelta(days=99))
    assert archive.archive(at=NOW, days=90) == 1

    for _time in range(2):
        come_back(mails.report(message))

    kept = ArchivedMessage.objects.get()
    assert (kept.status, kept.refusal_code, kept.all_tries[-1].detail) == ("dead", "5.1.1", "550 5.1.1 User unknown")
    assert items() == [("message", rasa.pk, None)]


def test_a_delay_is_noted_once_and_nobody_has_to_do_anything(rasa):
    message = accepted(rasa)

    for _time in range(2):
        come_back(mails.report(message, action="delayed", status="4.4.1", said="451 4.4.1 no answer"))

    message.refresh_from_db()
    assert (message.status, items()) == ("accepted", [])
    assert [one.detail for one in message.attempts.all()] == ["451 4.4.1 no answer"]


def test_a_complaint_ends_reminders(rasa):
    come_back(mails.complaint(accepted(rasa)))

    preference = preferences.preference_of(rasa)
    assert (preference.opted_out_at, preference.source) == (NOW, "complaint")


def test_a_report_that_is_not_about_our_mail_is_nobodys(rasa):
    message = accepted(rasa)

    assert not come_back(mails.report(message, by="nowhere"))
    assert not come_back(mails.report(factories.message(patient=rasa)))  # never sent

    message.refresh_from_db()
    assert (message.status, items()) == ("accepted", [])


def test_an_answer_of_a_person_reaches_a_person(rasa):
    message = accepted(rasa)

    for _time in range(2):
        assert come_back(mails.written(message))

    [item] = WorkItem.objects.all()
    assert item.patient == rasa
    assert item.what_to_say == "rasa@mail.example wrote: Re: Your visit I cannot come on Friday."


def test_a_patient_who_writes_by_themselves_reaches_a_person_too(rasa):
    assert come_back(mails.written())

    assert WorkItem.objects.get().patient == rasa


def test_red_words_are_urgent(rasa):
    SymptomWords.objects.create(words="breathe", level="red", is_active=True)

    come_back(mails.written(accepted(rasa), words="It hurts to breathe since the injection."))
    come_back(mails.written(words="I cannot come on Friday.").replace(b"answer-1", b"answer-2"))

    assert [item.kind for item in WorkItem.objects.order_by("pk")] == ["mail_red", "mail"]


def test_a_stranger_is_told_apart(rasa):
    assert not come_back(mails.written(sender="stranger@elsewhere.example"))

    assert items() == []


def test_strange_letters_of_a_server_are_no_obstacle(rasa):
    message = accepted(rasa)
    written = mails.written(message).replace(b"Friday", b"Fri\xff\x00day")

    come_back(written.replace(b"Re: ", b"Re: \xff"))
    come_back(mails.report(message).replace(b"User unknown", b"\xff\x00 no"))

    message.refresh_from_db()
    assert message.status == "dead"
    assert {item.kind for item in WorkItem.objects.all()} == {"mail_red", "message"}  # red: there is no list of words
