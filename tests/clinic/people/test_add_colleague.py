import re
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from clinic.models import Message, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "may_open_catalogue"), [("desk", False), ("manager", True)])
def test_add_colleague_gives_the_role_and_no_password(role, may_open_catalogue):
    call_command("add_colleague", "Nora@clinic.example", role=role, name="Nora", verbosity=0)

    user = User.objects.get()
    assert (user.email, user.has_usable_password()) == ("nora@clinic.example", False)
    assert [group.name for group in user.groups.all()] == [role]
    assert (user.is_colleague, user.is_staff) == (True, may_open_catalogue)


@pytest.mark.parametrize("email", ["no address", "TAKEN@clinic.example"])
def test_add_colleague_refuses_an_address_that_cannot_be_used(email):
    User.objects.create_user("taken@clinic.example")

    with pytest.raises(CommandError):
        call_command("add_colleague", email, role="desk", name="Nora")

    assert User.objects.count() == 1


def test_a_new_colleague_chooses_a_password_and_signs_in(client):
    call_command("add_colleague", "nora@clinic.example", role="desk", name="Nora", verbosity=0)
    client.post(reverse("account_reset_password"), {"email": "nora@clinic.example"})
    link = re.search(r"http\S+/password/reset/key/\S+", Message.objects.get().body).group()

    page = client.get(urlsplit(link).path, follow=True)
    password = "calm-warm-plain-2026"
    client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    client.logout()
    answer = client.post(reverse("account_login"), {"login": "nora@clinic.example", "password": password}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("desk")
