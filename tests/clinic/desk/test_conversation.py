"""One conversation per patient: what was written and what went out, and the desk's answer; whose an SMS is."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from clinic.messaging import incoming, sms_numbers
from clinic.messaging.incoming import Sms
from clinic.models import AuditEvent, Message, Role, WorkItem
from clinic.models.messages import ArchivedMessage
from tests import factories
from tests.factories import NOW, numbers
from tests.web import NOT_FOUND, as_, main_words, queries_of, refusal, sign_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PHONE = "+37061234567"
TOKEN = "0123456789abcdef0123"


@pytest.fixture(autouse=True)
def words_to_look_for():
    call_command("loaddata", "symptom_words", verbosity=0)


@pytest.fixture
def ona():
    return factories.patient(given_name="Ona", phone=PHONE)


def write(words, *, number=PHONE, at=NOW):
    return incoming.receive(Sms(number, words, f"SM{next(numbers)}"), at=at)


def conversation_of(patient):
    return reverse("desk-patient-messages", args=[patient.pk])


def send(page, patient, words="You may come at ten.", channel="sms", token=TOKEN, **more):
    form = {"words": words, "channel": channel, "token": token, **more}
    return page.post(reverse("desk-patient-answer", args=[patient.pk]), form)


def archived(patient, body, *, at):
    fields = factories.letter(due_at=at).fields("sms")
    names = ("key", "purpose", "cause", "occasion", "sequence", "category", "channel", "due_at", "not_after")
    return ArchivedMessage.objects.create(
        **{name: fields[name] for name in names}, patient=patient, address=PHONE, body=body, archived_at=at
    )


def test_both_directions_stand_in_order_with_what_is_archived(page, ona):
    archived(ona, "Long ago", at=NOW - timedelta(days=400))
    write("Can I come later?", at=NOW + timedelta(minutes=1))
    factories.message(patient=ona, subject="A reminder", due_at=NOW + timedelta(minutes=2))

    content = main_words(page.get(conversation_of(ona)))

    places = [content.index(words) for words in ("A reminder", "we have your SMS", "Can I come later?", "Long ago")]
    assert places == sorted(places)
    assert AuditEvent.objects.filter(patient=ona, what="messages", action="R").exists()


def test_conversation_asks_the_database_as_often_for_many_as_for_one(page, ona):
    write("One")
    first = queries_of(page, conversation_of(ona))
    for _number in range(5):
        write("More")

    assert queries_of(page, conversation_of(ona)) == first


def test_manager_sees_what_went_out_and_no_words_of_patients(ona):
    write("My knee hurts, Kanarienvogel")
    manager = as_(factories.user(Role.MANAGER, is_staff=True))

    pages = [manager.get(path) for path in (conversation_of(ona), reverse("desk-work"), reverse("desk-messages"))]

    assert [page.status_code for page in pages] == [200] * 3
    assert "we have your SMS" in text(pages[0])
    assert [page for page in pages if "Kanarienvogel" in text(page)] == []


def test_work_item_shows_the_words_and_leads_to_the_conversation(page, ona):
    write("Can I come <b>later</b>? 🙏")

    content = text(page.get(reverse("desk-work")))

    assert "Can I come &lt;b&gt;later&lt;/b&gt;? 🙏" in content
    assert f'href="{conversation_of(ona)}"> Read and answer' in content
    assert AuditEvent.objects.filter(patient=ona, what="list of things to do").exists()


# The answer


def test_answer_goes_out_once_however_often_the_button_is_pressed(page, ona, desk):
    sms = write("Can I come later?")

    answers = [send(page, ona, seen=sms.pk) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    message = Message.objects.get(purpose="from-the-desk")
    assert (message.channel, message.address, message.patient) == ("sms", PHONE, ona)
    assert message.body.endswith(": You may come at ten.")
    item = WorkItem.objects.get()
    assert (item.status, item.note, item.ended_by) == ("completed", "answered", desk)


def test_answer_ends_nothing_that_was_not_seen_or_needs_a_call(page, ona):
    first, red, unseen = write("Hello"), write("My chest hurts"), write("And one more")

    send(page, ona, seen=red.pk)

    assert set(WorkItem.objects.requested().values_list("incoming", flat=True)) == {red.pk, unseen.pk}
    assert first.pk < red.pk


def test_page_that_was_used_for_other_words_is_refused(page, ona):
    send(page, ona)

    assert send(page, ona, words="Something else").status_code == 409
    assert Message.objects.filter(purpose="from-the-desk").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": " \u200b "}, "Write what you want to say."),
        ({"words": "a" * 401}, "An SMS takes 400 characters at most."),
        ({"channel": "pigeon"}, "Select a valid choice."),
    ],
)
def test_wrong_answer_stays_in_the_form(page, ona, wrong, sentence):
    answer = send(page, ona, **wrong)

    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert not Message.objects.filter(purpose="from-the-desk").exists()


def test_no_sms_is_written_to_a_phone_that_the_provider_blocks(page, ona):
    sms_numbers.block(PHONE, by="reply", at=NOW)

    answer = send(page, ona)

    assert (answer.status_code, "The provider blocks our SMS to this phone." in text(answer)) == (422, True)
    assert send(page, ona, channel="email").status_code == 302


# Whom it is about


def test_desk_says_whom_an_sms_is_about(page, ona):
    child = factories.patient(given_name="Jonas", phone=PHONE)
    sms = write("He cannot come")
    address = reverse("desk-incoming", args=[sms.pk])

    assert "He cannot come" in text(page.get(reverse("desk-received")))
    assert address in text(page.get(reverse("desk-work")))
    content = text(page.get(address))
    assert [
        name for name in ("Ona Example", "Jonas Example", "About all 2 of them", "none of them") if name not in content
    ] == []
    assert "He cannot come" not in text(page.get(conversation_of(child)))

    assert page.post(address, {"patient": child.pk})["Location"] == conversation_of(child)

    assert "He cannot come" in text(page.get(conversation_of(child)))
    assert "He cannot come" not in text(page.get(conversation_of(ona)))


def test_an_unknown_number_is_given_to_somebody_who_is_searched_for(page, ona):
    sms = write("Hello", number="+37069999999")
    address = reverse("desk-incoming", args=[sms.pk])

    assert "No patient has this number." in text(page.get(address))
    assert "Ona Example" in text(page.get(address, {"q": "Ona"}))
    assert page.post(address, {}).status_code == 422
    assert page.post(address, {"patient": "999999"}).status_code == 404
    page.post(address, {"nobody": "1"})
    page.post(address, {"patient": ona.pk})

    assert WorkItem.objects.requested().get().patient == ona


# Those who treat


def test_physician_follows_up_red_words(client, ona, physician):
    sms = write("It hurts to breathe")
    address = reverse("practice-received", args=[sms.pk])

    assert address in text(client.get(reverse("practice")))
    assert "It hurts to breathe" in text(client.get(address))
    assert client.post(address, {"note": " "}).status_code == 422
    client.post(address, {"note": "Called: an ambulance is on its way."})

    item = WorkItem.objects.get()
    assert (item.status, item.ended_by) == ("completed", physician.user)
    assert "Somebody has done this already." in text(client.get(address))


def test_physician_reads_the_conversation_and_a_physiotherapist_that_of_own_patients(client, ona, physician):
    sms = write("Can I come later?")
    address = reverse("practice-messages", args=[ona.pk])
    other = as_(factories.colleague(Role.PHYSIOTHERAPIST).user)

    assert "Can I come later?" in text(client.get(address))
    assert refusal(client.get(reverse("practice-received", args=[sms.pk]))) == NOT_FOUND
    assert refusal(other.get(address)) == NOT_FOUND


def test_patient_sees_what_they_wrote(client, ona):
    other = factories.patient(phone="+37069999999")
    write("Can I come later?")
    write("Somebody else's words", number="+37069999999")
    sign_in(client, ona)

    content = text(client.get(reverse("my-messages")))

    assert "Can I come later?" in content
    assert "Somebody else" not in content
    assert other.pk != ona.pk
