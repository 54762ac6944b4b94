"""Several addresses open one account: each is proved by a code, belongs to one account at a time, and can be ended."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AccountContact, Message, PatientAccess, Role, User
from clinic.people import account_contacts
from tests import factories
from tests.clinic.sign_in import code_in, newest_code_mail, sign_in_by_code, signed_in
from tests.factories import NOW
from tests.web import NOT_YOURS, as_, main_words, refusal, words

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
EMAIL, PHONE = "ona@mail.example", "+37061234567"


@pytest.fixture
def ona(client):
    """Signed in by her e-mail; she was booked with her phone, too."""
    patient = factories.patient(given_name="Ona", email=EMAIL, phone=PHONE)
    sign_in_by_code(client, email=EMAIL)
    return patient


def add(client, **address):
    client.post(reverse("my-sign-in"), address)
    return client.post(reverse("my-sign-in-code"), {"code": code_in(newest_code_mail())}, follow=True)


def test_a_phone_is_added_and_opens_the_same_account(client, ona):
    page = add(client, phone=PHONE)
    other = Client()
    sign_in_by_code(other, phone=PHONE)

    assert "From now on you can sign in with it, too." in words(page)
    told = Message.objects.get(purpose="sign-in-changed")
    assert (told.address, PHONE in told.body) == (EMAIL, True)
    assert signed_in(other) == signed_in(client)
    assert User.objects.count() == 1


def test_what_was_booked_with_the_new_address_opens_too(client, ona):
    factories.patient(given_name="Jonas", email="family@mail.example")

    add(client, email="family@mail.example")

    assert "Jonas" in main_words(client.get(reverse("my")))


def test_nothing_is_added_before_its_code_is_typed(client, ona):
    factories.patient(given_name="Jonas", email="stranger@mail.example")
    client.post(reverse("my-sign-in"), {"email": "stranger@mail.example"})

    client.post(reverse("my-sign-in-code"), {"code": "0"})

    assert "Jonas" not in main_words(client.get(reverse("my")))
    assert AccountContact.objects.filter(value="stranger@mail.example").count() == 0


def test_after_five_wrong_codes_it_is_over(client, ona):
    client.post(reverse("my-sign-in"), {"phone": PHONE})
    code = code_in(newest_code_mail())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    answers = [client.post(reverse("my-sign-in-code"), {"code": wrong}) for _ in range(5)]
    late = client.post(reverse("my-sign-in-code"), {"code": code})

    assert [answer.status_code for answer in answers] == [200] * 4 + [302]
    assert late.url == reverse("my-sign-in")
    assert AccountContact.objects.filter(value=PHONE).count() == 0


def test_an_address_moves_to_whoever_proves_it(client, ona):
    other = Client()
    sign_in_by_code(other, phone=PHONE)
    before = signed_in(other)

    add(client, phone=PHONE)

    assert account_contacts.account_at("phone", PHONE) == signed_in(client)
    assert [contact.value for contact in account_contacts.own(before)] == []


def test_the_address_of_a_colleague_stays_theirs(client, ona):
    milda = factories.user(Role.DESK, email="milda@clinic.example")

    answer = client.post(reverse("my-sign-in"), {"email": "milda@clinic.example"})
    code = code_in(newest_code_mail())
    answer = client.post(reverse("my-sign-in-code"), {"code": code})

    assert (answer.status_code, User.objects.get(pk=milda.pk).email) == (409, "milda@clinic.example")


def test_an_ended_address_opens_nothing_any_more(client, ona):
    add(client, phone=PHONE)
    account = signed_in(client)
    contact = account.contacts.get(value=EMAIL)

    client.post(reverse("my-sign-in-end", args=[contact.pk]))

    assert account_contacts.account_at("email", EMAIL) is None
    assert [own.value for own in account_contacts.own(User.objects.get(pk=account.pk))] == [PHONE]
    assert PatientAccess.objects.current().filter(user=account, patient=ona).exists()


def test_the_only_address_stays(client, ona):
    contact = signed_in(client).contacts.get()

    answer = client.post(reverse("my-sign-in-end", args=[contact.pk]))

    assert "This is the only way in." in words(answer)
    assert account_contacts.account_at("email", EMAIL) == signed_in(client)


def test_nobody_ends_the_address_of_another(client, ona):
    stranger = factories.account_of(factories.patient())
    contact = signed_in(client).contacts.get()

    assert as_(stranger).post(reverse("my-sign-in-end", args=[contact.pk])).status_code == 404
    assert AccountContact.objects.current().filter(pk=contact.pk).exists()


def test_a_colleague_at_work_has_no_such_page():
    assert refusal(as_(factories.user(Role.DESK)).get(reverse("my-sign-in"))) == NOT_YOURS


def test_an_account_made_for_an_address_is_one_in_any_case():
    made = [account_contacts.account_for("email", email) for email in ("Ona@Mail.example", "ona@mail.example")]
    phones = [account_contacts.account_for("phone", PHONE) for _twice in range(2)]

    assert (made[0], phones[0]) == (made[1], phones[1])
    assert (made[0].email, phones[0].email, str(phones[0])) == (EMAIL, None, f"account {phones[0].pk}")
    assert [contact.proved_at for contact in AccountContact.objects.all()] == [None, None]


def test_proving_again_notes_when():
    account = account_contacts.account_for("phone", PHONE)

    account_contacts.prove(account, "phone", PHONE, at=NOW)

    assert list(account.contacts.values_list("value", "proved_at")) == [(PHONE, NOW)]
    assert Message.objects.count() == 0
