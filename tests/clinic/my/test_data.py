"""The patient's own data: seen, taken along, put right, removed on request."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from clinic.models import AccessRelation, AuditEvent, WorkItem
from tests import factories
from tests.web import NOT_FOUND, main_words, refusal

pytestmark = pytest.mark.django_db


def address(act, patient):
    return reverse(f"my-data-{act}", args=[patient.pk])


def test_my_page_says_what_is_known_and_for_how_long_it_is_kept(client, me):
    words = main_words(client.get(reverse("my-data")))

    assert str(me) in words
    assert me.email in words
    assert "10 years after your last visit" in words


def test_what_is_taken_along_opens_and_is_noted(client, me):
    answer = client.get(address("take-along", me))

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert json.loads(archive.read("data.json"))["patient"] == me.pk
    assert str(me) in archive.read("index.html").decode()
    assert AuditEvent.objects.filter(patient=me, what="own data, taken along").count() == 1


def test_it_is_taken_along_by_whoever_has_just_signed_in(client, me, settings):
    settings.FRESH_SIGN_IN_REQUIRED = True

    answer = client.get(address("take-along", me))

    assert (answer.status_code, answer["Location"].startswith("/accounts/")) == (302, True)
    assert not AuditEvent.objects.filter(what="own data, taken along").exists()


@pytest.mark.parametrize("act", ["take-along", "put-right", "remove"])
def test_nobody_elses_data_are_there(client, me, act):
    other = factories.patient()

    assert refusal(client.get(address(act, other))) == NOT_FOUND


def test_a_helper_takes_nothing_along_and_has_nothing_removed(client, patient):
    client.force_login(factories.account_of(patient, relation=AccessRelation.HELPER))

    assert str(patient) not in main_words(client.get(reverse("my-data")))
    for act in ("take-along", "put-right", "remove"):
        assert refusal(client.get(address(act, patient))) == NOT_FOUND


def test_what_is_wrong_becomes_work_for_the_desk_and_changes_nothing(client, me):
    known = me.email

    client.post(address("put-right", me), {"about": "contact", "words": "rasa.new@mail.example"})

    item = WorkItem.objects.get()
    assert (item.kind, item.patient) == ("data_wrong", me)
    assert "“rasa.new@mail.example”" in item.what_to_say
    me.refresh_from_db()
    assert me.email == known
    assert "You asked us on" in main_words(client.get(reverse("my-data")))


def test_nobody_floods_the_desk(client, me):
    for number in range(3):
        client.post(address("put-right", me), {"about": "other", "words": f"Number {number}"})

    refused = client.post(address("put-right", me), {"about": "other", "words": "One more"})

    assert refused.status_code == 422
    assert "Please call us." in main_words(refused)
    assert WorkItem.objects.count() == 3


def test_to_say_nothing_is_an_error(client, me):
    answer = client.post(address("put-right", me), {"about": "name", "words": "\u200b"})

    assert answer.status_code == 422
    assert "Write how it is right." in main_words(answer)


def test_a_wish_to_remove_is_one_work_item_however_often_it_is_sent(client, me):
    for _time in range(2):
        client.post(address("remove", me), {"words": "I moved away."})

    item = WorkItem.objects.get()
    assert (item.kind, item.patient) == ("data_removal", me)
    assert "Answer by" in item.what_to_say
    assert "“I moved away.”" in item.what_to_say
