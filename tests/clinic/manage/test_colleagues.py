"""The manager's pages of colleagues, and the page behind the link of an invitation."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from clinic.models import AuditEvent, Employment, Invitation, Message, Role, User
from tests import factories
from tests.web import NOT_FOUND, as_, main_words, queries_of, refusal

pytestmark = pytest.mark.django_db
PASSWORD = "calm-warm-plain-2026"
NORA = {"name": "Nora Lindt", "email": "Nora@clinic.example", "role": "desk"}


def link():
    return urlsplit(re.search(r"http\S+/invitations/\S+", Message.objects.latest("pk").body)[0]).path


def test_invited_colleague_chooses_a_password_and_reaches_the_desk(client, manager):
    client.post(reverse("manage-colleague-invite"), NORA)
    client.logout()

    page = client.get(link())
    kept = client.post(link(), {"password1": PASSWORD, "password2": PASSWORD})
    desk = client.post(reverse("account_login"), {"login": "nora@clinic.example", "password": PASSWORD}, follow=True)

    assert "Welcome, Nora Lindt" in main_words(page)
    assert "Check patients in, and note who did not come" in main_words(page)
    assert kept["Location"] == reverse("account_login")
    assert desk.redirect_chain[-1][0] == reverse("desk")
    again = client.get(link())
    assert (again.status_code, "This link was used" in main_words(again)) == (410, True)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("nora lindt nora lindt", "nora lindt nora lindt", "Your name is in it"),
        ("short", "short", "at least 12"),
        (PASSWORD, "calm-warm-plain-2027", "the same password twice"),
    ],
)
def test_password_that_does_not_do_makes_no_account(client, manager, first, second, says):
    client.post(reverse("manage-colleague-invite"), NORA)
    client.logout()

    page = client.post(link(), {"password1": first, "password2": second})

    assert says in main_words(page)
    assert User.objects.filter(email="nora@clinic.example").count() == 0


def test_link_makes_no_account_on_a_screen_where_somebody_is_signed_in(client, manager):
    client.post(reverse("manage-colleague-invite"), NORA)

    page = client.post(link(), {"password1": PASSWORD, "password2": PASSWORD})

    assert "Sign out first" in main_words(page)
    assert Invitation.objects.open().count() == 1


def test_made_up_link_is_no_page(client):
    assert refusal(client.get(reverse("invitation", args=["1.1:abcdefghijklmnopqrstuvwxyz0"]))) == NOT_FOUND


@pytest.mark.repeated_queries_allowed  # of a session that has just ended
def test_manager_ends_a_colleague_and_the_open_screen_ends_too(client, manager):
    nora = factories.user(Role.DESK, name="Nora")
    screen = as_(nora)
    page = reverse("manage-colleague-end", args=[nora.pk, nora.employments.get().pk])

    refused = client.post(page, {"why": ""})
    client.post(page, {"why": "moves away"})

    assert "Write why" in main_words(refused)
    assert screen.get(reverse("desk")).status_code == 302
    row = nora.employments.get()
    assert (row.why_ended, row.ended_by) == ("moves away", manager)
    assert "Who worked here Nora" in main_words(client.get(reverse("manage-colleagues")))


def test_last_day_is_the_evening_of_the_day(client, manager):
    nora = factories.user(Role.DESK, name="Nora")
    page = reverse("manage-colleague-end", args=[nora.pk, nora.employments.get().pk])

    client.post(page, {"why": "moves away", "last_day": "2026-12-31"})

    assert nora.employments.get().until == factories.at("2027-01-01 00:00")


def test_only_manager_is_told_why_the_end_is_refused(client, manager):
    page = reverse("manage-colleague-end", args=[manager.pk, manager.employments.get().pk])

    answer = client.post(page, {"why": "moves away"})

    assert "Somebody has to manage the clinic" in main_words(answer)
    assert manager.employments.get().until is None


def test_second_role_and_name_are_given_on_the_page_of_the_person(client, manager):
    nora = factories.user(Role.DESK, name="Nora")

    client.post(reverse("manage-colleague-role", args=[nora.pk]), {"role": "manager"})
    client.post(reverse("manage-colleague-name", args=[nora.pk]), {"name": "Nora Berg"})

    page = main_words(client.get(reverse("manage-colleague", args=[nora.pk])))
    nora = User.objects.get(pk=nora.pk)
    assert (nora.name, nora.roles) == ("Nora Berg", [Role.DESK, Role.MANAGER])
    assert "Invite colleagues, change what they may do, and end it" in page
    assert AuditEvent.objects.filter(account=nora, by=manager).count() == 2


def test_account_of_a_patient_has_no_page(client, manager):
    patient = factories.account_of(factories.patient())

    assert refusal(client.get(reverse("manage-colleague", args=[patient.pk]))) == NOT_FOUND
    assert refusal(client.post(reverse("manage-colleague-role", args=[patient.pk]), {"role": "desk"})) == NOT_FOUND
    assert Employment.objects.count() == 1


def test_list_says_when_the_mail_did_not_arrive_and_sends_a_new_link(client, manager):
    client.post(reverse("manage-colleague-invite"), NORA)
    invitation = Invitation.objects.get()
    assert "The link is good until" in main_words(client.get(reverse("manage-colleagues")))

    Message.objects.update(status="dead")
    assert "The mail did not arrive" in main_words(client.get(reverse("manage-colleagues")))
    client.post(reverse("manage-invitation-again", args=[invitation.pk]))
    assert "The link is good until" in main_words(client.get(reverse("manage-colleagues")))
    client.post(reverse("manage-invitation-withdraw", args=[invitation.pk]))

    assert Invitation.objects.open().count() == 0


def test_list_asks_the_database_as_often_for_many(client, manager):
    def hire(name):
        factories.user(Role.DESK, name=name)
        client.post(reverse("manage-colleague-invite"), NORA | {"email": f"{name}@clinic.example"})

    hire("one")
    first = queries_of(client, reverse("manage-colleagues"))
    hire("two")
    hire("three")

    assert queries_of(client, reverse("manage-colleagues")) == first
