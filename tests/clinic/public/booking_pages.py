"""What a patient types to book, and the pages of a hold."""

from django.urls import reverse

from tests import factories
from tests.clinic.sign_in import code_in, newest_code_mail

ANSWERS = {
    "given_name": "Marta",
    "family_name": "O'Neil",
    "birth_date_day": "29",
    "birth_date_month": "2",
    "birth_date_year": "1984",
    "email": "Marta@Mail.example",
    "phone": "",
    "reason": "My neck",
}


def hold(client, visit_type, doctor, *, starts_at="2026-03-02 10:00", token="token-0001"):
    wish = {
        "practitioner": doctor.pk,
        "starts_at": factories.at(starts_at).isoformat(),
        "request_token": token,
    }
    return client.post(reverse("book-hold", args=[visit_type.slug]), wish)


def held_page(visit_type, name="book-details", token="token-0001"):
    return reverse(name, args=[visit_type.slug, token])


def ask(client, visit_type, doctor, **changes):
    """Hold, say who is coming, check: the answer leads to the page that asks for a code, where one is needed."""
    hold(client, visit_type, doctor)
    client.post(held_page(visit_type), ANSWERS | changes)
    return client.post(held_page(visit_type, "book-check"))


def type_code(client, visit_type, *, code=None):
    """On the page of the hold: the newest code that was sent, unless told otherwise."""
    return client.post(held_page(visit_type, "book-code"), {"code": code or code_in(newest_code_mail())})


def book_online(client, visit_type, doctor, **changes):
    """As somebody who is not known here, and has the e-mail address or phone."""
    ask(client, visit_type, doctor, **changes)
    return type_code(client, visit_type)
