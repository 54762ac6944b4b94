"""The patient sees who opened the file."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, PatientAccess, Role
from clinic.people import auditing, merging
from tests import factories
from tests.factories import NOW
from tests.web import NOT_FOUND, main_words, queries_of, refusal, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/my/access-log/"


@pytest.fixture
def ona():
    return factories.patient(given_name="Ona")


@pytest.fixture
def account(client, ona):
    return sign_in(client, ona)


@pytest.fixture
def nora():
    return factories.user(Role.DESK, name="Nora Kind")


def test_patient_reads_who_when_and_what(client, account, ona, nora, time_machine):
    time_machine.move_to(NOW, tick=False)
    auditing.read(ona, by=nora, what="safety answers")
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    auditing.read(ona, by=nora, what="safety answers")

    words = main_words(client.get(PAGE))

    first, last = (timezone.localtime(NOW + timedelta(hours=hours)).strftime("%H:%M") for hours in (0, 1))
    assert f"Nora Kind, Front desk read: safety answers {first}–{last}, 2 times" in words


def test_own_visits_links_and_the_app_have_names_of_their_own(client, account, ona):
    auditing.read(ona, by=account, what="own pages")
    auditing.read(ona, by=None, what="visit", address="192.0.2.7")
    auditing.changed(ona, by=None, what="visit")

    words = main_words(client.get(PAGE))

    assert "You read: your visits" in words
    assert "Somebody with a link that we sent read: a visit of yours" in words
    assert "The app, by itself changed: a visit of yours" in words
    assert "192.0.2.7" not in words


def test_what_was_read_of_an_entry_that_was_merged_is_there(client, account, ona, nora):
    other = factories.patient()
    PatientAccess.objects.create(user=account, patient=other)  # else the merge would end the access
    auditing.read(other, by=nora, what="history")

    merging.merge(other, ona, by=nora, at=timezone.now(), reason="same phone")

    assert "Nora Kind, Front desk read: history" in main_words(client.get(PAGE))


def test_family_chooses_whose_file_and_a_stranger_has_none(client, account, ona, nora):
    child, stranger = factories.patient(given_name="Child"), factories.patient()
    PatientAccess.objects.create(user=account, patient=child, relation="family")
    auditing.read(child, by=nora, what="history")

    assert "history" not in main_words(client.get(PAGE, {"patient": ona.pk}))
    assert "history" in main_words(client.get(PAGE, {"patient": child.pk}))
    assert refusal(client.get(PAGE, {"patient": stranger.pk})) == NOT_FOUND


def test_account_without_a_patient_is_told_that_there_is_nothing(client):
    client.force_login(factories.user())

    assert "Nobody opened it yet" in main_words(client.get(PAGE))


def test_looking_is_noted_and_the_own_page_leads_here(client, account, ona):
    client.get(PAGE)

    assert AuditEvent.objects.filter(patient=ona, by=account, what="who opened the file").count() == 1
    assert reverse("my-access-log") in client.get(reverse("my")).content.decode()


def test_page_asks_as_often_for_many_people_as_for_one(client, account, ona):
    auditing.read(ona, by=factories.user(Role.DESK), what="history")
    one = queries_of(client, PAGE)
    for _ in range(3):
        auditing.read(ona, by=factories.user(Role.PHYSICIAN), what="history")

    assert queries_of(client, PAGE) == one
