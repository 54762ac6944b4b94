"""Whoever we know for a patient hears at once that somebody was given access, or that we write elsewhere."""

import pytest

from clinic.message_purposes import ACCESS_GRANTED
from clinic.messaging import contacts
from clinic.models import AccessEnd, Message, WorkItem
from clinic.people import access, objections
from clinic.people.access import Right
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return factories.patient(email="rasa@mail.example", phone="+37061234567")


def granted(patient, email="new@mail.example", **fields):
    usual = {"relation": "helper", "proof": "document", "holder": "Jonas Example"}
    right = Right("email", email, patient, **usual | fields)
    return access.grant_after_seeing(right, by=factories.user("desk"), at=NOW)


def told():
    return sorted(Message.objects.values_list("purpose", "channel", "address", "due_at", "may_wake"))


def test_every_known_address_hears_of_a_new_access_and_can_object(patient):
    given = granted(patient)

    assert told() == [
        ("access-granted", "email", "rasa@mail.example", NOW, True),
        ("access-granted", "sms", "+37061234567", NOW, True),
    ]
    link = objections.LINK.address_for(given.pk)
    assert [link in message.body for message in Message.objects.all()] == [True, True]
    assert "n…@mail.example" in Message.objects.get(channel="email").body


def test_an_account_that_acts_for_the_patient_hears_of_it_too(patient):
    factories.account_of(patient, email="daughter@mail.example")

    granted(patient)

    assert [message.address for message in Message.objects.filter(address__startswith="daughter")] != []


def test_whoever_has_been_given_access_is_not_asked_to_object(patient):
    granted(patient, email="rasa@mail.example", relation="self")

    assert [address for _purpose, _channel, address, *_more in told()] == ["+37061234567"]


def test_the_address_that_was_just_replaced_hears_of_it_if_somebody_signed_in_by_it():
    """First the address is changed, then access is asked for: the only one who would know must not be forgotten."""
    patient = factories.patient(email="rasa@mail.example")
    factories.account_of(patient, email="rasa@mail.example")
    contacts.fix_contact(patient.contacts.get(), value="new@mail.example", by=None, at=NOW)

    granted(patient)

    assert [(purpose, address) for purpose, _channel, address, *_more in told()] == [
        ("access-granted", "rasa@mail.example"),
        ("address-changed", "rasa@mail.example"),
    ]


def test_an_address_that_was_wrong_from_the_beginning_hears_nothing():
    patient = factories.patient(email="wrong@mail.example", phone="+37061234567")

    contacts.fix_contact(patient.contacts.get(system="email"), value="rasa@mail.example", by=None, at=NOW)

    assert [(purpose, address) for purpose, _channel, address, *_more in told()] == [
        ("address-changed", "+37061234567")
    ]


def test_what_says_that_somebody_may_see_is_withdrawn_once_nobody_may(patient):
    given = granted(patient)
    access.end(given, why=AccessEnd.DESK, at=NOW)

    messages = list(Message.objects.all())
    assert set(ACCESS_GRANTED.over(messages, at=NOW)) == {message.pk for message in messages}


def test_objecting_ends_the_access_and_the_desk_finds_out_who_is_right(patient):
    given = granted(patient)

    for _twice in range(2):
        objections.object_to(given, by=None, at=NOW)

    given.refresh_from_db()
    assert (given.until, given.ended_why) == (NOW, AccessEnd.OBJECTION)
    [item] = WorkItem.objects.all()
    assert (item.kind, item.patient, "Jonas Example" in item.what_to_say) == ("access_objected", patient, True)
