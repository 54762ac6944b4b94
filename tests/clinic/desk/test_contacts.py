"""The desk adds, corrects and ends addresses with a reason; what was there before is still found."""

import pytest

from clinic.messaging import delivery
from clinic.models import Message
from tests import factories
from tests.factories import at
from tests.web import as_, main_words, text

NOW = at("2026-03-02 12:00")
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
each_address_is_told = pytest.mark.repeated_queries_allowed  # one letter to each known address
WHY = {"reason": "She says so at the desk."}


def address_of(patient, rest="new"):
    return f"/desk/patients/{patient.pk}/contacts/{rest}/"


def current(patient):
    return sorted(patient.contacts.filter(until=None).values_list("system", "value"))


def trail(patient):
    return list(patient.changes.order_by("pk").values_list("field", "before", "after", "reason"))


@pytest.fixture
def mail(ona):
    return ona.contacts.get(system="email")


@each_address_is_told
def test_address_is_added_with_a_reason(page, ona, mail):
    shown = page.post(address_of(ona), WHY | {"email": "New@Mail.example", "phone": "8 612 99999"}, follow=True)

    assert current(ona) == [
        ("email", "new@mail.example"),
        ("email", mail.value),
        ("phone", "+37061234567"),
        ("phone", "+37061299999"),
    ]
    why = "She says so at the desk."
    assert trail(ona) == [("email", "", "new@mail.example", why), ("phone", "", "+37061299999", why)]
    assert "new@mail.example" in main_words(shown)


@each_address_is_told
def test_added_address_opens_nothing(page, ona):
    page.post(address_of(ona), WHY | {"email": "new@mail.example"})

    assert not ona.contacts.get(value="new@mail.example").was_booked_with
    assert not ona.access.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Write an e-mail or a phone number."),
        ({"phone": "+370 612 34567"}, "This is what we have already."),
        ({"email": "new@mail.example", "reason": " "}, "Write why it is changed"),
    ],
)
def test_address_that_cannot_be_added_is_refused(page, ona, wrong, sentence):
    answer = page.post(address_of(ona), WHY | wrong)

    assert (answer.status_code, sentence in text(answer), ona.contacts.count()) == (422, True, 2)


@each_address_is_told
def test_mistyped_domain_is_offered_otherwise(page, ona):
    shown = page.post(address_of(ona), WHY | {"email": "ona@gmial.com"}, follow=True)

    assert "Is ona@gmial.com right? Perhaps it is ona@gmail.com" in text(shown)
    assert ("email", "ona@gmial.com") in current(ona)


def test_address_ends_with_a_reason_and_is_still_found(page, ona, mail):
    phone = ona.contacts.get(system="phone")

    page.post(address_of(ona, f"{phone.pk}/end"), WHY)

    assert current(ona) == [("email", mail.value)]
    assert trail(ona) == [("phone", "+37061234567", "", "She says so at the desk.")]
    found = main_words(page.get("/desk/patients/", {"q": "612 345"}))
    assert "Ona Petrauskienė reached before at +37061234567" in found


def test_nobody_acts_by_an_ended_address(page, ona, mail):
    account = factories.account_of(ona, email=mail.value)

    page.post(address_of(ona, f"{mail.pk}/end"), WHY)

    assert not account.patient_access.current().exists()
    assert main_words(as_(account).get("/my/")).count("Ona") == 0


def test_what_has_not_gone_out_goes_another_way(page, ona, mail):
    factories.message(patient=ona, address=mail.value, due_at=NOW, other_words="In short.")

    page.post(address_of(ona, f"{mail.pk}/end"), WHY)
    delivery.deliver_due(at=NOW)

    assert Message.objects.values_list("channel", "address").get() == ("sms", "+37061234567")


def test_address_that_was_ended_by_somebody_else_is_refused(page, ona, mail):
    page.post(address_of(ona, f"{mail.pk}/end"), WHY)

    answer = page.post(address_of(ona, f"{mail.pk}/end"), WHY)

    assert (answer.status_code, "Somebody has changed this address already." in text(answer)) == (409, True)


def test_the_only_address_warns(page, ona, mail):
    phone = ona.contacts.get(system="phone")
    assert "It is the only address." not in text(page.get(address_of(ona, f"{mail.pk}/end")))

    page.post(address_of(ona, f"{mail.pk}/end"), WHY)

    assert "It is the only address." in text(page.get(address_of(ona, f"{phone.pk}/end")))


def test_corrected_address_is_in_the_trail_and_both_are_found(page, ona, mail):
    page.post(address_of(ona, mail.pk), WHY | {"value": "right@mail.example"})

    assert trail(ona) == [("email", mail.value, "right@mail.example", "She says so at the desk.")]
    for words in (mail.value, "right@mail"):
        assert "Ona Petrauskienė" in main_words(page.get("/desk/patients/", {"q": words}))
