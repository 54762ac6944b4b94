"""What no browser sends is refused, and is no error of ours."""

import pytest
from django.urls import reverse

from clinic.models import Role
from tests import factories
from tests.web import NOT_FOUND, as_, refusal, sign_in

pytestmark = pytest.mark.django_db

CHARSETS = ["utf-16", "hex", "base64", "idna", "punycode", "undefined", "rot13", "nobody", "\xe9"]
LARGEST = 2**63 - 1
QUIET_HOURS = [("20", "x"), ("x", "8"), ("99", "8"), ("20", "-1"), ("20", "9" * 5_000), ("", "x"), ("NaN", "NaN")]


@pytest.mark.parametrize("charset", CHARSETS)
def test_words_in_another_charset_are_refused(client, charset):
    answer = client.generic(
        "POST", "/accounts/login/", b"login=x", f"multipart/form-data; boundary=x; charset={charset}"
    )

    assert (answer.status_code, answer.content) == (415, b"This request cannot be read.")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_words_in_our_own_are_read(client, charset):
    kind = f"application/x-www-form-urlencoded; charset={charset}"

    answer = client.generic("POST", "/accounts/login/", b"login=%C4%85", kind)

    assert answer.context["form"].data["login"] == "ą"


@pytest.mark.parametrize("address", ["/people/%00/", "/reminders/%00/", "/desk/patients/?q=%00", "/?%00"])
def test_an_address_with_nul_in_it_is_refused(client, address):
    answer = client.get(address)

    assert (answer.status_code, answer.content) == (400, b"This request cannot be read.")


def test_a_cookie_with_nul_in_it_is_none(client):
    nul = '"' + "\\000" * 32 + '"'

    answer = client.get("/accounts/login/", headers={"cookie": f"sessionid={nul}; csrftoken={nul}; device={nul}"})

    assert answer.templates[0].name == "account/login.html"


@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 10**30])
@pytest.mark.parametrize("page", ["desk-patient", "desk-appointment", "desk-message"])
def test_a_number_that_no_row_can_have_is_not_found(number, page):
    desk = as_(factories.user(Role.DESK))

    assert refusal(desk.get(reverse(page, args=[number]))) == NOT_FOUND


@pytest.mark.parametrize(("begin", "end"), QUIET_HOURS, ids=lambda value: value[:5])
def test_quiet_hours_with_a_field_that_makes_no_sense_are_asked_again(client, begin, end):
    patient = factories.patient(email="ona@example.org")
    sign_in(client, patient)

    answer = client.post(reverse("my-messages-choose", args=[patient.pk]), {"quiet_from": begin, "quiet_until": end})

    assert (answer.status_code, bool(answer.context["failed"].errors)) == (422, True)
