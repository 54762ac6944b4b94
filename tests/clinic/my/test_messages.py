"""How a patient chooses: own page, link, desk. And what the desk does with a message that did not get through."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messaging import preferences, stop_links
from clinic.models import AuditEvent, Message, MessagePreference
from clinic.people import merging
from tests import factories
from tests.factories import NOW
from tests.web import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return factories.patient(given_name="Canaria", email="rasa@mail.example", phone="+37061234567")


@pytest.fixture
def own(client, patient):
    sign_in(client, patient)
    return client


def ended(status="dead", **fields):
    message = factories.message(**fields)
    Message.objects.filter(pk=message.pk).update(status=status, tries=1, ended_at=NOW)
    return message


# The link


def path_of(address):
    return address[address.index("/reminders/") :]


def test_link_asks_before_it_acts_and_says_for_whom_and_no_more(client, patient):
    address = path_of(stop_links.link_of(patient))

    page = client.get(address).content.decode()
    assert MessagePreference.objects.count() == 0
    assert "For <strong>Canaria E.</strong>" in page
    assert [word for word in ("Example", "rasa@", "3706123", "1980") if word in page] == []

    client.post(address, {"reminders": "off"})
    preference = MessagePreference.objects.get()
    assert (preference.patient, preference.opted_out_at is not None, preference.source) == (patient, True, "link")
    assert "You get no reminders" in client.get(address).content.decode()


def test_link_never_switches_reminders_on(client, patient):
    address = path_of(stop_links.link_of(patient))
    client.post(address, {"reminders": "off"})

    client.post(address, {"reminders": "on"})

    assert MessagePreference.objects.get().opted_out_at is not None
    assert reverse("my-messages") in client.get(address).content.decode()


def test_link_that_was_used_does_not_stop_them_again(client, patient):
    """A copy of the mail, or the mail program's one click, repeated after the patient has chosen otherwise."""
    address = path_of(stop_links.link_of(patient))
    client.post(address, {"List-Unsubscribe": "One-Click"})
    preferences.choose(patient, by=None, source="page", at=NOW, wants_reminders=True)

    answers = [client.post(address, {"List-Unsubscribe": "One-Click"}), client.get(address)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "This link has been used" in answers[1].content.decode()
    assert MessagePreference.objects.get().opted_out_at is None


@pytest.mark.parametrize(("days", "status"), [(90, 200), (91, 410)])
def test_link_ends_after_ninety_days(client, patient, days, status):
    address = path_of(stop_links.link_of(patient, at=timezone.now() - timedelta(days=days)))

    answers = [client.get(address), client.post(address, {"List-Unsubscribe": "One-Click"})]

    assert [answer.status_code for answer in answers] == [status, status]
    assert MessagePreference.objects.filter(opted_out_at__isnull=False).exists() is (status == 200)


@pytest.mark.parametrize(("days", "status"), [(89, 200), (91, 410), (None, 410)])
def test_link_from_before_links_had_a_day_ends_ninety_days_after_the_newest_message(client, patient, days, status):
    if days:
        factories.message(patient=patient, created_at=timezone.now() - timedelta(days=days))
    address = reverse("reminders", args=[stop_links.LINK.token_for(patient.pk)])

    assert (client.get(address).status_code, MessagePreference.objects.count()) == (status, 0)


def test_one_click_of_a_mail_program_stops_the_reminders(patient):
    """It has none of the clinic's cookies or tokens, and follows no redirect."""
    address = stop_links.link_of(patient)
    program = Client(enforce_csrf_checks=True)

    answer = program.post(path_of(address), {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, MessagePreference.objects.get().opted_out_at is not None) == (200, True)
    assert "You get no reminders" in answer.content.decode()


@pytest.mark.parametrize("token", ["1", "1:guess", "x", "1:" + "A" * 27])
def test_link_that_was_not_made_by_us_is_not_found(client, patient, token):
    assert client.post(reverse("reminders", args=[token]), {"reminders": "off"}).status_code == 404
    assert MessagePreference.objects.count() == 0


def test_link_of_a_merged_entry_leads_to_the_one_that_counts(patient):
    duplicate = factories.patient(email=patient.email)
    token = stop_links.LINK.token_for(duplicate.pk)
    merging.merge(duplicate, patient, by=None, at=factories.NOW, reason="booked twice")

    assert stop_links.LINK.find(token) == (patient, None)


# The own page


def test_own_page_keeps_what_is_chosen(own, patient):
    form = {"channel": "sms", "quiet_from": "21", "quiet_until": "9"}

    answer = own.post(reverse("my-messages-choose", args=[patient.pk]), form, follow=True)

    preference = MessagePreference.objects.get()
    assert (preference.channel, preference.quiet_hours, preference.source) == ("sms", (21, 9), "page")
    assert preference.opted_out_at is not None  # the box was not ticked
    assert "We keep to that from now on." in answer.content.decode()


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (("21", ""), "Choose both hours, or none."),
        (("8", "8"), "Choose another hour"),
        (("8", "7"), "Leave us at least 8 hours"),
    ],
)
def test_own_page_refuses_hours_that_make_no_sense_and_forgets_nothing(own, patient, hours, sentence):
    form = {"channel": "sms", "quiet_from": hours[0], "quiet_until": hours[1], "wants_reminders": "on"}

    answer = own.post(reverse("my-messages-choose", args=[patient.pk]), form)

    page = answer.content.decode()
    assert (answer.status_code, sentence in page, MessagePreference.objects.count()) == (422, True, 0)
    assert 'value="sms"' in page


