"""A clinic that cannot send e-mail: nobody is sent to look for a code, nobody is told that one is on its way."""

import pytest
from django.urls import reverse

from clinic.models import Message, Role
from tests import factories
from tests.web import main_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_mail(settings):
    settings.MESSAGES_TO_FILES = False


def test_a_patient_who_wants_a_code_is_told_to_call(client, no_mail):
    page = main_words(client.get(reverse("account_request_login_code")))

    assert "We cannot send you a code now. Please call us: +370 5 200 0000" in page
    assert "E-mail" not in page


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("is_known", [True, False])
def test_no_code_and_no_link_is_planned(client, no_mail, name, is_known):
    """For known and unknown addresses alike."""
    if is_known:
        factories.account_of(factories.patient(email="rasa@mail.example"))
        factories.user(Role.DESK, email="milda@mail.example")
    email = "rasa@mail.example" if name == "account_request_login_code" else "milda@mail.example"

    answer = client.post(reverse(name), {"email": email})

    assert "We cannot send you an e-mail now. Please call us." in main_words(answer)
    assert Message.objects.count() == 0


def test_a_patient_whom_nothing_reaches_chooses_no_channel(client, no_mail):
    patient = factories.patient(email="rasa@mail.example", phone="+37061234567")
    client.force_login(factories.account_of(patient))

    page = main_words(client.get(reverse("my-messages")))

    assert "We cannot write to you now. What matters we tell you by phone." in page
    assert "E-mail or SMS?" not in page
