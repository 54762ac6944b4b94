"""What the provider tells us: receipts and replies, signed, doubled and in any order."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from twilio.request_validator import RequestValidator

from clinic.messaging import claims, delivery, handover, receipts
from clinic.messaging.receipts import ReceiptStatus
from clinic.models import IncomingMessage, Message, WorkItem
from tests import factories
from tests.clinic.messaging.deliveries import claim
from tests.factories import NOW
from tests.provider import SECRET
from tests.web import TOO_OLD, refusal

pytestmark = pytest.mark.django_db
PHONE = "+37061234567"


@pytest.fixture(autouse=True)
def provider_is_set_up(settings, tmp_path):
    settings.DATA_DIR, settings.EMAIL_URL = tmp_path, ""
    settings.TWILIO_AUTH_TOKEN, settings.SITE_URL = SECRET, "https://clinic.example"


def accepted(**fields):
    message = factories.message(channel="sms", address=PHONE, subject="", **fields)
    Message.objects.filter(pk=message.pk).update(status="accepted", tries=1, provider_reference="SM1", ended_at=NOW)
    return Message.objects.get(pk=message.pk)


def tell(message, news, reference="SM1"):
    return receipts.note_receipt(message.pk, news=news, reference=reference, detail=f"{news} 30003", at=NOW)


def post(name, form, *, query="", signed_with=SECRET, client=None):
    address = reverse(name, args=["twilio"]) + query
    signature = RequestValidator(signed_with).compute_signature(f"https://clinic.example{address}", form)
    client = client or Client(enforce_csrf_checks=True)
    return client.post(address, form, headers={"X-Twilio-Signature": signature})


def open_items():
    return list(WorkItem.objects.requested().values_list("cause", "occasion"))


@pytest.mark.parametrize(
    "again",
    [
        [],
        [ReceiptStatus.TAKEN],
        [ReceiptStatus.ARRIVED],
        [ReceiptStatus.FAILED],
        [ReceiptStatus.FAILED, ReceiptStatus.TAKEN],
    ],
)
def test_what_has_arrived_never_goes_back(again):
    message = accepted()

    assert tell(message, ReceiptStatus.ARRIVED)
    assert [tell(message, news) for news in again] == [False] * len(again)

    message.refresh_from_db()
    assert (message.status, message.ended_at, open_items()) == ("delivered", NOW, [])


def test_failure_is_told_to_the_desk_once_and_forgotten_when_it_arrives_after_all():
    message = accepted(patient=factories.patient(phone=PHONE))

    assert [tell(message, ReceiptStatus.FAILED) for _time in range(2)] == [True, False]
    message.refresh_from_db()
    assert (message.status, message.outcome) == ("dead", "failed 30003")
    assert open_items() == [(message.pk, "dead")]

    assert tell(message, ReceiptStatus.ARRIVED)
    assert open_items() == []


def test_receipt_that_is_quicker_than_the_answer_ends_the_call():
    message = factories.message(channel="sms", address=PHONE)
    [claimed] = claim()
    claims.begin_call(claimed, way_out="")

    assert tell(message, ReceiptStatus.TAKEN, "SM7")
    assert not handover._record_accepted(claimed, "SM7", at=NOW)

    message.refresh_from_db()
    assert (message.status, message.provider_reference, message.attempts.count()) == ("accepted", "SM7", 1)


def test_receipt_settles_a_doubt():
    message = accepted()
    Message.objects.update(status="unknown", provider_reference="")

    tell(message, ReceiptStatus.TAKEN, "SM2")

    message.refresh_from_db()
    assert (message.status, message.provider_reference) == ("accepted", "SM2")


def test_receipt_of_what_was_never_sent_or_of_another_call_changes_nothing():
    planned, sent = factories.message(channel="sms", address=PHONE), accepted()

    assert not tell(planned, ReceiptStatus.ARRIVED)
    assert not tell(sent, ReceiptStatus.ARRIVED, "SM-other")
    assert not receipts.note_receipt(0, news=ReceiptStatus.ARRIVED, reference="SM1", detail="", at=NOW)


def test_reference_belongs_to_one_message():
    first, twin = accepted(), factories.message(channel="sms", address=PHONE)
    Message.objects.filter(pk=twin.pk).update(status="unknown", tries=1)

    assert not tell(twin, ReceiptStatus.TAKEN, first.provider_reference)

    twin.refresh_from_db()
    assert (twin.status, twin.provider_reference) == ("unknown", "")


# By HTTP


def test_receipt_needs_the_providers_signature():
    message = accepted()
    form, query = {"MessageSid": "SM1", "MessageStatus": "delivered"}, f"?message={message.pk}"

    refused = [
        post("message-receipts", form, query=query, signed_with="a guess").status_code,
        Client().post(reverse("message-receipts", args=["twilio"]) + query, form).status_code,
        Client().post(reverse("message-receipts", args=["nobody"]) + query, form).status_code,
    ]
    message.refresh_from_db()
    assert (refused, message.status) == ([403, 403, 404], "accepted")

    assert post("message-receipts", form, query=query).status_code == 204
    message.refresh_from_db()
    assert message.status == "delivered"


def test_receipt_for_one_message_cannot_be_used_for_another(settings):
    one, other = accepted(), factories.message(channel="sms", address=PHONE)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    address = reverse("message-receipts", args=["twilio"])
    signature = RequestValidator(SECRET).compute_signature(f"{settings.SITE_URL}{address}?message={one.pk}", form)

    answer = Client().post(f"{address}?message={other.pk}", form, headers={"X-Twilio-Signature": signature})

    other.refresh_from_db()
    assert (answer.status_code, other.status) == (403, "waiting")


def test_nothing_is_believed_without_a_common_secret(settings):
    settings.TWILIO_AUTH_TOKEN = ""
    message = accepted()

    answer = post("message-receipts", {"MessageSid": "SM1", "MessageStatus": "delivered"}, signed_with="")

    message.refresh_from_db()
    assert (answer.status_code, message.status) == (403, "accepted")


@pytest.mark.parametrize("page", ["my-messages", "desk-messages"])
def test_other_addresses_still_ask_for_their_token(page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user())

    assert refusal(client.post("/visits/x/")) == TOO_OLD
    assert client.post(reverse(page)).status_code in (403, 405)


def test_sms_needs_the_providers_signature_and_is_kept_once():
    patient = factories.patient(phone=PHONE)
    form = {"From": PHONE, "Body": "It hurts to breathe \0 since the injection", "MessageSid": "SM77", "NumMedia": "2"}

    assert post("message-replies", form, signed_with="a guess").status_code == 403
    assert IncomingMessage.objects.count() == 0
    answers = [post("message-replies", form) for _time in range(2)]

    assert [(answer.status_code, b"<Response></Response>" in answer.content) for answer in answers] == [(200, True)] * 2
    [kept] = IncomingMessage.objects.all()
    assert kept.body == "It hurts to breathe  since the injection"
    assert (kept.provider_reference, kept.pictures, list(kept.patients.all())) == ("SM77", 2, [patient])


@pytest.mark.django_db(transaction=True)
def test_receipts_repeated_and_out_of_order_from_a_real_provider(live_server, sms_goes_out, settings):
    settings.TWILIO_AUTH_TOKEN = sms_goes_out.env["TWILIO_AUTH_TOKEN"]
    numbers = [f"+3706123{n:04}" for n in range(12)]
    for number in numbers:
        factories.message(channel="sms", address=number, body=f"For {number}", due_at=NOW)
    while delivery.deliver_due(at=NOW + timedelta(seconds=1)):
        pass

    sent = sms_goes_out.receipts(to=live_server.url, times=3, shuffled=True)

    assert set(sent["statuses"]) == {204}
    assert set(Message.objects.values_list("status", flat=True)) == {"delivered"}
    assert len(sms_goes_out.accepted()) == len(numbers)