def test_own_page_does_not_offer_a_way_without_an_address(client):
    patient = factories.patient(email="one@mail.example")
    sign_in(client, patient)

    assert 'name="channel"' not in client.get(reverse("my-messages")).content.decode()
    client.post(reverse("my-messages-choose", args=[patient.pk]), {"channel": "sms", "wants_reminders": "on"})
    assert MessagePreference.objects.count() == 0


# The desk


def test_desk_notes_what_the_patient_says_with_who_and_when(page, patient):
    page.post(reverse("desk-patient-choose", args=[patient.pk]), {"channel": ""})

    preference = MessagePreference.objects.get()
    assert (preference.source, preference.changed_by.groups.get().name) == ("desk", "desk")
    assert AuditEvent.objects.filter(patient=patient, what="no reminders").exists()
    assert "No reminders since" in page.get(reverse("desk-patient-messages", args=[patient.pk])).content.decode()


def test_desk_sends_again_for_a_reason_to_where_the_patient_is_now(page, patient):
    message = ended(patient=patient, address="wrong@mail.example")
    address = reverse("desk-message-again", args=[message.pk])

    assert page.post(address, {"reason": " "}).status_code == 422
    answer = page.post(address, {"reason": "She says it never came"}, follow=True)

    new = Message.objects.exclude(pk=message.pk).get()
    assert (new.about, new.sending, new.address, new.status) == (message.about, 2, "rasa@mail.example", "waiting")
    assert "She says it never came" in answer.content.decode()
    assert AuditEvent.objects.filter(patient=patient, what="message sent again").exists()


def test_desk_sends_again_once_however_often_the_button_is_pressed(page, patient):
    message = ended(patient=patient)
    address = reverse("desk-message-again", args=[message.pk])

    statuses = [page.post(address, {"reason": "Again"}).status_code for _time in range(2)]

    assert (statuses, Message.objects.count()) == ([302, 409], 2)


@pytest.mark.parametrize(("status", "category"), [("waiting", "reminder"), ("withdrawn", "notice"), ("dead", "code")])
def test_desk_cannot_send_again_what_is_on_its_way_was_taken_back_or_is_a_code(page, patient, status, category):
    message = ended(status, patient=patient, category=category)

    assert "Send it again" not in page.get(reverse("desk-message", args=[message.pk])).content.decode()
    assert page.post(reverse("desk-message-again", args=[message.pk]), {"reason": "Please"}).status_code == 409


def test_desk_fixes_an_address(page, patient):
    contact = patient.contacts.get(system="email")
    address = reverse("desk-contact", args=[patient.pk, contact.pk])

    said = {"reason": "She says so on the phone."}
    assert page.post(address, said | {"value": "not an address"}).status_code == 422
    assert page.post(address, said | {"value": contact.value}).status_code == 422
    assert page.post(address, {"value": "right@mail.example"}).status_code == 422
    assert page.post(address, said | {"value": "right@mail.example"}).status_code == 302
    assert page.post(address, said | {"value": "third@mail.example"}).status_code == 409

    current = patient.contacts.filter(system="email", until=None)
    assert list(current.values_list("value", "was_booked_with")) == [("right@mail.example", False)]


def test_desk_finds_by_way_and_kind(page, patient):
    factories.message(subject="By mail", patient=patient)
    factories.message(channel="sms", subject="", body="By phone", category="safety", address="+37061234567")

    by_sms = page.get(reverse("desk-messages"), {"channel": "sms"}).content.decode()
    safety = page.get(reverse("desk-messages"), {"category": "reminder"}).content.decode()

    assert ("By phone" in by_sms, "By mail" in by_sms) == (True, False)
    assert ("By phone" in safety, "By mail" in safety) == (False, True)


def test_page_of_a_patient_asks_as_often_for_many_messages_as_for_one(
    page, patient, django_assert_num_queries, django_assert_max_num_queries
):
    address = reverse("desk-patient-messages", args=[patient.pk])
    factories.message(patient=patient)
    page.get(address)
    with django_assert_max_num_queries(28) as first:
        page.get(address)
    for _number in range(4):
        factories.message(patient=patient).attempts.create(result="put-off", detail="later")

    with django_assert_num_queries(len(first)):
        assert page.get(address).content.decode().count("message-card") == 5
