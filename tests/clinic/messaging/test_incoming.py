"""What people write by SMS: kept word for word, heard by a person, answered where help is."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from clinic.messaging import incoming, preferences, sms_numbers, watches
from clinic.messaging.incoming import Sms
from clinic.models import IncomingMessage, Message, MessagePreference, SmsNumber, SymptomWords, WorkItem
from tests import factories
from tests.factories import NOW, numbers

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PHONE = "+37061234567"


@pytest.fixture(autouse=True)
def words_to_look_for():
    call_command("loaddata", "symptom_words", verbosity=0)


@pytest.fixture
def rasa():
    return factories.patient(phone=PHONE)


def write(words, *, number=PHONE, reference=None, at=NOW):
    return incoming.receive(Sms(number, words, reference or f"SM{next(numbers)}"), at=at)


def items():
    return list(WorkItem.objects.requested().order_by("pk").values_list("kind", "patient"))


def answers():
    return list(Message.objects.order_by("pk").values_list("purpose", "channel", "address", "patient"))


@pytest.mark.parametrize(
    "words",
    ["I cannot come on Friday", "🙏🏽 ačiū", "لا أستطيع الحضور يوم الجمعة", "long " * 3_000, "", " \n "],
)
def test_every_word_is_kept_and_reaches_the_desk(rasa, words):
    write(words)

    [kept] = IncomingMessage.objects.all()
    assert (kept.body, kept.number, kept.received_at, kept.whose) == (words, PHONE, NOW, "known")
    assert list(kept.patients.all()) == [rasa]
    assert items() == [("sms", rasa.pk)]


def test_same_sms_told_twice_is_kept_once(rasa):
    assert write("Hello", reference="SM1") == write("Hello", reference="SM1")

    assert (IncomingMessage.objects.count(), len(items()), len(answers())) == (1, 1, 1)


@pytest.mark.parametrize(
    "words",
    [
        "It hurts to breathe since the injection",
        "CHEST pain",
        "no fever",
        "my lips are swelling",
        "I collapsed",
        "numb leg",
        "Sunku kvėpuoti",
        "tinsta lupos",
        "karščiuoju",
        "Help!",
        "stop it hurts to breathe",
    ],
)
def test_red_words_are_urgent_and_answered_at_once_with_where_help_is(rasa, settings, words):
    write(words)

    assert items() == [("sms_red", rasa.pk)]
    [answer] = Message.objects.all()
    assert (answer.purpose, answer.category, answer.address) == ("help-is-there", "safety", PHONE)
    assert (answer.due_at, answer.may_wake, answer.cause) == (NOW, True, IncomingMessage.objects.get().pk)
    assert settings.EMERGENCY_NUMBER in answer.body
    assert settings.CLINIC_PHONE in answer.body
    assert "Rasa E." in answer.body


@pytest.mark.parametrize(
    ("words", "taken_for"),
    [
        ("Can I move my visit to Monday", "words"),
        ("I pulled the weeds, all is well, see you next week", "words"),
        ("Please help me to book", "words"),
        ("The pain is worse", "symptom"),
        ("Man skauda", "symptom"),
        ("please stop the pain", "symptom"),
    ],
)
def test_other_words_go_to_a_person_without_alarm(rasa, words, taken_for):
    assert write(words).taken_for == taken_for

    assert items() == [("sms", rasa.pk)]
    assert answers() == [("we-have-it", "sms", PHONE, rasa.pk)]
    assert MessagePreference.objects.count() == 0


def test_everything_is_red_while_there_is_no_list_of_red_words(rasa):
    SymptomWords.objects.filter(level="red").update(is_active=False)

    assert write("Can I come on Monday?").taken_for == "red"


def test_symptoms_of_a_watched_patient_stand_on_the_physicians_list_too(rasa):
    watch = watches.WATCHES.register(watches.Watch("test", covers=lambda patient, at: patient == rasa))
    try:
        write("It is sore")
        write("It is sore", number="+37069999999")
        factories.patient(phone="+37068888888")
        write("It is sore", number="+37068888888")
    finally:
        watches.WATCHES.unregister(watch)

    assert [kind for kind, _patient in items()] == ["sms_symptom", "sms_whose", "sms"]
    assert [item.kind for item in WorkItem.objects.for_physicians()] == ["sms_symptom"]


# Automatic answers


def test_two_machines_do_not_answer_each_other_for_ever(rasa):
    for minutes in range(0, 180, 5):
        write("chest chest chest", at=NOW + timedelta(minutes=minutes))

    assert [purpose for purpose, *_ in answers()] == ["help-is-there"] * 3
    assert len(items()) == 36


def test_plain_words_are_answered_once_a_day_and_red_ones_still(rasa):
    write("Hello")
    write("Are you there?", at=NOW + timedelta(hours=2))
    write("My chest hurts", at=NOW + timedelta(hours=3))
    write("Hello again", at=NOW + timedelta(hours=4))
    write("Good morning", at=NOW + timedelta(days=1))

    assert [purpose for purpose, *_ in answers()] == ["we-have-it", "help-is-there", "we-have-it"]


@pytest.mark.parametrize("number", ["12345", "Vodafone", "?", "+370 61", "+37052000001"])
def test_what_cannot_be_written_to_gets_no_answer(settings, number):
    settings.TWILIO_FROM = "+37052000001"

    write("chest pain", number=number)

    assert answers() == []
    assert [kind for kind, _patient in items()] == ["sms_whose", "sms_red"]


def test_blocked_number_is_answered_by_e_mail_if_there_is_one():
    with_email, without = factories.patient(phone=PHONE), factories.patient(phone="+37068888888", email="")
    for number in (PHONE, "+37068888888"):
        sms_numbers.block(number, by="refusal", at=NOW)
        write("chest pain", number=number)

    assert answers() == [("help-is-there", "email", with_email.email, with_email.pk)]
    assert items() == [("sms_red", with_email.pk), ("sms_red", without.pk)]
    assert "does not go by SMS now" in WorkItem.objects.get(patient=without).what_to_say


# STOP and START


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Unsubscribe", "stopall!"])
def test_stop_ends_the_reminders_of_everybody_there_and_is_no_work(word):
    mother, child, other = (factories.patient(phone=number) for number in (PHONE, PHONE, "+37069999999"))

    write(word)

    stopped = {p.patient: p.source for p in MessagePreference.objects.exclude(opted_out_at=None)}
    assert stopped == {mother: "reply", child: "reply"}
    assert (items(), answers(), sms_numbers.is_blocked(PHONE)) == ([], [], True)
    assert set(IncomingMessage.objects.get().patients.all()) == {mother, child}
    write("START")
    assert [preferences.preference_of(patient).opted_out_at for patient in (mother, child, other)] == [None] * 3
    assert not sms_numbers.is_blocked(PHONE)


def test_a_stop_that_may_mean_the_visit_is_asked_about(rasa):
    write("Cancel")

    assert items() == [("sms", rasa.pk)]
    assert "It may mean a visit" in WorkItem.objects.get().what_to_say


@pytest.mark.parametrize("word", ["yes", "Yes!", "no", "1", "YES please"])
def test_yes_and_no_are_for_a_person(rasa, word):
    preferences.stop_by_reply(PHONE, wants_reminders=False, source="reply", at=NOW)

    write(word)

    assert items() == [("sms", rasa.pk)]
    assert preferences.preference_of(rasa).opted_out_at == NOW


def test_yes_after_a_block_ends_it_as_at_the_provider(rasa):
    write("STOP")
    write("Yes", at=NOW + timedelta(minutes=1))

    assert (items(), sms_numbers.is_blocked(PHONE)) == ([], False)
    assert SmsNumber.objects.get().opened_at == NOW + timedelta(minutes=1)


# Whatever fails in between


def test_words_are_kept_when_the_rest_fails_and_taken_up_later(rasa, monkeypatch, caplog):
    with monkeypatch.context() as broken:
        broken.setattr(incoming.triage, "sounds_of", lambda words: 1 / 0)
        write("My chest is tight, Kanarienvogel")
    assert (IncomingMessage.objects.get().taken_up_at, items()) == (None, [])

    incoming.take_up_left(at=NOW + timedelta(minutes=2))
    incoming.take_up_left(at=NOW + timedelta(minutes=3))

    assert items() == [("sms_red", rasa.pk)]
    assert "Kanarienvogel" not in caplog.text
