"""SMS go to mobile phones of the clinic's countries only: nobody earns money by having us send them elsewhere."""

import pytest

from clinic.messaging import delivery, outbox, preferences, sms_numbers
from clinic.models import Message, WorkItem
from tests import factories
from tests.clinic.messaging.deliveries import states
from tests.factories import NOW

pytestmark = pytest.mark.django_db
EMAIL, MOBILE, FIXED_LINE, GERMAN = "rasa@mail.example", "+37061234567", "+37052001234", "+4915112345678"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR, settings.EMAIL_URL, settings.TWILIO_ACCOUNT_SID = tmp_path, "", ""
    settings.SMS_COUNTRIES = ["LT"]


def deliver():
    while delivery.deliver_due(at=NOW):
        pass


@pytest.mark.parametrize(
    ("number", "countries", "expected"),
    [
        (MOBILE, ["LT"], True),
        (FIXED_LINE, ["LT"], False),
        ("+37090012345", ["LT"], False),  # each call costs its caller
        (GERMAN, ["LT"], False),
        (GERMAN, ["LT", "DE"], True),
        ("+882512345678", ["LT"], False),  # a satellite
        ("+12025550123", ["US"], True),  # no plan tells which are mobile
        ("+370612345678901", ["LT"], False),
        ("MyBank", ["LT"], False),
        ("", ["LT"], False),
    ],
)
def test_gets_sms(settings, number, countries, expected):
    settings.SMS_COUNTRIES = countries

    assert sms_numbers.gets_sms(number) is expected


@pytest.mark.parametrize("category", ["code", "notice", "reminder", "safety"])
@pytest.mark.parametrize("number", [FIXED_LINE, GERMAN])
def test_no_sms_of_any_kind_leaves_for_such_a_number(category, number):
    factories.message(channel="sms", address=number, subject="", category=category)

    deliver()

    assert states() == ["dead"]
    assert "no SMS goes to this number" in Message.objects.get().outcome


def test_a_patient_with_such_a_phone_gets_it_by_email():
    patient = factories.patient(email=EMAIL, phone=GERMAN)
    factories.message(patient=patient, channel="sms", address=GERMAN, subject="", other_words="A reminder\n\nCome.")

    deliver()

    assert (states(), Message.objects.get().address) == (["accepted"], EMAIL)


def test_a_patient_with_such_a_phone_alone_is_called():
    patient = factories.patient(email="", phone=FIXED_LINE)

    message = outbox.schedule_for(patient, factories.letter())

    assert message is None
    assert WorkItem.objects.get().patient == patient


def test_of_two_phones_the_mobile_one_is_written_to():
    patient = factories.patient(email="", phone=FIXED_LINE)
    patient.contacts.create(system="phone", value=MOBILE)

    assert {way: contact.value for way, contact in preferences.contacts_by_channel(patient).items()} == {"sms": MOBILE}
