import pytest
from django.urls import reverse

from clinic.checks import demo_stays_on_this_machine
from tests import factories
from tests.web import NOT_FOUND, refusal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "workplace"), [("patient", "my"), ("desk", "desk"), ("manager", "admin:index")])
def test_sign_in_leads_to_the_roles_workplace(client, role, workplace):
    colleague = None if role == "patient" else role
    factories.user(colleague, email=f"{role}@demo.example", is_staff=role == "manager")

    answer = client.post(reverse("demo-sign-in", args=[role]), follow=True)

    assert answer.redirect_chain[-1][0] == reverse(workplace)


def test_sign_in_by_looking_does_nothing(client):
    factories.user("desk", email="desk@demo.example")

    answer = client.get(reverse("demo-sign-in", args=["desk"]))

    assert (answer.status_code, "_auth_user_id" in client.session) == (405, False)


@pytest.mark.parametrize("method", ["get", "post"])
def test_demo_is_not_there_outside_the_demo(client, settings, method):
    settings.DEMO = False
    factories.user("desk", email="desk@demo.example")
    address = reverse("demo") if method == "get" else reverse("demo-sign-in", args=["desk"])

    assert refusal(getattr(client, method)(address)) == NOT_FOUND
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("is_demo", "hosts", "is_https", "errors"),
    [
        (True, ["127.0.0.1", "localhost"], False, 0),
        (True, ["clinic.example"], False, 1),
        (True, ["*"], False, 1),
        (True, ["127.0.0.1"], True, 1),
        (False, ["clinic.example"], True, 0),
    ],
)
def test_check_keeps_the_demo_on_this_machine(settings, is_demo, hosts, is_https, errors):
    settings.DEMO, settings.ALLOWED_HOSTS, settings.IS_HTTPS = is_demo, hosts, is_https

    assert len(demo_stays_on_this_machine(None)) == errors
