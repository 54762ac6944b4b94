"""Old messages leave the outbox for the archive: only those that nobody needs there; all pages go on showing them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.messaging import archive, outbox
from clinic.models import Message, MessageStatus, WorkItem
from clinic.models.messages import ArchivedMessage
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LONG_AGO, DAYS = NOW - timedelta(days=200), 90


def old(status=MessageStatus.ACCEPTED, *, due_at=LONG_AGO, **fields):
    """One that ended an hour after it was due."""
    row = factories.message(due_at=due_at, **fields)
    ended_at = None if status in ("waiting", "put-off", "sending") else due_at + timedelta(hours=1)
    claim = {"claim_token": "0" * 32, "leased_until": NOW} if status == "sending" else {}
    Message.objects.filter(pk=row.pk).update(status=status, ended_at=ended_at, tries=1, **claim)
    row.refresh_from_db()
    return row


def archive_old():
    return archive.archive(at=NOW, days=DAYS)


def test_what_ended_long_ago_moves_with_all_that_is_known_of_it():
    row = old(patient=factories.patient(), subject="Your visit", body="Please come.")
    row.attempts.create(result="put-off", detail="451 later")
    Message.objects.filter(pk=row.pk).update(accepted_at=row.ended_at, provider_reference="SM1")
    row.refresh_from_db()
    before = {name: getattr(row, name) for name in archive.COPIED_FIELDS}
    tries = sorted((each.result, each.detail) for each in row.all_tries)

    assert (archive_old(), archive_old()) == (1, 0)

    archived = ArchivedMessage.objects.get()
    assert {name: getattr(archived, name) for name in archive.COPIED_FIELDS} == before
    assert sorted((each.result, each.detail) for each in archived.all_tries) == tries
    assert tries == [("accepted", "SM1"), ("put-off", "451 later")]
    assert Message.objects.count() == 0


@pytest.mark.parametrize("status", MessageStatus.values)
def test_what_may_still_be_sent_stays_however_old_it_is(status):
    old(status)

    assert archive_old() == (status not in ("waiting", "put-off", "sending"))


def test_what_somebody_may_still_ask_about_stays():
    told = old("dead", patient=factories.patient())
    WorkItem.objects.create(key="told", kind="message", message=told, what_to_say="Call.", due_at=NOW)
    visit = factories.arrived(starts_at=NOW + timedelta(days=3))
    stays = [told, old(appointment=visit), old(due_at=NOW - timedelta(days=89)), old(not_after=NOW)]
    ended_lately = old()
    Message.objects.filter(pk=ended_lately.pk).update(ended_at=NOW)

    assert archive_old() == 0
    assert Message.objects.count() == len(stays) + 1


def test_batches_pass_over_what_stays(monkeypatch):
    monkeypatch.setattr(archive, "BATCH", 2)
    for n in range(7):
        row = old(due_at=LONG_AGO + timedelta(minutes=n // 3))
        if n % 3 == 0:
            WorkItem.objects.create(key=f"told:{n}", kind="message", message=row, what_to_say="Call.", due_at=NOW)

    assert archive_old() == 4
    assert Message.objects.count() == 3


def test_archived_key_is_not_scheduled_again():
    row = old(key="visit:1:reminder")
    archive_old()

    found = factories.message(key="visit:1:reminder", due_at=NOW)

    assert (found.pk, found.key, found.status) == (row.pk, "visit:1:reminder", "accepted")
    assert Message.objects.count() == 0


def test_archived_key_is_not_written_again_among_many():
    fields = {"category": "reminder", "channel": "email", "address": "a@b.example", "body": "Come.", "next_try_at": NOW}
    wanted = [{**fields, "key": key, "due_at": NOW, "not_after": NOW} for key in ("test:archived", "test:new")]
    old(key="test:archived")
    archive_old()

    Message.objects.create_each_once(wanted)

    assert list(Message.objects.values_list("key", flat=True)) == ["test:new"]


def test_what_is_sent_again_gets_a_key_that_the_archive_does_not_have():
    about = {"purpose": "visit-booked", "cause": 1, "sequence": 0}
    stays = old("accepted", **about, patient=factories.patient())
    WorkItem.objects.create(key="told", kind="message", message=stays, what_to_say="Call.", due_at=NOW)
    old(**about, sending=2)
    assert archive_old() == 1

    new = outbox.send_again(stays, reason="asked for it", by=None, at=NOW)

    assert (new.key, new.status) == ("appointment:1:visit-booked:0:email:again:2", "waiting")


def test_desk_finds_what_is_in_the_archive_as_before(page):
    patient = factories.patient(given_name="Ona")
    visit = factories.arrived(patient=patient, starts_at=LONG_AGO)
    row = old(patient=patient, appointment=visit, subject="About the old visit")
    factories.message(patient=patient, subject="About the new visit", due_at=NOW)
    row.attempts.create(result="put-off", detail="451 later")
    paths = [reverse("desk-messages"), f"{reverse('desk-messages')}?q=Ona&category=reminder"]
    paths += [reverse("desk-patient-messages", args=[patient.pk]), reverse("desk-patient", args=[patient.pk])]
    own = reverse("desk-message", args=[row.pk])
    before = {path: page.get(path).content.decode().split("About the")[1:] for path in paths}

    archive_old()

    for path in paths:
        after = page.get(path).content.decode()
        assert [part[:10] for part in before[path]] == [part[:10] for part in after.split("About the")[1:]], path
        assert own in after
    assert own in page.get(reverse("desk-appointment", args=[visit.pk])).content.decode()
    content = page.get(own).content.decode()
    assert "451 later" in content
    assert "In the archive since" in content
    assert reverse("desk-message-again", args=[row.pk]) not in content
    assert page.post(reverse("desk-message-again", args=[row.pk]), {"reason": "please"}).status_code == 404


def test_pages_of_both_together_show_each_message_once_in_order(page, monkeypatch):
    monkeypatch.setattr("clinic.views.shared.paging.PAGE_ROWS", 3)
    rows = [old(due_at=LONG_AGO + timedelta(minutes=n)).pk for n in range(4)]
    archive_old()
    rows += [factories.message(due_at=NOW + timedelta(minutes=n)).pk for n in range(3)]

    shown = [page.get(f"{reverse('desk-messages')}?page={number}").context["page"].rows for number in (1, 2, 3)]

    assert [row.pk for part in shown for row in part] == rows[::-1]
    assert [len(rows) for rows in shown] == [3, 3, 1]
