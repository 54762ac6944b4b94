"""A colleague may be a patient too: one account, patient pages by a code, work by the password."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Message, Patient, PatientAccess, Role, User
from tests import factories
from tests.architecture.authorisation import OPEN, TABLE
from tests.architecture.test_authorisation_matrix import outcome
from tests.clinic.sign_in import PASSWORD, WORK, sign_in_by_code, signed_in
from tests.web import NOT_YOURS, main_words, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def milda():
    """She works at the desk, and was booked with the address by which she signs in to work."""
    factories.patient(given_name="Milda", email="milda@clinic.example")
    return factories.user(Role.DESK, email="milda@clinic.example", password=PASSWORD)


@pytest.fixture
def another():
    return factories.patient(given_name="Stranger")


def test_a_code_opens_her_own_pages_and_nothing_of_her_work(client, milda, another):
    sign_in_by_code(client, email="milda@clinic.example")

    assert signed_in(client) == milda
    assert client.get("/workplace/").url == "/my/"
    assert "Milda" in main_words(client.get("/my/"))
    for page in (reverse("desk"), reverse("desk-patient", args=[another.pk]), reverse("admin:index")):
        answer = client.get(page)
        assert answer.status_code in (302, 403, 404)
        assert "Stranger" not in answer.content.decode()
    assert refusal(client.get(reverse("desk"))) == NOT_YOURS


def test_the_password_opens_her_work_and_nothing_of_her_own(client, milda):
    sign_in_by_code(client, email="milda@clinic.example")
    client.post("/accounts/logout/")

    client.post(WORK, {"login": "milda@clinic.example", "password": PASSWORD})

    assert PatientAccess.objects.current().filter(user=milda).count() == 1
    assert client.get(reverse("desk")).status_code == 200
    assert list(Patient.objects.acted_for_by(User.objects.get(pk=milda.pk))) == []
    assert "Milda" not in main_words(client.get("/my/"))


def test_a_password_alone_proves_no_address(client, milda):
    client.post(WORK, {"login": "milda@clinic.example", "password": PASSWORD})

    assert PatientAccess.objects.count() == 0


def test_a_colleague_who_is_no_patient_gets_no_code(client):
    factories.user(Role.DESK, email="rasa@clinic.example")

    client.post("/accounts/login/code/", {"email": "rasa@clinic.example"})

    assert Message.objects.count() == 0


def test_who_came_by_a_code_changes_nothing_of_their_work(client, milda):
    sign_in_by_code(client, email="milda@clinic.example")
    new = {"password1": "quite another four words", "password2": "quite another four words"}

    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})

    assert User.objects.get(pk=milda.pk).check_password(PASSWORD)


def test_who_works_here_stays_so_whatever_is_saved_meanwhile(client, milda):
    sign_in_by_code(client, email="milda@clinic.example")
    client.get("/my/")

    assert User.objects.get(pk=milda.pk).is_colleague


@pytest.mark.parametrize("page", ["mfa_index", "mfa_add_webauthn"])
def test_who_came_by_a_code_adds_no_passkey_that_would_open_the_work(client, milda, page):
    sign_in_by_code(client, email="milda@clinic.example")

    assert refusal(client.get(reverse(page))) == NOT_YOURS


@pytest.mark.parametrize("role", Role.values)
def test_no_address_is_open_to_a_colleague_who_came_by_a_code(world, role):
    """Each that is not open to a patient who has nothing to do with its patient."""
    client, opened = Client(), []
    client.force_login(factories.user(role), backend="clinic.accounts.CodeBackend")
    names = [name for name, rule in TABLE.items() if "GET" in rule.methods and "other patient" not in rule.who]

    for name in names:
        if outcome(client.get(reverse(name, kwargs=world["arguments"].get(name)))) == OPEN:
            opened.append(name)

    assert opened == []
