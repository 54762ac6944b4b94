"""The provider blocks a phone that answered STOP: who is told, and what goes another way."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.messaging import due_checks, outcomes, preferences, receipts, refusals, sms_numbers, stop_links
from clinic.messaging.due_checks import End, Send, SendElsewhere
from clinic.messaging.receipts import ReceiptStatus
from clinic.models import Message, SmsNumber, WorkItem
from tests import factories
from tests.factories import NOW
from tests.web import as_, main_words, sign_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PHONE, OURS = "+37061234567", "+37052001234"


@pytest.fixture(autouse=True)
def our_number(settings):
    settings.TWILIO_FROM = OURS


@pytest.fixture
def by_phone_only():
    return factories.patient(given_name="Ona", phone=PHONE, email="")


def sms(patient, category="reminder", **fields):
    return factories.message(
        patient=patient,
        channel="sms",
        address=PHONE,
        subject="",
        category=category,
        body="Lift nothing heavy.",
        **fields,
    )


def refused(message, code="21610"):
    """As delivery notes it."""
    Message.objects.filter(pk=message.pk).update(status="dead", refusal_code=code, tries=1)
    message.refresh_from_db()
    outcomes.report_undelivered(message, "dead", f"{code} refused")


def verdict(message):
    return due_checks.Circumstances([message], at=NOW).verdict(message)


def receipt(message, news, *, code="", accepted_at=NOW):
    Message.objects.filter(pk=message.pk).update(
        status="accepted", tries=1, provider_reference=f"SM{message.pk}", accepted_at=accepted_at
    )
    receipts.note_receipt(
        message.pk, news=news, reference=f"SM{message.pk}", detail=f"failed {code}", code=code, at=NOW
    )


def items():
    return list(WorkItem.objects.requested().order_by("pk").values_list("kind", "patient"))


# What is learnt


def test_refusal_and_receipt_tell_that_the_phone_is_blocked(by_phone_only):
    refused(sms(by_phone_only))
    assert sms_numbers.is_blocked(PHONE)

    SmsNumber.objects.all().delete()
    late = sms(by_phone_only)
    receipt(late, ReceiptStatus.FAILED, code="21610")

    late.refresh_from_db()
    assert (late.refusal_code, late.status) == ("21610", "dead")
    assert sms_numbers.is_blocked(PHONE)


def test_other_refusals_block_nothing(by_phone_only):
    refused(sms(by_phone_only), code="30003")

    assert not sms_numbers.is_blocked(PHONE)


def test_receipt_of_an_sms_from_before_start_blocks_nothing_again(by_phone_only):
    sms_numbers.block(PHONE, by="refusal", at=NOW - timedelta(hours=2))
    sms_numbers.open_again(PHONE, at=NOW)

    receipt(sms(by_phone_only), ReceiptStatus.FAILED, code="21610", accepted_at=NOW - timedelta(hours=1))

    assert not sms_numbers.is_blocked(PHONE)


def test_sms_that_arrives_shows_that_the_block_has_ended(by_phone_only):
    sms_numbers.block(PHONE, by="refusal", at=NOW - timedelta(hours=1))

    receipt(sms(by_phone_only), ReceiptStatus.ARRIVED, accepted_at=NOW - timedelta(hours=2))
    assert sms_numbers.is_blocked(PHONE)
    receipt(sms(by_phone_only), ReceiptStatus.ARRIVED, accepted_at=NOW)
    assert not sms_numbers.is_blocked(PHONE)


def test_starting_reminders_on_our_page_does_not_end_it(by_phone_only):
    sms_numbers.block(PHONE, by="reply", at=NOW)

    preferences.choose(by_phone_only, by=None, source="page", at=NOW, wants_reminders=True)

    assert sms_numbers.is_blocked(PHONE)


# What goes out


def test_blocked_phone_gets_reminders_and_advice_by_e_mail():
    patient = factories.patient(phone=PHONE)
    preferences.choose(patient, by=None, source="page", at=NOW, channel="sms")
    sms_numbers.block(PHONE, by="reply", at=NOW)

    for category in ("reminder", "safety", "notice"):
        message = sms(patient, category, other_words="Subject\n\nLift nothing.")
        found = verdict(message)
        assert isinstance(found, SendElsewhere)
        assert (found.changes["channel"], found.changes["address"]) == ("email", patient.email)
        for name, value in found.changes.items():
            setattr(message, name, value)
        assert verdict(message) == Send()  # and not back again


def test_reminders_are_not_tried_at_a_blocked_phone_and_safety_advice_is(by_phone_only):
    sms_numbers.block(PHONE, by="reply", at=NOW)

    found = {category: verdict(sms(by_phone_only, category)) for category in ("reminder", "notice", "safety", "code")}

    assert {category: type(answer) for category, answer in found.items()} == {
        "reminder": End,
        "notice": End,
        "safety": Send,
        "code": Send,
    }
    assert found["reminder"].status == "dead"


# Who is told


def test_safety_advice_that_cannot_go_is_called_out_at_once(by_phone_only, page):
    refused(sms(by_phone_only, "safety", other_words="Subject\n\nLift nothing."))

    assert items() == [("safety_call", by_phone_only.pk)]
    content = text(page.get(reverse("desk-work")))
    assert "the patient must text START to +37052001234" in content
    assert "Lift nothing heavy." in content
    assert "Call now: safety advice did not arrive: Ona Example" in text(page.get(reverse("desk-patients")))


def test_safety_advice_that_goes_by_e_mail_instead_is_no_alarm_unless_that_fails_too():
    patient = factories.patient(phone=PHONE)
    message = sms(patient, "safety", other_words="Subject\n\nLift nothing.")
    refused(message)
    assert items() == [("message", patient.pk)]

    twin = Message.objects.get(channel="email")
    refused(twin, code="5.1.1")

    assert items() == [("message", patient.pk), ("safety_call", patient.pk)]
    outcomes.settle_work_items(twin, note="it arrived", at=NOW)
    assert items() == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("21610", "must text START to +37052001234"),
        ("21211", "does not exist"),
        ("21614", "takes no SMS"),
        ("30003", "off or out of reach"),
        ("30005", "does not exist"),
        ("30006", "landline"),
        ("30007", "for spam"),
        ("5.1.1", "This e-mail address does not exist"),
        ("99999", "ask whether the address is right"),
    ],
)
def test_work_item_and_page_of_the_message_say_what_to_do(by_phone_only, page, code, sentence):
    message = sms(by_phone_only)
    refused(message, code)

    item = WorkItem.objects.get()
    assert sentence in item.what_to_say
    assert len(item.what_to_say) <= 300
    if refusals.REFUSALS.find(code):
        assert sentence in text(page.get(reverse("desk-message", args=[message.pk])))


def test_pages_say_what_start_on_them_cannot_do(by_phone_only, client, desk):
    link = reverse("reminders", args=[stop_links.link_of(by_phone_only).split("/")[-2]])
    sign_in(client, by_phone_only)
    pages = [reverse("my-messages"), link]
    assert [page for page in pages if "START" in main_words(client.get(page))] == []

    sms_numbers.block(PHONE, by="reply", at=NOW)

    for page in pages:
        assert "send the word START from that phone to +370 5 200 1234" in main_words(client.get(page))
    assert "text START from that phone" in main_words(
        as_(desk).get(reverse("desk-patient-messages", args=[by_phone_only.pk]))
    )
