"""What a patient types to book, and the pages of a hold."""

from django.urls import reverse

from tests import factories

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
